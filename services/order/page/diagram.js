/* diagram - the saga's states and arrows as SVG, with what was counted on them. */

import { formatWithin, setText, svgElement } from "./dom.js";
import { heightFor, layOut, pathOf } from "./layout.js";
import { ARROWS, STATUSES, arrowKey, sayReason } from "./saga.js";

const WAITING = new Set(["PENDING", "CANCELLING"]);

function makeMarker() {
    return svgElement("defs", {}, svgElement("marker", {
        id: "arrowhead", viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 9, markerHeight: 9,
        markerUnits: "userSpaceOnUse", orient: "auto-start-reverse",
    }, svgElement("path", { d: "M1 1L9 5L1 9", class: "arrowhead" })));
}

/* Orders rest in the lower part of a node in which they wait. */
function makeNode(status, { nodes, nodeWidth, nodeHeight }) {
    const center = nodes[status];
    const middle = WAITING.has(status) ? center.y - 10 : center.y;
    const count = svgElement("text", { x: center.x, y: middle + 19, class: "node-count" }, "0");
    const group = svgElement("g", { class: `node ${status.toLowerCase()}` },
        svgElement("rect", {
            x: center.x - nodeWidth / 2, y: center.y - nodeHeight / 2, width: nodeWidth, height: nodeHeight, rx: 14,
        }),
        svgElement("text", { x: center.x, y: middle - 10, class: "node-name" }, status),
        count);
    return { group, count };
}

function makeLabel(place, reason) {
    const count = svgElement("tspan", { class: "count" }, "");
    if (place.countDrop !== undefined) {
        count.setAttribute("x", place.x); // on a line of its own
        count.setAttribute("dy", place.countDrop);
    }
    const text = svgElement("text", { x: place.x, y: place.y, "text-anchor": place.anchor, class: "reason" },
        sayReason(reason), " ", count);
    return { text, count };
}

export class Diagram {
    constructor(frame) {
        this.frame = frame;
        this.svg = svgElement("svg", { role: "img", "aria-labelledby": "diagram-title diagram-words" });
        frame.prepend(this.svg);
        this.onLayout = () => {};
        new ResizeObserver(() => this.resize()).observe(frame);
    }

    resize() {
        const width = Math.round(this.frame.clientWidth);
        if (width === 0 || width === this.width) {
            return;
        }
        this.width = width;
        this.height = heightFor(width);
        this.layout = layOut(width, this.height);
        this.draw();
        this.onLayout();
    }

    draw() {
        const { curves, labels } = this.layout;
        this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
        this.svg.setAttribute("width", this.width);
        this.svg.setAttribute("height", this.height);
        this.svg.replaceChildren(makeMarker());
        this.paths = new Map();
        this.labels = [];
        for (const { from, to, reasons } of ARROWS) {
            const key = arrowKey(from, to);
            const path = svgElement("path", { d: pathOf(curves[key]), class: `arrow to-${to.toLowerCase()}`, "marker-end": "url(#arrowhead)" });
            this.paths.set(key, path);
            this.svg.append(path);
            reasons.forEach((reason, i) => {
                const label = makeLabel(labels[key][i], reason);
                this.labels.push({ ...label, from, to, reason });
                this.svg.append(label.text);
            });
        }
        this.nodes = new Map(STATUSES.map((status) => [status, makeNode(status, this.layout)]));
        this.svg.append(...[...this.nodes.values()].map(({ group }) => group));
        if (this.saga !== undefined) {
            this.show(this.saga, this.rates ?? new Map());
        }
    }

    /* rates: arrow key -> moves per second, for the width of the arrows. */
    show(saga, rates) {
        this.saga = saga;
        this.rates = rates;
        if (this.layout === undefined) {
            return;
        }
        for (const { text, count, from, to, reason } of this.labels) {
            const moves = saga.moveCount(from, to, reason);
            setText(count, moves === 0 ? "" : formatWithin(moves, 100000));
            text.classList.toggle("seen", moves !== 0);
        }
        for (const [status, { count }] of this.nodes) {
            setText(count, formatWithin(saga.counts[status], 1e6));
        }
        for (const [key, path] of this.paths) {
            const width = 1.5 + Math.min(5, Math.log10(1 + (rates.get(key) ?? 0)) * 1.8);
            path.style.strokeWidth = `${width.toFixed(1)}px`;
        }
    }
}
