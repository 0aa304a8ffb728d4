/* place - orders from the page: an Apple, a Bomb, one of your own, or a burst of many. */

import { placeOrder } from "./api.js";
import { element, find, formatCount, setText } from "./dom.js";

export const APPLE = { item_name: "Apple", quantity: 1, price: 100 };
export const BOMB = { item_name: "Bomb", quantity: 1, price: 9999 };
const TOGETHER_COUNT = 4; // requests at once: a browser has six connections, and the page needs two itself
const MISS_COUNT_MAX = 20; // in a row, then the burst ends

/* Whether the n-th of a burst is one that fails, so that they are spread evenly. Pure. */
export function isFailing(n, failingPercent) {
    return Math.floor(((n + 1) * failingPercent) / 100) !== Math.floor((n * failingPercent) / 100);
}

export class Place {
    constructor() {
        this.message = find("#place-message");
        find("#apple").addEventListener("click", () => this.placeOne(APPLE));
        find("#bomb").addEventListener("click", () => this.placeOne(BOMB));
        find("#own").addEventListener("submit", (event) => {
            event.preventDefault();
            const form = event.target.elements;
            this.placeOne({ item_name: form.item_name.value, quantity: form.quantity.valueAsNumber, price: form.price.valueAsNumber });
        });
        find("#burst").addEventListener("submit", (event) => {
            event.preventDefault();
            const form = event.target.elements;
            this.burst(form.count.valueAsNumber, Number(form.share.value));
        });
        find("#burst-stop").addEventListener("click", () => this.abort?.abort());
        find("#faulty-price").addEventListener("change", ({ target }) => {
            if (target.value !== "") {
                find("#own").elements.price.value = target.value;
            }
        });
    }

    /* [{amount, action}, …]: prices that meet a fault, to choose from. */
    offerFaults(rules) {
        find("#faulty-price-field").hidden = rules.length === 0;
        find("#faulty-price").replaceChildren(element("option", { value: "" }, "choose …"),
            ...rules.map(({ amount, words }) => element("option", { value: amount }, `${amount}: ${words}`)));
    }

    async placeOne(order) {
        try {
            const placed = await placeOrder(order);
            setText(this.message, `Order ${placed.id} is placed.`);
            delete this.message.dataset.state;
        } catch (error) {
            setText(this.message, error.message);
            this.message.dataset.state = "bad";
        }
    }

    async burst(count, failingPercent) {
        this.abort = new AbortController();
        const run = { count, failingPercent, next: 0, placed: 0, missed: 0, missedInRow: 0 };
        this.showBurst(run, true);
        await Promise.all(Array.from({ length: TOGETHER_COUNT }, () => this.work(run, this.abort.signal)));
        this.showBurst(run, false);
    }

    async work(run, signal) {
        while (run.next < run.count && run.missedInRow < MISS_COUNT_MAX && !signal.aborted) {
            const n = run.next++;
            try {
                await placeOrder(isFailing(n, run.failingPercent) ? BOMB : APPLE, signal);
                run.placed += 1;
                run.missedInRow = 0;
            } catch {
                run.missed += 1;
                run.missedInRow += 1;
            }
            if (run.placed % 20 === 0) {
                this.showBurst(run, true);
            }
        }
    }

    showBurst(run, isRunning) {
        find("#burst-start").hidden = isRunning;
        find("#burst-stop").hidden = !isRunning;
        const bar = find("#burst-progress");
        bar.hidden = !isRunning;
        bar.max = run.count;
        bar.value = run.placed;
        if (!isRunning) {
            const missed = run.missed === 0 ? "" : `, ${formatCount(run.missed)} were refused`;
            setText(this.message, `${formatCount(run.placed)} orders are placed${missed}.`);
            delete this.message.dataset.state;
        }
    }
}
