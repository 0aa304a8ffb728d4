/* The parts of the page that need no page: run inside of it by test_page.py, which resolves with a list of complaints. */

const complaints = [];

function expect(what, got, wanted) {
    const [one, other] = [JSON.stringify(got), JSON.stringify(wanted)];
    if (one !== other) {
        complaints.push(`${what}: ${one} instead of ${other}`);
    }
}

async function checkSaga() {
    const { Saga, ARROWS, MEANINGS, STATUSES, STATUS_MEANINGS } = await import("/page/saga.js");
    const saga = new Saga();
    const take = (id, from, status, reason) => saga.take({ order_id: id, from, status, reason, at: "" });
    saga.adopt("1", "PENDING");
    take("2", null, "PENDING", "created");
    saga.adopt("2", "PENDING");
    take("1", "PENDING", "CANCELLED", "voided");
    expect("counts", saga.counts, { PENDING: 1, COMPLETED: 0, CANCELLING: 0, CANCELLED: 1 });
    take("3", null, "PENDING", "created");
    take("3", "PENDING", "COMPLETED", "paid");
    saga.correct("0", "COMPLETED");
    ["0", "4"].forEach((older) => take(older, "COMPLETED", "CANCELLING", "cancel_requested"));
    expect("what was over before is not counted", saga.counts, { PENDING: 1, COMPLETED: 1, CANCELLING: 2, CANCELLED: 1 });
    saga.takeFolded({ count: 5, edges: [{ from: null, status: "PENDING", reason: "created", count: 3 },
        { from: "PENDING", status: "COMPLETED", reason: "paid", count: 2 }] });
    expect("folded counts", saga.counts, { PENDING: 2, COMPLETED: 3, CANCELLING: 2, CANCELLED: 1 });
    take("5", "PENDING", "COMPLETED", "paid");
    expect("an unknown one may have been folded", saga.counts, { PENDING: 1, COMPLETED: 4, CANCELLING: 2, CANCELLED: 1 });
    expect("moves", [saga.moveCount(null, "PENDING", "created"), saga.moveCount("PENDING", "COMPLETED", "paid")], [5, 4]);
    saga.takeFolded({ count: 9, edges: [{ from: "PENDING", status: "COMPLETED", reason: "paid", count: 9 }] });
    expect("never below 0", saga.counts.PENDING, 0);
    saga.settle("PENDING", 7);
    expect("counted anew", saga.counts.PENDING, 7);
    saga.correct("2", "COMPLETED");
    expect("corrected", saga.latest(9).map(({ id, status }) => id + status),
        ["5COMPLETED", "4CANCELLING", "3COMPLETED", "2COMPLETED", "1CANCELLED", "0CANCELLING"]);
    const large = ["9007199254740993", "9007199254740992", "9223372036854775807", "99"];
    large.forEach((id) => take(id, null, "PENDING", "created"));
    expect("large numbers", saga.latest(4).map(({ id }) => id), [large[2], large[0], large[1], large[3]]);
    for (let id = 10; id < 4000; id += 1) {
        take(String(id), null, "PENDING", "created");
    }
    expect("bounded", saga.orders.size, 2000);
    const reasons = ARROWS.flatMap((arrow) => arrow.reasons);
    expect("each reason has words", [...reasons.filter((one) => !(one in MEANINGS)), ...STATUSES.filter((one) => !(one in STATUS_MEANINGS))], []);
}

async function checkJson() {
    const { parseJson } = await import("/page/api.js");
    expect("numbers of orders stay as they are", parseJson('{"orders":[{"item_name":"\\"id\\":7","id":9223372036854775807,"price":5}],"order_id":1}'),
        { orders: [{ item_name: '"id":7', id: "9223372036854775807", price: 5 }], order_id: "1" });
}

/* The refusal of what was asked with the old token comes after the new one was given. */
async function checkToken() {
    const { ask, setTokenSource } = await import("/page/api.js?of-its-own");
    const fetchOfPage = window.fetch;
    const said = [];
    let askedCount = 0;
    let refuseLate;
    const late = new Promise((resolve) => { refuseLate = resolve; });
    window.fetch = async (path, { headers }) => {
        said.push(`${path} ${headers.Authorization ?? "-"}`);
        if (headers.Authorization === undefined && path === "late") {
            await late;
        }
        return new Response("", { status: headers.Authorization === undefined ? 401 : 200 });
    };
    setTokenSource(async () => {
        askedCount += 1;
        return "new";
    });
    try {
        const answers = [ask("late"), ask("first")];
        await answers[1];
        refuseLate();
        await answers[0];
    } finally {
        window.fetch = fetchOfPage;
    }
    expect("asked for a token once", [askedCount, said], [1, ["late -", "first -", "first Bearer new", "late Bearer new"]]);
}

