/* api - the order service as the page asks it. */

const PATIENCE_MS = 10000;

let token = "";
let askForToken = null; // () -> a promise of the token
let asking = null;

/* Whom to ask where the service wants a token: at first, and whenever it wants another one. */
export function setTokenSource(source) {
    askForToken = source;
}

/* Numbers of orders and payments have up to 63 bits, more than a number of JavaScript holds: they stay text. Within a
   string of JSON there is no quote without a backslash, so that only keys are met. Pure. */
export function parseJson(text) {
    return JSON.parse(text.replace(/("(?:order_)?id":)(\d+)/g, '$1"$2"'));
}

function send(path, { method, headers, body, signal, timeoutMs }) {
    const all = { Accept: "application/json", ...headers };
    if (token !== "") {
        all.Authorization = `Bearer ${token}`;
    }
    if (body !== undefined) {
        all["Content-Type"] = "application/json";
    }
    const patience = timeoutMs === undefined ? [] : [AbortSignal.timeout(timeoutMs)];
    return fetch(path, {
        method,
        headers: all,
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.any([...(signal === undefined ? [] : [signal]), ...patience]),
        cache: "no-store",
    });
}

/* A Response. Where a token is missing, or is no longer the one, it is asked for once for all who wait; whose refusal comes
   when another token was given meanwhile has only to say that one. */
export async function ask(path, options = {}) {
    for (;;) {
        const said = token;
        const response = await send(path, { method: "GET", ...options });
        if (response.status !== 401 || askForToken === null) {
            return response;
        }
        if (said === token) {
            asking ??= askForToken().then((text) => {
                token = text;
                asking = null;
            });
        }
        await asking;
    }
}

/* What to tell a person of it. */
function sayFailure(error) {
    return error.name === "TimeoutError" ? `No answer came within ${PATIENCE_MS / 1000} s.` : "The order service does not answer.";
}

function sayFault(detail) {
    return Array.isArray(detail) ? detail.map((one) => `${one.loc.at(-1)}: ${one.msg}`).join("; ") : detail;
}

async function refusal(response) {
    const answer = await response.json().catch(() => ({}));
    const error = new Error(sayFault(answer.detail) || `The service answered ${response.status}`);
    error.status = response.status;
    return error;
}

/* The answer's JSON; an Error with the service's own words, and its status, where it is none that was hoped for. */
export async function askJson(path, options) {
    let response;
    let text;
    try {
        response = await ask(path, { timeoutMs: PATIENCE_MS, ...options });
        text = response.ok ? await response.text() : "";
    } catch (error) {
        throw options?.signal?.aborted ? error : new Error(sayFailure(error), { cause: error });
    }
    if (!response.ok) {
        throw await refusal(response);
    }
    return parseJson(text);
}

/* A Response whose body is the stream, or the same Error. */
export async function openFeed(lastId, signal) {
    const headers = { Accept: "text/event-stream" };
    if (lastId !== "") {
        headers["Last-Event-ID"] = lastId;
    }
    const response = await ask("/events", { headers, signal });
    if (!response.ok) {
        throw await refusal(response);
    }
    return response;
}

/* Answered as soon as the order is durable: its outcome is seen in the feed. */
export function placeOrder(order, signal) {
    return askJson("/orders", { method: "POST", headers: { Prefer: "respond-async" }, body: order, signal });
}

export function cancelOrder(id) {
    return askJson(`/orders/${id}/cancel`, { method: "POST", headers: { Prefer: "respond-async" } });
}

/* All orders that have this status now, as far as they are LIST_COUNT_MAX: {orders, isComplete}. */
const LIST_COUNT_MAX = 2000;

export async function listOrders(status) {
    const orders = [];
    let next = `/orders?status=${status}&limit=100`;
    while (next !== null && orders.length < LIST_COUNT_MAX) {
        const page = await askJson(next);
        orders.push(...page.orders);
        ({ next } = page);
    }
    return { orders, isComplete: next === null };
}
