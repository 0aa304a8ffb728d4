/* api - the order service as the page asks it. */

let token = "";

export function useToken(text) {
    token = text;
}

export function ask(path, { method = "GET", headers = {}, body, signal } = {}) {
    const all = { Accept: "application/json", ...headers };
    if (token !== "") {
        all.Authorization = `Bearer ${token}`;
    }
    if (body !== undefined) {
        all["Content-Type"] = "application/json";
    }
    return fetch(path, {
        method,
        headers: all,
        body: body === undefined ? undefined : JSON.stringify(body),
        signal,
        cache: "no-store",
    });
}

/* The answer's JSON; an Error with the service's own words where it is none that was hoped for. */
export async function askJson(path, options) {
    const response = await ask(path, options);
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) {
        const error = new Error(sayFault(answer.detail) || `The service answered ${response.status}`);
        error.status = response.status;
        throw error;
    }
    return answer;
}

function sayFault(detail) {
    return Array.isArray(detail) ? detail.map((one) => `${one.loc.at(-1)}: ${one.msg}`).join("; ") : detail;
}

export function openFeed(lastId, signal) {
    const headers = { Accept: "text/event-stream" };
    if (lastId !== "") {
        headers["Last-Event-ID"] = lastId;
    }
    return ask("/events", { headers, signal });
}

/* Answered as soon as the order is durable: its outcome is seen in the feed. */
export function placeOrder(order, signal) {
    return askJson("/orders", { method: "POST", headers: { Prefer: "respond-async" }, body: order, signal });
}

export function cancelOrder(id) {
    return askJson(`/orders/${id}/cancel`, { method: "POST", headers: { Prefer: "respond-async" } });
}
