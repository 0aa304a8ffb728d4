/* orders - the newest orders as a list of buttons: what the dots are for the eye, for keyboard and screen reader. */

import { element, find, formatTime, setText } from "./dom.js";
import { sayReason } from "./saga.js";

const ROW_COUNT = 40;

export class Orders {
    constructor(onChoose) {
        this.list = find("#orders");
        this.onChoose = onChoose;
        this.rows = new Map(); // id -> {item, chip, words}
        this.list.addEventListener("click", (event) => {
            const button = event.target.closest("button");
            if (button !== null) {
                onChoose(button.dataset.id);
            }
        });
        find("#look-up").addEventListener("submit", (event) => {
            event.preventDefault();
            onChoose(event.target.elements.number.value.trim().replace(/^0+(?=\d)/, ""));
        });
    }

    makeRow(order) {
        const chip = element("span", { class: "chip" });
        const words = element("span", { class: "row-words" });
        const time = element("span", { class: "row-time" });
        const button = element("button", { type: "button", class: "row", "data-id": order.id },
            element("span", { class: "row-id" }, `Order ${order.id}`), chip, words, time);
        return { item: element("li", {}, button), chip, words, time };
    }

    fillRow(row, order) {
        setText(row.chip, order.status);
        row.chip.dataset.status = order.status;
        setText(row.words, sayReason(order.reason));
        setText(row.time, order.at === "" ? "" : formatTime(order.at).slice(0, 8));
    }

    /* Rows stay the same elements while they are shown, so that the focus stays where it is. */
    show(orders) {
        const newest = orders.slice(0, ROW_COUNT);
        const kept = new Set(newest.map(({ id }) => id));
        for (const [id, row] of this.rows) {
            if (!kept.has(id) && !row.item.contains(document.activeElement)) {
                row.item.remove();
                this.rows.delete(id);
            }
        }
        let before = this.list.firstElementChild;
        for (const order of newest) {
            const row = this.rows.get(order.id) ?? this.makeRow(order);
            this.rows.set(order.id, row);
            this.fillRow(row, order);
            if (row.item === before) {
                before = before.nextElementSibling;
            } else {
                this.list.insertBefore(row.item, before);
            }
        }
        find("#no-orders").hidden = this.rows.size !== 0;
    }
}
