/* story - one order: what happened to it and when, both services' rows, its trace, and what the logs say. */

import { askJson, cancelOrder } from "./api.js";
import { element, find, formatDuration, formatTime, setText } from "./dom.js";
import { MEANINGS, sayReason } from "./saga.js";

const REFRESH_MS = 300; // after a move, for the logs to be there

export class Story {
    constructor(setup) {
        this.setup = setup;
        this.dialog = find("#story");
        this.id = null;
        find("#story-close").addEventListener("click", () => this.dialog.close());
        find("#story-cancel").addEventListener("click", () => this.cancel());
        find("#story-copy").addEventListener("click", () => this.copyTrace());
        this.dialog.addEventListener("click", (event) => {
            if (event.target === this.dialog) {
                this.dialog.close(); // beside it
            }
        });
        this.dialog.addEventListener("close", () => {
            this.id = null;
            clearTimeout(this.timer);
        });
    }

    async open(id) {
        this.id = id;
        setText(find("#story-title"), `Order ${id}`);
        setText(find("#story-status"), "");
        find("#story-told").hidden = true;
        setText(find("#story-message"), "");
        if (!this.dialog.open) {
            this.dialog.showModal();
        }
        await this.refresh();
    }

    /* The feed has told of a move of this order. */
    touch(id) {
        if (id === this.id) {
            clearTimeout(this.timer);
            this.timer = setTimeout(() => this.refresh(), REFRESH_MS);
        }
    }

    async refresh() {
        const { id } = this;
        try {
            const [order, { events }, own, other] = await Promise.all([
                askJson(`/orders/${id}`),
                askJson(`/orders/${id}/events`),
                this.setup.demo ? askJson(`/demo/log/${id}`) : { log: null },
                this.setup.demo ? askJson(`/demo/payments/${id}`).catch(() => ({ log: null })) : { log: null },
            ]);
            if (id === this.id) {
                this.show(order, events, own, other);
            }
        } catch (error) {
            if (id === this.id) {
                setText(find("#story-message"), error.message);
            }
        }
    }

    show(order, events, own, other) {
        find("#story-told").hidden = false;
        const status = find("#story-status");
        setText(status, order.status);
        status.dataset.status = order.status;
        setText(find("#story-item"), `${order.quantity} × ${order.item_name} for ${order.price}`);
        find("#story-steps").replaceChildren(...events.map((event, i) => makeStep(event, events[i - 1])));
        fillRow(find("#order-row"), { id: order.id, item: order.item_name, quantity: order.quantity, price: order.price, status: order.status });
        this.showPayment(other);
        const trace = events.find((event) => event.trace_id)?.trace_id ?? "";
        setText(find("#story-trace"), trace || "not known");
        find("#story-copy").hidden = trace === "" || !navigator.clipboard;
        find("#story-cancel").hidden = order.status !== "PENDING" && order.status !== "COMPLETED";
        this.showLog([...(own.log ?? []), ...(other.log ?? [])]);
    }

    showPayment({ payment }) {
        const target = find("#payment-row");
        find("#payment-column").hidden = payment === undefined;
        if (payment === null) {
            target.replaceChildren(element("p", { class: "quiet" }, "no row: nothing was ever recorded"));
        } else if (payment !== undefined) {
            fillRow(target, { id: payment.id, order: payment.order_id, amount: payment.amount ?? "none", status: payment.status });
        }
    }

    showLog(lines) {
        find("#story-log-part").hidden = !this.setup.demo;
        lines.sort((a, b) => (a.time < b.time ? -1 : Number(a.time > b.time)));
        find("#story-log").replaceChildren(...lines.map((line) => element("li", { "data-level": line.level },
            element("span", { class: "log-time" }, formatTime(line.time)),
            element("span", { class: "log-service" }, line.service),
            element("span", { class: "log-message" }, line.message))));
    }

    async cancel() {
        try {
            await cancelOrder(this.id);
            setText(find("#story-message"), "The customer has asked for the cancel.");
        } catch (error) {
            setText(find("#story-message"), error.message);
        }
        await this.refresh();
    }

    async copyTrace() {
        await navigator.clipboard.writeText(find("#story-trace").textContent);
        setText(find("#story-message"), "The trace id is copied.");
    }
}

function makeStep(event, before) {
    const after = before === undefined ? "" : `+${formatDuration(new Date(event.at) - new Date(before.at))}`;
    return element("li", { "data-status": event.status },
        element("strong", {}, event.status),
        element("span", {}, sayReason(event.reason)),
        element("span", { class: "step-time" }, formatTime(event.at)),
        element("span", { class: "step-after" }, after),
        element("p", {}, MEANINGS[event.reason] ?? ""));
}

function fillRow(target, fields) {
    target.replaceChildren(element("dl", { class: "fields" }, ...Object.entries(fields).flatMap(([name, value]) => [
        element("dt", {}, name), element("dd", {}, String(value)),
    ])));
}
