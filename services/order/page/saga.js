/* saga - what the page knows of the orders: the statuses, the moves between them, and how many were seen. Pure. */

export const STATUSES = ["PENDING", "COMPLETED", "CANCELLING", "CANCELLED"];

/* The arrows of the diagram; each has the reasons that the history gives for it. */
export const ARROWS = [
    { from: null, to: "PENDING", reasons: ["created"] },
    { from: "PENDING", to: "COMPLETED", reasons: ["paid"] },
    { from: "PENDING", to: "CANCELLED", reasons: ["mismatch", "never_sent", "refunded", "declined", "voided"] },
    { from: "PENDING", to: "CANCELLING", reasons: ["cancel_requested"] },
    { from: "COMPLETED", to: "CANCELLING", reasons: ["cancel_requested"] },
    { from: "CANCELLING", to: "CANCELLED", reasons: ["refunded", "voided", "declined", "mismatch"] },
];

/* What a reason means, to somebody who sees it for the first time. */
export const MEANINGS = {
    created: "The order is on disk, before anything else is done.",
    paid: "The payment service has recorded the payment.",
    declined: "The payment service has recorded that it does not pay.",
    voided: "No answer that counts came for the charge. The void was recorded first, so it never can be paid.",
    never_sent: "The payment service could not be reached: surely nothing was charged.",
    refunded: "It was paid, and the money went back.",
    mismatch: "The payment service has another payment under this number.",
    cancel_requested: "The customer cancels.",
};

/* And what a status means. */
export const STATUS_MEANINGS = {
    PENDING: "On disk; the payment is asked for, and asked for again where no answer comes.",
    COMPLETED: "Paid. It stays so, unless the customer cancels.",
    CANCELLING: "The customer has cancelled: what may be paid is voided, or goes back.",
    CANCELLED: "Over, and no money is kept for it.",
};

export function sayReason(reason) {
    return reason === "cancel_requested" ? "cancel" : reason.replaceAll("_", " ");
}

export function arrowKey(from, to) {
    return `${from ?? "START"}-${to}`;
}

export function isFinal(status) {
    return status === "COMPLETED" || status === "CANCELLED";
}

/* They are text, without zeros in front: the greater one is longer, or greater as a text. */
function compareIds(one, other) {
    return one.length - other.length || (one < other ? -1 : Number(one > other));
}

const KNOWN_COUNT_MAX = 2000;

/* Counts from the moment on in which the page was opened, and what waited then. */
export class Saga {
    constructor() {
        this.moves = new Map(); // arrow key -> Map of reason -> count
        this.counts = Object.fromEntries(STATUSES.map((status) => [status, 0]));
        // id -> the last that is known of it, and whether it is among the counts; the least recently moved first
        this.orders = new Map();
        this.isLossy = false; // moves were told folded, or orders forgotten: who is unknown may be counted
    }

    /* An order that was there before the page was. */
    adopt(id, status) {
        if (!this.orders.has(id)) {
            this.counts[status] += 1;
            this.remember({ id, status, reason: "", at: "", isCounted: true });
        }
    }

    /* An event of the feed. */
    take(event) {
        const wasCounted = this.orders.get(event.order_id)?.isCounted ?? this.isLossy;
        this.count(event.from, event.status, event.reason, 1, wasCounted);
        this.remember({ id: event.order_id, status: event.status, reason: event.reason, at: event.at, isCounted: true });
    }

    takeFolded(event) {
        this.isLossy = true;
        for (const edge of event.edges) {
            this.count(edge.from, edge.status, edge.reason, edge.count);
        }
    }

    count(from, to, reason, count, wereCounted = true) {
        const key = arrowKey(from, to);
        const reasons = this.moves.get(key) ?? new Map();
        reasons.set(reason, (reasons.get(reason) ?? 0) + count);
        this.moves.set(key, reasons);
        this.counts[to] = (this.counts[to] ?? 0) + count;
        if (from !== null && wereCounted) {
            this.counts[from] = Math.max(0, this.counts[from] - count);
        }
    }

    /* How many wait, counted anew: what was folded before the page knew all that waits is known by nobody else. */
    settle(status, count) {
        this.counts[status] = count;
    }

    /* What a list says, of orders that are counted already, or were over before the page was opened. */
    correct(id, status) {
        const known = this.orders.get(id);
        if (known === undefined) {
            this.remember({ id, status, reason: "", at: "", isCounted: this.isLossy });
        } else if (known.status !== status) {
            this.orders.set(id, { ...known, status, reason: "" });
        }
    }

    remember(order) {
        this.orders.delete(order.id);
        this.orders.set(order.id, order);
        if (this.orders.size > KNOWN_COUNT_MAX) {
            this.orders.delete(this.orders.keys().next().value);
            this.isLossy = true;
        }
    }

    moveCount(from, to, reason) {
        return this.moves.get(arrowKey(from, to))?.get(reason) ?? 0;
    }

    arrowCount(from, to) {
        return [...(this.moves.get(arrowKey(from, to))?.values() ?? [])].reduce((sum, count) => sum + count, 0);
    }

    /* The newest first. */
    latest(count) {
        return [...this.orders.values()].sort((a, b) => compareIds(b.id, a.id)).slice(0, count);
    }
}
