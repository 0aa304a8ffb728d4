/* main - joins the parts of the page. */

import { askJson, listOrders, openFeed, parseJson, setTokenSource } from "./api.js";
import { Breaking } from "./breaking.js";
import { Diagram } from "./diagram.js";
import { element, find, formatCount, setText } from "./dom.js";
import { Dots } from "./dots.js";
import { Orders } from "./orders.js";
import { Place } from "./place.js";
import { arrowKey, isFinal, MEANINGS, Saga, sayReason, STATUS_MEANINGS, STATUSES } from "./saga.js";
import { Story } from "./story.js";
import { EventStream } from "./stream.js";
import { System } from "./system.js";

const SHOW_MS = 200; // from one look at the counts to the next
const RATE_MS = 2000;
const WORDS_MS = 5000; // a screen reader is told no more often
const HIDDEN_MS = 30000; // then nobody watches any more
const QUIET_MS = 1500; // without an event: a list tells the same as the feed
const BEGIN_RETRY_MS = 2000;

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
            onEvents: (events) => this.takeAll(events),
            onState: (state, failure) => this.setFeed(state, failure),
            onLost: () => this.forget(),
        });
        this.recent = []; // {atMs, key, count}
        this.eventCount = 0;
        this.isChanged = true;
        this.feed = "connecting";
        this.refusal = ""; // the service's words, where it has refused the feed
        this.isBegun = false; // what was there before is asked for
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

    takeAll(events) {
        events.forEach((event) => this.take(event));
        clearTimeout(this.quiet);
        this.quiet = setTimeout(() => this.recount(), QUIET_MS);
    }

    take({ type, data }) {
        const event = parseJson(data);
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
        this.eventCount += 1;
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

    /* When the feed is silent, nothing is on its way between it and a list. */
    async recount() {
        const { eventCount } = this;
        try {
            for (const status of STATUSES.filter((one) => !isFinal(one))) {
                const { orders, isComplete } = await listOrders(status);
                if (eventCount !== this.eventCount) {
                    return; // its end will be quiet, too
                }
                if (isComplete) {
                    this.saga.settle(status, orders.length);
                    this.isChanged = true;
                }
            }
        } catch {
            // The next event leads here again.
        }
    }

    /* The database is another one: what was seen has nothing to do with it. */
    forget() {
        this.saga = new Saga();
        this.dots.clear();
        this.recent = [];
        this.isChanged = true;
        this.isBegun = false;
    }

    setFeed(state, failure) {
        this.feed = state;
        this.refusal = failure?.status === undefined ? "" : failure.message;
        if (state === "live") {
            if (!this.isBegun) {
                this.isBegun = true;
                this.readBeginning();
            }
            this.readSetup();
        }
        this.showState();
    }

    /* Another process may answer now. */
    async readSetup() {
        try {
            const setup = await askJson("/setup");
            find("#newer").hidden = setup.version === this.setup.version;
            this.story.setup = setup;
            this.system.show(setup);
            if (setup.demo) {
                this.breaking.open();
            } else {
                find("#break").hidden = true;
            }
        } catch {
            // The feed will break as well, and lead here again.
        }
    }

    /* After the feed has begun, so that no order falls in between. */
    async readBeginning() {
        const { saga } = this;
        try {
            for (const status of STATUSES.filter((one) => !isFinal(one))) {
                for (const { id } of (await listOrders(status)).orders) {
                    saga.adopt(id, status);
                    this.dots.rest(id, status);
                }
            }
            const { orders } = await askJson("/orders?limit=40");
            orders.forEach(({ id, status }) => saga.correct(id, status));
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
        if (document.documentElement.dataset.state !== state) {
            document.documentElement.dataset.state = state;
            this.since = new Date().toTimeString().slice(0, 8);
        }
        setText(find("#state"), { connecting: "connecting", live: "live", stale: "not connected" }[state]);
        const why = this.refusal === "" ? "The order service does not answer." : `The order service refuses: ${this.refusal}.`;
        setText(find("#stale"), state === "stale" ? `${why} You see how it was at ${this.since}; the page comes back by itself.` : "");
        find("#stale").hidden = state !== "stale";
    }
}

/* Asked for only where the service wants one; kept nowhere. */
function askForToken() {
    const dialog = find("#token-dialog");
    const field = find("#token");
    setText(find("#token-message"), field.value === "" ? "" : "The service does not take this one.");
    return new Promise((resolve) => {
        dialog.addEventListener("close", () => resolve(field.value), { once: true });
        dialog.showModal();
        field.select();
    });
}

function explain() {
    const words = [...STATUSES.map((status) => [status, STATUS_MEANINGS[status]]),
        ...Object.entries(MEANINGS).map(([reason, meaning]) => [sayReason(reason), meaning])];
    find("#words").append(...words.map(([word, meaning]) => element("div", {}, element("dt", {}, word), element("dd", {}, meaning))));
}

async function begin() {
    let setup;
    try {
        setup = await askJson("/setup");
    } catch {
        setTimeout(begin, BEGIN_RETRY_MS);
        return;
    }
    setText(find("#version"), setup.version);
    new Page(setup).start();
}

setTokenSource(askForToken);
explain();
begin();
