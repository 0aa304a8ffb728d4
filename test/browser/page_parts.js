/* The parts of the page that need no page: run inside of it by test_page.py, which resolves with a list of complaints. */

const complaints = [];

function expect(what, got, wanted) {
    const [one, other] = [JSON.stringify(got), JSON.stringify(wanted)];
    if (one !== other) {
        complaints.push(`${what}: ${one} instead of ${other}`);
    }
}

async function checkSaga() {
    const { Saga, ARROWS, MEANINGS } = await import("/page/saga.js");
    const saga = new Saga();
    saga.adopt(1, "PENDING");
    saga.take({ order_id: 2, from: null, status: "PENDING", reason: "created", at: "" });
    saga.adopt(2, "PENDING");
    saga.take({ order_id: 1, from: "PENDING", status: "CANCELLED", reason: "voided", at: "" });
    expect("counts", saga.counts, { PENDING: 1, COMPLETED: 0, CANCELLING: 0, CANCELLED: 1 });
    saga.takeFolded({ count: 5, edges: [{ from: null, status: "PENDING", reason: "created", count: 3 },
        { from: "PENDING", status: "COMPLETED", reason: "paid", count: 2 }] });
    expect("folded counts", saga.counts, { PENDING: 2, COMPLETED: 2, CANCELLING: 0, CANCELLED: 1 });
    expect("moves", [saga.moveCount(null, "PENDING", "created"), saga.moveCount("PENDING", "COMPLETED", "paid")], [4, 2]);
    saga.takeFolded({ count: 9, edges: [{ from: "PENDING", status: "COMPLETED", reason: "paid", count: 9 }] });
    expect("never below 0", saga.counts.PENDING, 0);
    saga.correct(2, "COMPLETED");
    expect("corrected", saga.latest(9).map(({ id, status }) => [id, status]), [[2, "COMPLETED"], [1, "CANCELLED"]]);
    for (let id = 10; id < 4000; id += 1) {
        saga.take({ order_id: id, from: null, status: "PENDING", reason: "created", at: "" });
    }
    expect("bounded", saga.orders.size, 2000);
    expect("each reason has words", ARROWS.flatMap(({ reasons }) => reasons).filter((reason) => !(reason in MEANINGS)), []);
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

async function checkLayout() {
    const { layOut, heightFor, isComplete, pointOn } = await import("/page/layout.js");
    for (let width = 288; width < 1700; width += 4) {
        const layout = layOut(width, heightFor(width));
        const { nodes, curves, nodeWidth } = layout;
        const fits = Object.values(nodes).every(({ x }) => x - nodeWidth / 2 >= 0 && x + nodeWidth / 2 <= width);
        const apart = nodes.COMPLETED.x - nodes.PENDING.x > nodeWidth;
        expect(`${width} wide`, [isComplete(layout), fits, apart], [true, true, true]);
        const { x, y } = pointOn(curves["PENDING-COMPLETED"], 1);
        expect(`an end at ${width}`, [x, y], [nodes.COMPLETED.x - nodeWidth / 2, nodes.COMPLETED.y]);
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

async function checkParts() {
    for (const check of [checkSaga, checkStream, checkMetrics, checkLayout, checkForms, checkCharts, checkDots]) {
        await check().catch((error) => complaints.push(`${check.name}: ${error.stack}`));
    }
    return complaints;
}