async function checkStream() {
    const { EventParser } = await import("/page/stream.js");
    const text = "retry: 250\n\nid: 7-1-1\nevent: order\ndata: {\"a\":\ndata: 1}\n\n: a comment\n\nid: 8-0-0\n\ndata:x\r\n\r\n";
    const wanted = [{ type: "order", data: "{\"a\":\n1}" }, { type: "message", data: "x" }];
    for (let cut = 1; cut < text.length; cut += 1) {
        const parser = new EventParser();
        const events = [...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut))];
        expect(`cut at ${cut}`, [events, parser.lastId, parser.retryMs], [wanted, "8-0-0", 250]);
    }
}

/* A connection that says nothing is left; the next one begins where it ended, or anew where the service says so. */
async function checkStreamIsLeft() {
    const { EventStream } = await import("/page/stream.js");
    const seen = [];
    const bytes = (text) => new TextEncoder().encode(text);
    const answers = [
        (signal) => new Response(new ReadableStream({
            start(controller) {
                controller.enqueue(bytes("retry: 1\n\nid: 5\n\n"));
                signal.addEventListener("abort", () => controller.error(new Error("left")));
            },
        })),
        () => { throw Object.assign(new Error("gone"), { status: 409 }); },
        () => { throw Object.assign(new Error("too many"), { status: 503 }); },
        (signal) => new Promise((resolve, reject) => { signal.addEventListener("abort", () => reject(new Error("nobody"))); }),
    ];
    await new Promise((resolve) => {
        const stream = new EventStream({
            silenceMs: 1,
            fetchStream: async (lastId, signal) => {
                seen.push(`from ${lastId}`);
                if (answers.length === 0) {
                    stream.stop();
                    resolve();
                }
                return answers.shift()(signal);
            },
            onEvents: () => {},
            onLost: () => seen.push("lost"),
            onState: (state, failure) => seen.push(`${state} ${failure?.message ?? ""}`),
        });
        stream.start();
    });
    expect("the stream's story", seen, ["from ", "live ", "stale left", "from 5", "lost", "stale gone", "from ", "stale too many",
        "from ", "stale nobody", "from "]);
}

async function checkMetrics() {
    const { parseMetrics, sum, growth, histogramGrowth, percentile } = await import("/page/prometheus.js");
    const before = parseMetrics("# HELP a b\na{x=\"1\",y=\"q\\\"\"} 5\na{x=\"2\"} 7\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 2\n");
    const after = parseMetrics("a{x=\"1\"} 8\na{x=\"2\"} 9\nh_bucket{le=\"1\"} 3\nh_bucket{le=\"2\"} 6\nh_bucket{le=\"+Inf\"} 7\n");
    expect("sum", [sum(before, "a"), sum(before, "a", { x: "2" }), sum(before, "none")], [12, 7, 0]);
    expect("growth", [growth(before, after, "a"), growth(after, before, "a")], [5, 12]);
    const buckets = histogramGrowth(before, after, "h");
    expect("buckets", buckets.map(({ count }) => count), [1, 5, 0]);
    expect("percentiles", [percentile(buckets, 0.5), percentile([], 0.5), percentile([{ bound: 1, count: 0 }], 0.5)], [1.4, null, null]);
    expect("beyond all bounds", percentile([{ bound: 2, count: 0 }, { bound: Infinity, count: 3 }], 0.9), 2);
}

/* As wide as the words of a label are with a large number behind them, or with it on a line of its own. */
function labelBoxes(layout, arrows, arrowKey, sayReason) {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `640 13px ${getComputedStyle(document.body).fontFamily}`;
    const box = (name, { x, y, anchor }, text) => {
        const { width } = pen.measureText(text);
        const left = { start: x, middle: x - width / 2, end: x - width }[anchor];
        return { name: `${name} ${text}`, left, right: left + width, top: y - 10, bottom: y + 3 };
    };
    return arrows.flatMap(({ from, to, reasons }) => reasons.flatMap((reason, i) => {
        const place = layout.labels[arrowKey(from, to)][i];
        const [name, count] = [`${from}-${to}`, "12,345"];
        return place.countDrop === undefined ? [box(name, place, `${sayReason(reason)} ${count}`)]
            : [box(name, place, sayReason(reason)), box(name, { ...place, y: place.y + place.countDrop }, count)];
    }));
}

