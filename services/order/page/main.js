/* main - joins the parts of the page. */

import { ask, askJson, openFeed, useToken } from "./api.js";
import { Breaking } from "./breaking.js";
import { Diagram } from "./diagram.js";
import { find, formatCount, setText } from "./dom.js";
import { Dots } from "./dots.js";
import { Orders } from "./orders.js";
import { Place } from "./place.js";
import { arrowKey, Saga, STATUSES } from "./saga.js";
import { Story } from "./story.js";
import { EventStream } from "./stream.js";
import { System } from "./system.js";

const SHOW_MS = 200; // from one look at the counts to the next
const RATE_MS = 2000;
const WORDS_MS = 5000; // a screen reader is told no more often
const HIDDEN_MS = 30000; // then nobody watches any more

class Page {
    constructor(setup) {
        this.setup = setup;
        this.saga = new Saga();
        this.story = new Story(setup);
        this.diagram = new Diagram(find("#diagram"));
        this.dots = new Dots(find("#dots"), this.diagram, (id) => this.story.open(id));
        this.orders = new Orders((id) => this.story.open(id));
        this.place = new Place();
        this.breaking = new Breaking((rules) => this.place.offerFaults(rules));
        this.system = new System(setup, {
            onReading: () => this.setSilent(false),
            onSilence: () => this.setSilent(true),
        });
        this.stream = new EventStream({
            fetchStream: openFeed,
            onEvents: (events) => events.forEach((event) => this.take(event)),
            onState: (state) => this.setFeed(state),
        });
        this.recent = []; // {atMs, key, count}
        this.isChanged = true;
        this.feed = "connecting";
        this.isSilent = false;
    }

    start() {
        this.stream.start();
        this.system.start();
        setInterval(() => this.showCounts(), SHOW_MS);
        setInterval(() => this.sayCounts(), WORDS_MS);
        document.addEventListener("visibilitychange", () => this.heedVisibility());
        // A page that was left may be kept for the way back, with its connections, of which there are six for all pages.
        addEventListener("pagehide", () => {
            this.system.stop();
            this.stream.stop();
        });
        addEventListener("pageshow", () => this.heedVisibility());
    }

    heedVisibility() {
        clearTimeout(this.hiddenTimer);
        if (document.hidden) {
            this.system.stop();
            this.hiddenTimer = setTimeout(() => this.stream.stop(), HIDDEN_MS);
        } else {
            this.stream.start();
            this.system.start();
        }
    }

    take({ type, data }) {
        const event = JSON.parse(data);
        if (type === "order") {
            this.saga.take(event);
            this.dots.move(event.order_id, event.from, event.status);
            this.story.touch(event.order_id);
            this.note(event.from, event.status, 1);
        } else if (type === "folded") {
            this.saga.takeFolded(event);
            for (const edge of event.edges) {
                this.dots.moveMany(edge.from, edge.status, edge.count);
                this.note(edge.from, edge.status, edge.count);
            }
            this.isFolded = true;
        }
        this.isChanged = true;
    }

    note(from, to, count) {
        this.recent.push({ atMs: performance.now(), key: arrowKey(from, to), count });
    }

    rates() {
        const beginMs = performance.now() - RATE_MS;
        const rates = new Map();
        this.recent = this.recent.filter(({ atMs }) => atMs >= beginMs);
        for (const { key, count } of this.recent) {
            rates.set(key, (rates.get(key) ?? 0) + (count * 1000) / RATE_MS);
        }
        return rates;
    }

    showCounts() {
        if (!this.isChanged || document.hidden) {
            return;
        }
        this.isChanged = this.recent.length !== 0; // the arrows grow thin again
        this.dots.trim(this.saga.counts);
        this.diagram.show(this.saga, this.rates());
        this.orders.show(this.saga.latest(50));
        if (this.isFolded) {
            this.isFolded = false;
            this.readList();
        }
    }

    sayCounts() {
        const words = STATUSES.map((status) => `${formatCount(this.saga.counts[status])} ${status.toLowerCase()}`);
        setText(find("#diagram-words"), `Orders since you opened the page: ${words.join(", ")}.`);
    }

    /* What a folded event does not tell: the newest orders, one by one. */
    async readList() {
        if (this.isListing) {
            return;
        }
        this.isListing = true;
        try {
            const { orders } = await askJson("/orders?limit=50");
            orders.forEach(({ id, status }) => this.saga.correct(id, status));
            this.isChanged = true;
        } catch {
            // The next folded event asks again.
        }
        this.isListing = false;
    }

    setFeed(state) {
        const wasConnecting = this.feed === "connecting";
        this.feed = state;
        if (state === "live" && wasConnecting) {
            this.readBeginning();
        }
        if (state === "live" && this.setup.demo) {
            this.breaking.open();
        }
        this.showState();
    }

    /* After the feed has begun, so that no order falls in between. */
    async readBeginning() {
        try {
            const [waiting, newest] = await Promise.all([
                askJson("/orders?status=PENDING&limit=100"), askJson("/orders?limit=40")]);
            for (const { id, status } of waiting.orders) {
                this.saga.adopt(id, status);
                this.dots.rest(id, status);
            }
            newest.orders.forEach(({ id, status }) => this.saga.correct(id, status));
            this.isChanged = true;
        } catch {
            // What was there before stays unknown; the feed tells what comes.
        }
    }

    setSilent(isSilent) {
        if (this.isSilent !== isSilent) {
            this.isSilent = isSilent;
            this.showState();
        }
    }

    showState() {
        const state = this.feed === "live" && this.isSilent ? "stale" : this.feed;
        if (document.documentElement.dataset.state === state) {
            return;
        }
        document.documentElement.dataset.state = state;
        setText(find("#state"), { connecting: "connecting", live: "live", stale: "not connected" }[state]);
        const at = new Date().toTimeString().slice(0, 8);
        setText(find("#stale"), state === "stale"
            ? `The order service does not answer. You see how it was at ${at}; the page comes back by itself.` : "");
        find("#stale").hidden = state !== "stale";
    }
}

/* Asked for only where the service wants one; kept nowhere. */
function askForToken() {
    const dialog = find("#token-dialog");
    return new Promise((resolve) => {
        dialog.addEventListener("close", () => {
            useToken(find("#token").value);
            resolve();
        }, { once: true });
        dialog.showModal();
    });
}

async function begin() {
    const setup = await askJson("/setup");
    setText(find("#version"), setup.version);
    for (let response = await ask("/orders?limit=1"); response.status === 401; response = await ask("/orders?limit=1")) {
        await askForToken();
    }
    const page = new Page(setup);
    page.start();
    return page;
}

begin();
