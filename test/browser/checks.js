/* Run inside a page by browser.py; each function returns a list of complaints. */

/* WCAG 2.2, 1.4.3: relative luminance and contrast ratio. */
function luminance([red, green, blue]) {
    const [r, g, b] = [red, green, blue].map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one, other) {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
}

function channels(colour) {
    return colour.match(/[\d.]+/g).map(Number);
}

function isOpaque(colour) {
    const parts = channels(colour);
    return parts.length === 3 || parts[3] === 1;
}

function groundOf(element) {
    for (let at = element; at !== null; at = at.parentElement) {
        const colour = getComputedStyle(at).backgroundColor;
        if (isOpaque(colour)) {
            return colour;
        }
    }
    return getComputedStyle(document.documentElement).colorScheme === "dark" ? "rgb(0, 0, 0)" : "rgb(255, 255, 255)";
}

function isShown(element) {
    return element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
}

function hasOwnText(element) {
    const isField = ["INPUT", "SELECT", "TEXTAREA"].includes(element.tagName);
    return isField || [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
}

/* 4.5 to 1; 3 to 1 for large text. */
function faintTexts() {
    const complaints = [];
    let count = 0;
    for (const element of document.body.querySelectorAll("*")) {
        if (!hasOwnText(element) || !isShown(element) || element.disabled) {
            continue;
        }
        const style = getComputedStyle(element);
        const size = parseFloat(style.fontSize);
        const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
        const ratio = contrast(channels(style.color), channels(groundOf(element)));
        count += 1;
        if (ratio < least) {
            complaints.push(`${element.tagName} "${element.textContent.slice(0, 40)}": ${ratio.toFixed(2)}`);
        }
    }
    return count === 0 ? ["there is no text"] : complaints;
}

/* A name by aria-label alone is not seen. */
function unlabelledFields() {
    return [...document.querySelectorAll("input, select, textarea")]
        .filter((field) => [...field.labels].every((label) => label.textContent.trim() === ""))
        .map((field) => field.outerHTML);
}

function headingFaults() {
    const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((heading) => Number(heading.tagName[1]));
    const complaints = levels.filter((level, i) => i > 0 && level > levels[i - 1] + 1).map((level) => `h${level} skips a level`);
    if (levels.filter((level) => level === 1).length !== 1) {
        complaints.push("there must be one h1");
    }
    if (document.documentElement.lang === "" || document.title === "" || document.querySelector("main") === null) {
        complaints.push("the language, the title or main is missing");
    }
    return complaints;
}

/* What makes the page scroll sideways. */
function wideElements() {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) {
        return [];
    }
    return [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > width + 1)
        .map((one) => one.outerHTML.slice(0, 200));
}
