/* system - reads /metrics once a second while somebody looks, and shows what the services are like. */

import { ask, askJson } from "./api.js";
import { Charts } from "./charts.js";
import { find, formatCount, formatMoment, setText } from "./dom.js";
import { parseMetrics, sum } from "./prometheus.js";

const READ_MS = 1000;
const PATIENCE_MS = 3000;
const AUDIT_READ_COUNT = 5; // readings from one look at the audit to the next

export class System {
    /* onReading(families): one was read. onSilence(): none could be. */
    constructor(setup, { onReading, onSilence }) {
        Object.assign(this, { setup, onReading, onSilence });
        this.charts = new Charts(find("#charts"), find("#chart-template"));
        this.readCount = 0;
        this.timer = null;
        this.show(setup);
    }

    /* What the service says of itself; another one may have been started. */
    show(setup) {
        this.setup = setup;
        setText(find("#instances"), setup.instances === 1 ? "1 process" : `${setup.instances} processes`);
        find("#audit-item").hidden = !setup.demo;
    }

    start() {
        if (this.timer === null) {
            this.timer = setInterval(() => this.read(), READ_MS);
            this.read();
        }
    }

    stop() {
        clearInterval(this.timer);
        this.timer = null;
    }

    async read() {
        if (this.isReading) {
            return;
        }
        this.isReading = true;
        try {
            const response = await ask("/metrics", { headers: { Accept: "text/plain" }, timeoutMs: PATIENCE_MS });
            if (!response.ok) {
                throw new Error(`${response.status}`);
            }
            const families = parseMetrics(await response.text());
            this.charts.push(families, performance.now());
            this.showFacts(families);
            this.onReading(families);
            if (this.setup.demo && this.readCount++ % AUDIT_READ_COUNT === 0) {
                await this.readAudit();
            }
        } catch {
            this.charts.skip();
            this.onSilence();
        } finally {
            this.isReading = false;
        }
    }

    showFacts(families) {
        const isConnected = sum(families, "database_connections", { side: "write" }) !== 0;
        setText(find("#database"), isConnected ? "connected" : "not connected: no order can be placed");
        find("#database").dataset.state = isConnected ? "good" : "bad";
        const open = sum(families, "order_payment_open_breakers");
        const target = find("#breaker");
        const of = this.setup.instances === 1 ? "" : ` in ${open} of ${this.setup.instances}`;
        setText(target, open === 0 ? "closed" : `open${of}: calls are refused at once`);
        target.dataset.state = open === 0 ? "good" : "bad";
        const parked = sum(families, "order_parked");
        setText(find("#parked"), parked === 0 ? "none" : formatCount(parked));
        find("#parked").dataset.state = parked === 0 ? "good" : "bad";
    }

    async readAudit() {
        const { audit } = await askJson("/demo/audit");
        const target = find("#audit");
        if (audit === null) {
            setText(target, "none yet: run ./dev audit");
            return;
        }
        setText(target, `${formatMoment(audit.at)}: ${audit.summary}`);
        target.dataset.state = audit.violation_count === 0 ? "good" : "bad";
    }
}
