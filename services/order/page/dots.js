/* dots - each order a dot on the arrows, while it moves, and in its node, while it waits. Where too many move at once,
   their moves travel together, as one larger dot with their number. */

import { formatShort } from "./dom.js";
import { pointOn, restingPlace } from "./layout.js";
import { arrowKey, isFinal } from "./saga.js";

export const DOT_COUNT_MAX = 240;
const TRAVEL_MS = 800;
const FOLD_MS = 350; // moves are gathered for so long before they travel together
const SPREAD = 0.15;
const RADIUS = 5;
const REACH = 16; // of a click

function ease(t) {
    return t < 0.5 ? 2 * t * t : 1 - 2 * (1 - t) * (1 - t);
}

export class Dots {
    /* onChoose(id): an order's dot was clicked. */
    constructor(canvas, diagram, onChoose) {
        this.canvas = canvas;
        this.diagram = diagram;
        this.dots = new Map(); // id -> {id, moves: [{key, to}, …], t, status}
        this.comets = []; // {key, to, count, t}
        this.gathered = new Map(); // arrow key -> {to, count}
        this.stillness = matchMedia("(prefers-reduced-motion: reduce)");
        this.lastMs = 0;
        this.foldedMs = 0;
        this.isRunning = false;
        diagram.onLayout = () => this.resize();
        matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.readColours());
        canvas.addEventListener("click", (event) => {
            const found = this.dotAt(event.offsetX, event.offsetY);
            if (found !== null) {
                onChoose(found.id);
            }
        });
        canvas.addEventListener("pointermove", (event) => {
            canvas.classList.toggle("over-dot", this.dotAt(event.offsetX, event.offsetY) !== null);
        });
        this.readColours();
        this.resize();
    }

    readColours() {
        const style = getComputedStyle(document.documentElement);
        const colour = (name) => style.getPropertyValue(name).trim();
        this.colours = Object.fromEntries(["pending", "completed", "cancelling", "cancelled"]
            .map((name) => [name.toUpperCase(), colour(`--${name}`)]));
        this.rim = colour("--card");
        this.wake();
    }

    resize() {
        if (this.diagram.layout === undefined) {
            return;
        }
        const scale = devicePixelRatio || 1;
        this.canvas.width = this.diagram.width * scale;
        this.canvas.height = this.diagram.height * scale;
        this.canvas.style.width = `${this.diagram.width}px`;
        this.canvas.style.height = `${this.diagram.height}px`;
        this.context = this.canvas.getContext("2d");
        this.context.setTransform(scale, 0, 0, scale, 0, 0);
        this.wake();
    }

    /* An order that waits already. */
    rest(id, status) {
        if (!isFinal(status) && !this.dots.has(id) && this.dots.size < DOT_COUNT_MAX) {
            this.dots.set(id, { id, moves: [], t: 0, status });
            this.wake();
        }
    }

    move(id, from, to) {
        const key = arrowKey(from, to);
        let dot = this.dots.get(id);
        if (dot === undefined) {
            if (this.dots.size >= DOT_COUNT_MAX || document.hidden) {
                this.moveMany(from, to, 1);
                return;
            }
            dot = { id, moves: [], t: 0, status: from };
            this.dots.set(id, dot);
        }
        if (dot.moves.length === 0) {
            dot.t = -Math.random() * SPREAD; // the feed comes in gusts
        }
        dot.moves.push({ key, to });
        this.wake();
    }

    clear() {
        this.dots.clear();
        this.comets = [];
        this.gathered.clear();
        this.wake();
    }

    /* No more rest in a node than are counted there: the move of one may have been told folded. */
    trim(counts) {
        for (const [id, dot] of this.dots) {
            if (dot.moves.length === 0 && this.restingCount(dot.status) > counts[dot.status]) {
                this.dots.delete(id);
                this.wake();
            }
        }
    }

    restingCount(status) {
        return [...this.dots.values()].filter((dot) => dot.moves.length === 0 && dot.status === status).length;
    }

    moveMany(from, to, count) {
        const key = arrowKey(from, to);
        const gathered = this.gathered.get(key) ?? { to, count: 0 };
        gathered.count += count;
        this.gathered.set(key, gathered);
        this.wake();
    }

    wake() {
        if (!this.isRunning && this.context !== undefined) {
            this.isRunning = true;
            requestAnimationFrame((nowMs) => {
                this.lastMs = nowMs;
                this.frame(nowMs);
            });
        }
    }

    frame(nowMs) {
        const step = this.stillness.matches ? 1 : Math.min(0.1, (nowMs - this.lastMs) / TRAVEL_MS);
        this.lastMs = nowMs;
        this.advance(step);
        if (nowMs - this.foldedMs >= FOLD_MS) {
            this.foldedMs = nowMs;
            this.launch();
        }
        this.paint();
        const isMoving = this.comets.length !== 0 || this.gathered.size !== 0 ||
            [...this.dots.values()].some((dot) => dot.moves.length !== 0);
        this.isRunning = isMoving;
        if (isMoving) {
            requestAnimationFrame((next) => this.frame(next));
        }
    }

    launch() {
        for (const [key, { to, count }] of this.gathered) {
            this.comets.push({ key, to, count, t: 0 });
        }
        this.gathered.clear();
    }

    advance(step) {
        for (const dot of this.dots.values()) {
            if (dot.moves.length === 0) {
                continue;
            }
            dot.t += step * Math.max(1, dot.moves.length / 2);
            if (dot.t < 1) {
                continue;
            }
            dot.status = dot.moves.shift().to;
            dot.t = 0;
            if (dot.moves.length === 0 && isFinal(dot.status)) {
                this.dots.delete(dot.id);
            }
        }
        for (const comet of this.comets) {
            comet.t += step;
        }
        this.comets = this.comets.filter((comet) => comet.t < 1);
    }

    /* Where each dot is now: those that move, on their arrow; those that wait, in their node. */
    *places() {
        const { layout } = this.diagram;
        const resting = new Map();
        for (const dot of this.dots.values()) {
            if (dot.moves.length !== 0) {
                const [{ key, to }] = dot.moves;
                yield { dot, colour: to, ...pointOn(layout.curves[key], ease(Math.max(0, dot.t))) };
                continue;
            }
            const n = resting.get(dot.status) ?? 0;
            resting.set(dot.status, n + 1);
            const place = restingPlace(layout, dot.status, n);
            if (place !== null) {
                yield { dot, colour: dot.status, ...place, isResting: true };
            }
        }
    }

    paint() {
        const { context } = this;
        context.clearRect(0, 0, this.diagram.width, this.diagram.height);
        for (const { colour, x, y, isResting } of this.places()) {
            this.disc(x, y, isResting ? RADIUS - 1.5 : RADIUS, this.colours[colour]);
        }
        for (const comet of this.comets) {
            this.paintComet(comet);
        }
    }

    disc(x, y, radius, colour) {
        const { context } = this;
        context.beginPath();
        context.arc(x, y, radius, 0, 2 * Math.PI);
        context.fillStyle = colour;
        context.fill();
        context.lineWidth = 1.5;
        context.strokeStyle = this.rim;
        context.stroke();
    }

    paintComet({ key, to, count, t }) {
        const { context } = this;
        const { x, y } = pointOn(this.diagram.layout.curves[key], ease(t));
        const radius = Math.min(20, RADIUS + 2 + 3.5 * Math.log10(count + 1));
        this.disc(x, y, radius, this.colours[to]);
        if (count > 1) {
            context.fillStyle = this.rim;
            context.font = `600 ${Math.max(9, radius * 0.75)}px system-ui, sans-serif`;
            context.textAlign = "center";
            context.textBaseline = "middle";
            context.fillText(formatShort(count), x, y + 0.5);
        }
    }

    dotAt(x, y) {
        if (this.context === undefined) {
            return null;
        }
        let nearest = { distance: REACH, dot: null };
        for (const place of this.places()) {
            const distance = Math.hypot(place.x - x, place.y - y);
            if (distance < nearest.distance) {
                nearest = { distance, dot: place.dot };
            }
        }
        return nearest.dot;
    }
}
