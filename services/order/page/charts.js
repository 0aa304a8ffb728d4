/* charts - small line charts in SVG, and what they show: the last minute and a half of /metrics. */

import { formatCount, formatDuration, setText, svgElement } from "./dom.js";
import { growth, histogramGrowth, percentile, sum } from "./prometheus.js";

const WIDTH = 240;
const HEIGHT = 64;
const SAMPLE_COUNT = 90;
const SMOOTH_COUNT = 5; // readings that a rate is taken over

const percent = (value) => `${(value * 100).toFixed(value > 0.999 || value === 0 ? 0 : 1)} %`;
const oneDigit = (value) => (value < 10 ? value.toFixed(1) : formatCount(value));
const duration = (seconds) => formatDuration(seconds * 1000);

function countMoves(before, after, wanted) {
    return growth(before, after, "order_moves_total", wanted);
}

function latency(share) {
    return (before, after) => percentile(histogramGrowth(before, after, "order_saga_duration_seconds"), share);
}

function completedShare(before, after) {
    const completed = countMoves(before, after, { to: "COMPLETED" });
    const cancelled = countMoves(before, after, { from: "PENDING", to: "CANCELLED" });
    return completed + cancelled === 0 ? null : completed / (completed + cancelled);
}

function batchSize(before, after) {
    const write = { side: "write" };
    const segments = growth(before, after, "database_segment_units_count", write);
    return segments === 0 ? null : growth(before, after, "database_segment_units_sum", write) / segments;
}

/* Each line: what it is called, and its value from two readings and the seconds in between; null where there is none. */
export const CHARTS = [
    {
        title: "Orders per second", format: oneDigit,
        lines: [{ name: "placed", of: (before, after, seconds) => countMoves(before, after, { to: "PENDING" }) / seconds }],
    },
    { title: "Completed", format: percent, max: 1, lines: [{ name: "share", of: completedShare }] },
    {
        title: "Until final", format: duration,
        lines: [{ name: "p50", of: latency(0.5) }, { name: "p95", of: latency(0.95) }, { name: "p99", of: latency(0.99) }],
    },
    { title: "Writes per commit", format: oneDigit, lines: [{ name: "mean", of: batchSize }] },
    {
        title: "Under way", format: formatCount,
        lines: [
            { name: "orders", of: (before, after) => sum(after, "order_sagas_in_flight") },
            { name: "writes", of: (before, after) => sum(after, "database_waiting_units", { side: "write" }) },
        ],
    },
];

/* A path through the values, with a gap where there is none. Pure. */
export function linePath(values, max) {
    const step = WIDTH / (SAMPLE_COUNT - 1);
    let path = "";
    let isGap = true;
    values.forEach((value, i) => {
        if (value === null) {
            isGap = true;
            return;
        }
        const x = WIDTH - (values.length - 1 - i) * step;
        const y = HEIGHT - 2 - (max === 0 ? 0 : (value / max) * (HEIGHT - 6));
        path += `${isGap ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
        isGap = false;
    });
    return path;
}

class Chart {
    constructor(definition, template) {
        Object.assign(this, definition);
        this.root = template.content.cloneNode(true).firstElementChild;
        this.root.querySelector("h3").textContent = this.title;
        this.svg = svgElement("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" });
        this.root.querySelector(".plot").append(this.svg);
        this.values = this.lines.map(() => []);
        this.paths = this.lines.map((line, i) => svgElement("path", { class: `line line-${i}` }));
        this.svg.append(...this.paths);
        this.figures = this.lines.map((line, i) => this.makeFigure(line, i));
    }

    makeFigure(line, i) {
        const figure = this.root.querySelector(".figure").cloneNode(true);
        figure.classList.add(`figure-${i}`);
        figure.querySelector("dt").textContent = line.name;
        this.root.querySelector("dl").append(figure);
        return figure.querySelector("dd");
    }

    push(before, after, seconds) {
        this.lines.forEach((line, i) => {
            const value = before === null ? null : line.of(before, after, seconds);
            this.values[i].push(value);
            if (this.values[i].length > SAMPLE_COUNT) {
                this.values[i].shift();
            }
            setText(this.figures[i], value === null ? "–" : this.format(value));
        });
        const seen = this.values.flat().filter((value) => value !== null);
        const max = this.max ?? Math.max(0, ...seen);
        this.paths.forEach((path, i) => path.setAttribute("d", linePath(this.values[i], max)));
        setText(this.root.querySelector(".max"), max > 0 ? this.format(max) : "");
    }
}

export class Charts {
    constructor(place, template) {
        this.charts = CHARTS.map((definition) => new Chart(definition, template));
        for (const chart of this.charts) {
            chart.root.querySelector(".figure").remove();
            place.append(chart.root);
        }
        this.readings = []; // {atMs, families}
    }

    push(families, atMs) {
        this.readings.push({ atMs, families });
        if (this.readings.length > SMOOTH_COUNT + 1) {
            this.readings.shift();
        }
        const [first] = this.readings;
        const seconds = (atMs - first.atMs) / 1000;
        for (const chart of this.charts) {
            chart.push(seconds > 0 ? first.families : null, families, seconds);
        }
    }

    /* Nothing could be read: a gap, and no rate over it. */
    skip() {
        this.readings = [];
        for (const chart of this.charts) {
            chart.push(null, null, 0);
        }
    }
}