function meet(a, b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/* No word lies on another, on a node or on an arrow, or is cut, however much room there is. */
async function checkLayout() {
    const { layOut, heightFor, isComplete, pointOn } = await import("/page/layout.js");
    const { ARROWS, arrowKey, sayReason } = await import("/page/saga.js");
    for (let width = 262; width < 1700; width += 4) {
        const height = heightFor(width);
        const layout = layOut(width, height);
        const { nodes, curves, nodeWidth, nodeHeight } = layout;
        expect(`complete at ${width}`, isComplete(layout), true);
        const boxes = Object.entries(nodes).map(([name, { x, y }]) => ({
            name, left: x - nodeWidth / 2, right: x + nodeWidth / 2, top: y - nodeHeight / 2, bottom: y + nodeHeight / 2,
        }));
        const labels = labelBoxes(layout, ARROWS, arrowKey, sayReason);
        const all = [...boxes, ...labels];
        const outside = all.filter(({ left, right, top, bottom }) => left < 0 || right > width || top < 0 || bottom > height);
        const together = all.flatMap((one, i) => all.slice(i + 1).filter((other) => meet(one, other)).map(({ name }) => `${one.name}, ${name}`));
        const crossed = labels.flatMap((label) => Object.entries(curves).filter(([, curve]) => {
            const grown = { left: label.left - 2, right: label.right + 2, top: label.top, bottom: label.bottom };
            return Array.from({ length: 101 }, (_, i) => pointOn(curve, i / 100))
                .some(({ x, y }) => meet(grown, { left: x - 1, right: x + 1, top: y - 1, bottom: y + 1 }));
        }).map(([name]) => `${label.name}, ${name}`));
        expect(`outside, together, crossed at ${width}`, [outside.map(({ name }) => name), together, crossed], [[], [], []]);
        const begin = pointOn(curves["START-PENDING"], 0);
        expect(`room for a large dot at ${width}`, begin.x >= 20 && begin.y >= 20, true);
        const end = pointOn(curves["PENDING-COMPLETED"], 1);
        expect(`an end at ${width}`, [end.x, end.y], [nodes.COMPLETED.x - nodeWidth / 2, nodes.COMPLETED.y]);
    }
}

async function checkForms() {
    const { isFailing } = await import("/page/place.js");
    const { parseRules, withRule } = await import("/page/breaking.js");
    const failing = (share) => Array.from({ length: 1000 }, (_, n) => isFailing(n, share)).filter(Boolean).length;
    expect("shares", [0, 10, 25, 50, 100].map(failing), [0, 100, 250, 500, 1000]);
    expect("rules", parseRules("9999=500,7=delay:5"), [{ amount: 9999, action: "500", words: "answers 500" },
        { amount: 7, action: "delay:5", words: "delay:5" }]);
    expect("no rules", [parseRules("none"), parseRules("")], [[], []]);
    expect("changed", [withRule("9999=500", 100, "hang"), withRule("9999=500,100=hang", 100, ""), withRule("1=hang", 1, "")],
        ["9999=500,100=hang", "9999=500", "none"]);
}

async function checkWords() {
    const { formatMoment, formatTime, formatWithin } = await import("/page/dom.js");
    const now = new Date(2026, 0, 2, 3, 4, 5, 678);
    expect("finer than a millisecond", formatTime("2026-01-02T03:04:05.678901Z").slice(6), "05.678");
    expect("today", formatMoment(now.toISOString(), now), "03:04:05");
    expect("another day", formatMoment(now.toISOString(), new Date(2026, 5, 1)), "2026-01-02 03:04:05");
    expect("room", [formatWithin(99999, 100000), formatWithin(100000, 100000)], ["99,999", "100k"]);
}

async function checkCharts() {
    const { linePath } = await import("/page/charts.js");
    expect("a gap", linePath([1, null, 1], 2).match(/[ML]/g).join(""), "MM");
    expect("all zero", linePath([0, 0], 0).includes("NaN"), false);
}

/* Dots are gone after a frame or two where people want no motion, and on their way where they do not mind. */
async function checkDots() {
    const { Dots, DOT_COUNT_MAX } = await import("/page/dots.js");
    const { layOut } = await import("/page/layout.js");
    const diagram = { layout: layOut(800, 480), width: 800, height: 480 };
    const dots = new Dots(document.createElement("canvas"), diagram, () => {});
    dots.wake = () => {};
    dots.move(1, null, "PENDING");
    dots.move(1, "PENDING", "COMPLETED");
    [0, 16, 32, 48].forEach((ms) => dots.frame(ms));
    expect("dots under way", dots.dots.size, matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 1);
    for (let id = 2; id < 1000; id += 1) {
        dots.move(id, null, "PENDING");
    }
    const gathered = dots.gathered.get("START-PENDING").count;
    expect("bounded, and none is lost", [dots.dots.size, gathered + dots.dots.size], [DOT_COUNT_MAX, gathered + DOT_COUNT_MAX]);
    dots.trim({ PENDING: 0, COMPLETED: 0, CANCELLING: 0, CANCELLED: 0 });
    dots.isRunning = false;
}

async function runAll(checks) {
    for (const check of checks) {
        await check().catch((error) => complaints.push(`${check.name}: ${error.stack}`));
    }
    return complaints;
}

function checkParts() {
    return runAll([checkSaga, checkJson, checkToken, checkStream, checkStreamIsLeft, checkMetrics, checkLayout, checkForms, checkWords,
        checkCharts, checkDots]);
}

function checkDotsAlone() {
    return runAll([checkDots]);
}
