/* layout - where the diagram's nodes, arrows and labels are, for the room that there is. Pure. */

import { ARROWS, arrowKey } from "./saga.js";

const NODE_HEIGHT = 84;
const LINE = 17; // from one label to the next
const GAP = 14; // from an arrow to its label
const ROOM = 22; // for a large dot: from an arrow's beginning to the edge, and to what is written above it
const NARROW = 660;

function at(x, y) {
    return { x, y };
}

/* Leaves one level and soon reaches the other, so that there is room for words above its end. */
function levelCurve(from, to) {
    const turn = from.x + (to.x - from.x) * 0.36;
    return [from, at(turn, from.y), at(turn, to.y), to];
}

/* Leaves downwards. */
function bentCurve(from, to) {
    return [from, at(from.x, to.y - 20), at(from.x, to.y), to];
}

function straight(from, to) {
    const part = (share) => at(from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share);
    return [from, part(1 / 3), part(2 / 3), to];
}

export function pointOn([a, b, c, d], t) {
    const s = 1 - t;
    const mix = (axis) => s * s * s * a[axis] + 3 * s * s * t * b[axis] + 3 * s * t * t * c[axis] + t * t * t * d[axis];
    return at(mix("x"), mix("y"));
}

export function pathOf([a, b, c, d]) {
    return `M${a.x} ${a.y}C${b.x} ${b.y} ${c.x} ${c.y} ${d.x} ${d.y}`;
}

function sides(center, nodeWidth) {
    return {
        left: at(center.x - nodeWidth / 2, center.y),
        right: at(center.x + nodeWidth / 2, center.y),
        top: at(center.x, center.y - NODE_HEIGHT / 2),
        bottom: at(center.x, center.y + NODE_HEIGHT / 2),
    };
}

/* Where a curve that goes downwards is as low as `y`. */
function xAt(curve, y) {
    let [above, below] = [0, 1];
    for (let i = 0; i < 20; i += 1) {
        const middle = (above + below) / 2;
        [above, below] = pointOn(curve, middle).y < y ? [middle, below] : [above, middle];
    }
    return pointOn(curve, above).x;
}

/* The lines of a label, one below the other; the last one is at `y`. */
function labelAbove(x, y, anchor, count) {
    return Array.from({ length: count }, (_, i) => ({ x, y: y - (count - 1 - i) * LINE, anchor }));
}

function labelAround(x, y, anchor, count) {
    return labelAbove(x, y + 4 + ((count - 1) * LINE) / 2, anchor, count);
}

/* Everything leaves PENDING to the right, in a fan. */
function wideLayout(width, height) {
    const nodeWidth = 148;
    const right = width - 142;
    const nodes = {
        PENDING: at(126 + nodeWidth / 2, height / 2),
        COMPLETED: at(right, NODE_HEIGHT / 2 + 8),
        CANCELLING: at(right, height / 2),
        CANCELLED: at(right, height - NODE_HEIGHT / 2 - 8),
    };
    const side = Object.fromEntries(Object.entries(nodes).map(([name, center]) => [name, sides(center, nodeWidth)]));
    const fan = (to, shift) => levelCurve(at(side.PENDING.right.x, nodes.PENDING.y + shift), side[to].left);
    const before = (to) => labelAbove(side[to].left.x - 20, nodes[to].y - GAP + 2, "end", 1);
    const beside = (upper, lower, count) =>
        labelAround(right + GAP, (side[upper].bottom.y + side[lower].top.y) / 2, "start", count);
    const curves = {
        "START-PENDING": straight(at(ROOM, nodes.PENDING.y), side.PENDING.left),
        "PENDING-COMPLETED": fan("COMPLETED", -16),
        "PENDING-CANCELLED": fan("CANCELLED", 16),
        "PENDING-CANCELLING": fan("CANCELLING", 0),
        "COMPLETED-CANCELLING": straight(side.COMPLETED.bottom, side.CANCELLING.top),
        "CANCELLING-CANCELLED": straight(side.CANCELLING.bottom, side.CANCELLED.top),
    };
    const reasonsTop = nodes.CANCELLED.y - 5 * LINE; // below the curve, which is further to the right the lower it is
    return {
        nodeWidth,
        nodeHeight: NODE_HEIGHT,
        nodes,
        curves,
        labels: {
            "START-PENDING": [{ x: 4, y: nodes.PENDING.y - ROOM, anchor: "start" }],
            "PENDING-COMPLETED": before("COMPLETED"),
            "PENDING-CANCELLED": labelAbove(xAt(curves["PENDING-CANCELLED"], reasonsTop) - GAP, nodes.CANCELLED.y, "end", 5),
            "PENDING-CANCELLING": before("CANCELLING"),
            "COMPLETED-CANCELLING": beside("COMPLETED", "CANCELLING", 1),
            "CANCELLING-CANCELLED": beside("CANCELLING", "CANCELLED", 4),
        },
    };
}

