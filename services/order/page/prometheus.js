/* prometheus - reads the text of /metrics, and what happened between two readings. Pure. */

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/* name -> [{labels, value}, …] */
export function parseMetrics(text) {
    const families = new Map();
    for (const line of text.split("\n")) {
        const match = LINE.exec(line);
        if (match === null) {
            continue;
        }
        const labels = {};
        for (const [, name, value] of (match[2] ?? "").matchAll(LABEL)) {
            labels[name] = value;
        }
        const samples = families.get(match[1]) ?? [];
        samples.push({ labels, value: Number(match[3]) });
        families.set(match[1], samples);
    }
    return families;
}

/* Of all samples that have these labels; 0 where there are none. */
export function sum(families, name, wanted = {}) {
    const entries = Object.entries(wanted);
    return (families.get(name) ?? [])
        .filter(({ labels }) => entries.every(([key, value]) => labels[key] === value))
        .reduce((total, { value }) => total + value, 0);
}

/* How much a counter has grown; a service that was started anew counts from 0. */
export function growth(before, after, name, wanted) {
    const [from, to] = [sum(before, name, wanted), sum(after, name, wanted)];
    return to >= from ? to - from : to;
}

/* [{bound, count}, …] of what a histogram has counted in between, by rising bounds, each alone. */
export function histogramGrowth(before, after, name, wanted = {}) {
    const bounds = new Set((after.get(`${name}_bucket`) ?? []).map(({ labels }) => labels.le));
    let below = 0;
    return [...bounds]
        .map((le) => ({ bound: le === "+Inf" ? Infinity : Number(le), le }))
        .sort((a, b) => a.bound - b.bound)
        .map(({ bound, le }) => {
            const upTo = growth(before, after, `${name}_bucket`, { ...wanted, le });
            const count = Math.max(0, upTo - below);
            below = Math.max(below, upTo);
            return { bound, count };
        });
}

/* Between the bounds as if it were spread evenly; null where nothing was counted. */
export function percentile(buckets, share) {
    const total = buckets.reduce((sumSoFar, { count }) => sumSoFar + count, 0);
    if (total === 0) {
        return null;
    }
    let rest = total * share;
    let lower = 0;
    for (const { bound, count } of buckets) {
        if (rest <= count && count !== 0) {
            return bound === Infinity ? lower : lower + ((bound - lower) * rest) / count;
        }
        rest -= count;
        lower = bound;
    }
    return lower;
}
