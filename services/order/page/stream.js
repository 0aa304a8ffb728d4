/* stream - server-sent events over fetch, which unlike EventSource can send a token. It comes back by itself after a
   break, with the position that it has reached, so that nothing is missed and nothing is counted twice. */

/* Cuts what arrives into events. Source: WHATWG HTML, 9.2.6. Pure. */
export class EventParser {
    constructor() {
        this.rest = "";
        this.lastId = "";
        this.retryMs = 1000;
        this.clear();
    }

    clear() {
        this.type = "message";
        this.data = [];
    }

    /* Returns the events that are complete: {type, data}. */
    push(text) {
        const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
        this.rest = lines.pop();
        const events = [];
        for (const line of lines) {
            if (line !== "") {
                this.takeField(line);
                continue;
            }
            if (this.data.length !== 0) {
                events.push({ type: this.type, data: this.data.join("\n") });
            }
            this.clear();
        }
        return events;
    }

    takeField(line) {
        const colon = line.indexOf(":");
        const name = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
        if (name === "event") {
            this.type = value;
        } else if (name === "data") {
            this.data.push(value);
        } else if (name === "id") {
            this.lastId = value;
        } else if (name === "retry" && /^\d+$/.test(value)) {
            this.retryMs = Number(value);
        }
    }
}

const RETRY_MS_MAX = 5000;

export class EventStream {
    /* fetchStream(lastId, signal) -> a Response; onEvents([{type, data}, …]); onState("live" | "stale") */
    constructor({ fetchStream, onEvents, onState }) {
        Object.assign(this, { fetchStream, onEvents, onState });
        this.lastId = "";
        this.failureCount = 0;
        this.abort = null;
        this.timer = null;
    }

    start() {
        if (this.abort === null) {
            this.abort = new AbortController();
            this.run(this.abort.signal);
        }
    }

    stop() {
        clearTimeout(this.timer);
        this.abort?.abort();
        this.abort = null;
    }

    async run(signal) {
        const parser = new EventParser();
        parser.lastId = this.lastId;
        try {
            const response = await this.fetchStream(this.lastId, signal);
            if (response.status === 409) {
                this.lastId = ""; // the service has no such position: its database is another one
            }
            if (!response.ok) {
                throw new Error(`the feed answered ${response.status}`);
            }
            this.failureCount = 0;
            this.onState("live");
            await this.read(response.body.getReader(), parser);
        } catch (error) {
            if (signal.aborted) {
                return;
            }
            this.failureCount += 1;
        }
        if (signal.aborted) {
            return;
        }
        this.onState("stale");
        const delayMs = Math.min(parser.retryMs * Math.max(1, this.failureCount), RETRY_MS_MAX) * (0.5 + Math.random() / 2);
        this.timer = setTimeout(() => this.run(signal), delayMs);
    }

    async read(reader, parser) {
        const decoder = new TextDecoder();
        for (;;) {
            const { done, value } = await reader.read();
            if (done) {
                return;
            }
            const events = parser.push(decoder.decode(value, { stream: true }));
            this.lastId = parser.lastId;
            if (events.length !== 0) {
                this.onEvents(events);
            }
        }
    }
}