/* PENDING at the top left, the others below each other at the right. Both long labels are between the last two nodes, one
   below the other, as there may be no room for them beside each other. */
function tallLayout(width, height) {
    const nodeWidth = Math.min(128, Math.floor((width - 56) / 2));
    const left = nodeWidth / 2 + 2;
    const right = width - nodeWidth / 2 - 2;
    const first = NODE_HEIGHT / 2 + 2 * ROOM + 16;
    const nodes = {
        PENDING: at(left, first),
        COMPLETED: at(right, first),
        CANCELLING: at(right, first + 2 * NODE_HEIGHT),
        CANCELLED: at(right, height - NODE_HEIGHT / 2 - 4),
    };
    const side = Object.fromEntries(Object.entries(nodes).map(([name, center]) => [name, sides(center, nodeWidth)]));
    const down = (shift, to) => bentCurve(at(left + shift, side.PENDING.bottom.y), side[to].left);
    const curves = {
        "START-PENDING": straight(at(left + ROOM, ROOM), at(left + ROOM, side.PENDING.top.y)),
        "PENDING-COMPLETED": straight(side.PENDING.right, side.COMPLETED.left),
        "PENDING-CANCELLED": down(GAP - nodeWidth / 2, "CANCELLED"),
        "PENDING-CANCELLING": down(20, "CANCELLING"),
        "COMPLETED-CANCELLING": straight(side.COMPLETED.bottom, side.CANCELLING.top),
        "CANCELLING-CANCELLED": straight(side.CANCELLING.bottom, side.CANCELLED.top),
    };
    const reasonsEnd = side.CANCELLED.top.y - 5 * LINE;
    const across = (x, y) => [{ x, y: y - GAP + 2, anchor: "middle", countDrop: 2 * GAP + 4 }];
    return {
        nodeWidth,
        nodeHeight: NODE_HEIGHT,
        nodes,
        curves,
        labels: {
            "START-PENDING": [{ x: 2, y: first - NODE_HEIGHT / 2 - LINE - 12, anchor: "start", countDrop: LINE }],
            "PENDING-COMPLETED": across(width / 2, first),
            "PENDING-CANCELLED": labelAbove(xAt(curves["PENDING-CANCELLED"], reasonsEnd) + GAP, reasonsEnd, "start", 5),
            "PENDING-CANCELLING": across(side.CANCELLING.left.x - 32, nodes.CANCELLING.y - 4).map((one) => ({ ...one, countDrop: 2 * GAP + 8 })),
            "COMPLETED-CANCELLING": labelAround(right - GAP, (side.COMPLETED.bottom.y + side.CANCELLING.top.y) / 2, "end", 1),
            "CANCELLING-CANCELLED": labelAbove(right - GAP, side.CANCELLED.top.y - GAP, "end", 4),
        },
    };
}

export function heightFor(width) {
    return width < NARROW ? 576 : Math.min(540, Math.max(470, Math.round(width * 0.6)));
}

export function layOut(width, height) {
    return width < NARROW ? tallLayout(width, height) : wideLayout(width, height);
}

/* A place inside a node for the n-th order that rests there; null where it is full. */
export function restingPlace({ nodes, nodeWidth }, status, n) {
    const center = nodes[status];
    const perRow = Math.floor((nodeWidth - 16) / 9);
    if (n >= 2 * perRow) {
        return null;
    }
    const x = center.x - ((perRow - 1) * 9) / 2 + (n % perRow) * 9;
    return at(x, center.y + NODE_HEIGHT / 2 - 20 + Math.floor(n / perRow) * 10);
}

/* All arrows have a curve, and a label for each reason: what the tests check. */
export function isComplete(layout) {
    return ARROWS.every(({ from, to, reasons }) => {
        const key = arrowKey(from, to);
        return layout.curves[key] !== undefined && layout.labels[key]?.length === reasons.length;
    });
}
