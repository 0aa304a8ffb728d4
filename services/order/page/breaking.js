/* breaking - the payment service's faults, switched while it runs; there only where both services have DEMO=on. */

import { askJson } from "./api.js";
import { element, find, setText } from "./dom.js";

/* The words of PAYMENT_FAULTS, what they do, and what is seen of it. */
export const ACTIONS = [
    ["", "works", "Orders complete at once."],
    ["500", "answers 500", "Nothing is paid, but the order service cannot know that: it voids the payment, and cancels."],
    ["decline", "declines", "A definite answer: orders are cancelled at once."],
    ["hang", "hangs", "Orders wait as PENDING; after some attempts their payments are voided."],
    ["delay:700", "takes 0.7 s", "Orders wait that long, and complete."],
    ["commit-500", "is paid, but answers 500", "The payment is recorded; whoever asks again learns that, and orders complete."],
    ["commit-drop", "is paid, but the line is cut", "The answer is lost; asked again, the payment service knows the payment, and orders complete."],
    ["drop", "the line is cut", "Nothing is paid, but the order service cannot know that: it voids the payment, and cancels."],
];
const KNOWN = new Map(ACTIONS);
const EXPECTED = new Map(ACTIONS.map(([action, , expected]) => [action, expected]));
const RETRY_MS = 2000;

/* "9999=500,7=hang" -> [{amount, action, words}, …]. Pure. */
export function parseRules(text) {
    return text === "none" || text === "" ? [] : text.split(",").map((rule) => {
        const [amount, action] = rule.split("=");
        return { amount: Number(amount), action, words: KNOWN.get(action) ?? action };
    });
}

/* With another action for an amount; "" takes its rule away. Pure. */
export function withRule(text, amount, action) {
    const rules = parseRules(text).filter((rule) => rule.amount !== amount);
    if (action !== "") {
        rules.push({ amount, action });
    }
    return rules.length === 0 ? "none" : rules.map((rule) => `${rule.amount}=${rule.action}`).join(",");
}

export class Breaking {
    /* onRules([{amount, action, words}, …]): they are in force. */
    constructor(onRules) {
        this.onRules = onRules;
        this.message = find("#break-message");
        this.selects = [...document.querySelectorAll("#break select")];
        for (const select of this.selects) {
            select.addEventListener("change", () => {
                this.set(withRule(this.text, Number(select.dataset.amount), select.value), `${select.dataset.name}: ${EXPECTED.get(select.value) ?? select.value}`);
            });
        }
        find("#rules").addEventListener("submit", (event) => {
            event.preventDefault();
            this.set(event.target.elements.text.value.trim() || "none", "The rules are in force.");
        });
    }

    async open() {
        try {
            this.show((await askJson("/demo/faults")).faults);
            find("#break").hidden = false;
        } catch (error) {
            find("#break").hidden = true;
            if (error.status !== 404) {
                clearTimeout(this.timer); // the payment service does not answer; else it runs without a demo
                this.timer = setTimeout(() => this.open(), RETRY_MS);
            }
        }
    }

    async set(faults, words) {
        try {
            this.show((await askJson("/demo/faults", { method: "PUT", body: { faults } })).faults);
            setText(this.message, words);
            delete this.message.dataset.state;
        } catch (error) {
            setText(this.message, error.message);
            this.message.dataset.state = "bad";
            this.show(this.text);
        }
    }

    show(text) {
        this.text = text;
        const rules = parseRules(text);
        for (const select of this.selects) {
            const amount = Number(select.dataset.amount);
            const action = rules.find((rule) => rule.amount === amount)?.action ?? "";
            const choices = KNOWN.has(action) ? ACTIONS : [...ACTIONS, [action, action]];
            select.replaceChildren(...choices.map(([value, words]) => element("option", { value }, words)));
            select.value = action;
        }
        find("#rules").elements.text.value = text;
        this.onRules(rules);
    }
}
