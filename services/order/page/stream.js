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
const SILENCE_MS = 40000; // the service says something every 15 s, so a connection that says nothing is a dead one
const GONE = 409; // the service has no such position: its database is another one

export class EventStream {
    /* fetchStream(lastId, signal) -> a Response, or an Error with the service's words and its status where it has refused;
       onEvents([{type, data}, …]); onState("live"), or ("stale", Error or null); onLost(): what follows has nothing to do
       with what came before. */
    constructor({ fetchStream, onEvents, onState, onLost, silenceMs = SILENCE_MS }) {
        Object.assign(this, { fetchStream, onEvents, onState, onLost, silenceMs });
        this.lastId = "";
        this.failureCount = 0;
        this.attempt = null; // of the connection that there is, or is tried
        this.isStarted = false;
    }

    start() {
        if (!this.isStarted) {
            this.isStarted = true;
            this.run();
        }
    }

    stop() {
        this.isStarted = false;
        clearTimeout(this.retry);
        clearTimeout(this.silence);
        this.attempt?.abort();
    }

    listen() {
        clearTimeout(this.silence);
        this.silence = setTimeout(() => this.attempt.abort(), this.silenceMs);
    }

    async run() {
        const attempt = new AbortController();
        this.attempt = attempt;
        const parser = new EventParser();
        parser.lastId = this.lastId;
        let failure = null;
        try {
            this.listen();
            const response = await this.fetchStream(this.lastId, attempt.signal);
            this.failureCount = 0;
            this.onState("live");
            await this.read(response.body.getReader(), parser);
        } catch (error) {
            failure = error;
            this.failureCount += 1;
        }
        if (this.attempt !== attempt || !this.isStarted) {
            return;
        }
        this.comeBack(parser.retryMs, failure);
    }

    comeBack(retryMs, failure) {
        clearTimeout(this.silence);
        if (failure?.status === GONE) {
            this.lastId = "";
            this.onLost();
        }
        this.onState("stale", failure);
        const delayMs = Math.min(retryMs * Math.max(1, this.failureCount), RETRY_MS_MAX) * (0.5 + Math.random() / 2);
        this.retry = setTimeout(() => this.run(), delayMs);
    }

    async read(reader, parser) {
        const decoder = new TextDecoder();
        for (;;) {
            const { done, value } = await reader.read();
            if (done) {
                return;
            }
            this.listen();
            const events = parser.push(decoder.decode(value, { stream: true }));
            this.lastId = parser.lastId;
            if (events.length !== 0) {
                this.onEvents(events);
            }
        }
    }
}
