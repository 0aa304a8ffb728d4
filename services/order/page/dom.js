/* dom - small helpers to build and fill elements; texts only ever become text nodes. */

export function find(selector) {
    return document.querySelector(selector);
}

/* element("li", {class: "row", "aria-label": "…"}, "text", child, …) */
export function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
        made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
}

const SVG = "http://www.w3.org/2000/svg";

export function svgElement(name, attributes = {}, ...children) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) {
        made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
}

/* Only where it differs: a screen reader is not told the same again, and nothing is laid out anew. */
export function setText(target, text) {
    if (target.textContent !== text) {
        target.textContent = text;
    }
}

const wholeNumber = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export function formatCount(count) {
    return wholeNumber.format(count);
}

/* In full as long as there is room for it. */
export function formatWithin(count, end) {
    return count < end ? formatCount(count) : formatShort(count);
}

/* 12345 -> "12k": where there is little room. */
export function formatShort(count) {
    if (count < 10000) {
        return String(Math.round(count));
    }
    return count < 1e6 ? `${Math.round(count / 1e3)}k` : `${(count / 1e6).toFixed(1)}M`;
}

/* "2026-01-02T03:04:05.678Z" as the clock on the wall shows it; what is finer than a millisecond is left out. */
export function formatTime(text) {
    const at = new Date(text.replace(/(\.\d{3})\d+/, "$1"));
    const pad = (number, size) => String(number).padStart(size, "0");
    return `${pad(at.getHours(), 2)}:${pad(at.getMinutes(), 2)}:${pad(at.getSeconds(), 2)}.${pad(at.getMilliseconds(), 3)}`;
}

/* To the second, and with the day where it is not today. */
export function formatMoment(text, today = new Date()) {
    const at = new Date(text);
    const time = formatTime(text).slice(0, 8);
    return at.toDateString() === today.toDateString() ? time : `${at.toLocaleDateString("en-CA")} ${time}`;
}

export function formatDuration(ms) {
    if (ms < 1000) {
        return `${ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`;
    }
    return ms < 60000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60000)} min`;
}
