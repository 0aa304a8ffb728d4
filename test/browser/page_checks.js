/* Run inside the page at / by test_page.py, behind checks.js; each function returns a list of complaints. */

/* WCAG 2.2, 1.4.3, for the words of the diagram: they stand in a node, or on the card. */
function faintDiagramTexts() {
    const card = getComputedStyle(document.querySelector(".stage")).backgroundColor;
    return [...document.querySelectorAll("#diagram text, #diagram tspan")].flatMap((text) => {
        const box = text.closest("g.node")?.querySelector("rect");
        const ground = box ? getComputedStyle(box).fill : card;
        const ratio = contrast(channels(getComputedStyle(text).fill), channels(ground));
        return ratio < 4.5 ? [`${text.textContent}: ${ratio.toFixed(2)}`] : [];
    });
}

/* WCAG 2.2, 1.4.11: what tells one status from another, and where a field is. */
function faintShapes() {
    const card = getComputedStyle(document.querySelector(".stage")).backgroundColor;
    const lines = [...document.querySelectorAll("#diagram .node rect")].map((rect) => ["node", getComputedStyle(rect).stroke]);
    const fields = [...document.querySelectorAll("main input, main select")].filter(isShown)
        .map((field) => [field.name || field.id, getComputedStyle(field).borderTopColor]);
    return [...lines, ...fields].flatMap(([name, colour]) => {
        const ratio = contrast(channels(colour), channels(card));
        return ratio < 3 ? [`${name}: ${ratio.toFixed(2)}`] : [];
    });
}

/* WCAG 2.2, 2.5.8 */
function smallTargets() {
    return [...document.querySelectorAll("button, select, input, summary")].filter(isShown).flatMap((one) => {
        const { width, height } = one.getBoundingClientRect();
        return width < 24 || height < 24 ? [`${one.outerHTML.slice(0, 80)}: ${width} x ${height}`] : [];
    });
}

/* The words of the diagram neither leave it nor lie on each other or on a node. */
function crowdedTexts() {
    const frame = document.querySelector("#diagram svg").getBoundingClientRect();
    const texts = [...document.querySelectorAll("#diagram text")].map((text) => [text.textContent.trim(), text.getBoundingClientRect()]);
    const nodes = [...document.querySelectorAll("#diagram .node rect")].map((rect) => ["a node", rect.getBoundingClientRect()]);
    const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 4 && b.top < a.bottom - 4;
    const outside = texts.filter(([, box]) => box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1)
        .map(([name]) => `${name} is outside`);
    const inNodes = new Set([...document.querySelectorAll("#diagram .node text")].map((text) => text.textContent.trim()));
    const free = texts.filter(([name]) => !inNodes.has(name));
    const together = free.flatMap(([name, box], i) => [...free.slice(i + 1), ...nodes]
        .filter(([, other]) => meet(box, other)).map(([other]) => `${name} meets ${other}`));
    return [...outside, ...together];
}
