/* The page at /docs: shows the OpenAPI document of its service and sends requests from it. All that it knows of the
 * service is what the document says. */

import { asText, element, exampleOf, prose, resolve, responsesView, schemaView, schemaWords, useDocument } from "/docs/view.js";

/* Of an answer so much is kept: an event stream may go on for ever. */
const ANSWER_SIZE_MAX = 256 * 1024;
const METHODS = ["get", "head", "post", "put", "patch", "delete", "options"];

let api = null;

/* ---- the form that sends a request ---- */

function parameterInput(parameter, id) {
    const schema = resolve(parameter.schema);
    const common = { id, "aria-describedby": `${id}-hint`, "data-in": parameter.in, "data-name": parameter.name };
    if (schema.enum) {
        const options = ["", ...schema.enum].map((value) => element("option", { value }, value === "" ? "(none)" : value));
        return element("select", common, ...options);
    }
    return element("input", {
        ...common, type: "text", autocomplete: "off", spellcheck: "false",
        required: parameter.in === "path",
        inputmode: schema.type === "integer" ? "numeric" : null,
        value: parameter.in === "path" ? parameter.example ?? "" : null,
    });
}

function parameterField(given, prefix) {
    const parameter = resolve(given);
    const id = `${prefix}-${parameter.in}-${parameter.name}`;
    const example = "example" in parameter ? `, for example ${parameter.example}` : "";
    return element("div", {},
        element("label", { for: id }, `${parameter.name} (${parameter.in}${parameter.required ? ", required" : ""})`),
        parameterInput(parameter, id),
        element("p", { class: "hint", id: `${id}-hint` }, ...prose(parameter.description), ` (${schemaWords(parameter.schema)}${example})`));
}

/* Where a good answer comes in several types. */
function acceptField(operation) {
    const types = Object.keys(resolve(operation.responses[200]).content || {});
    if (types.length < 2) {
        return null;
    }
    const id = `${operation.operationId}-accept`;
    return element("div", {}, element("label", { for: id }, "Accept (header)"),
        element("select", { id, "data-in": "header", "data-name": "Accept" },
            ...types.map((type) => element("option", { value: type }, type))));
}

function bodyField(requestBody, prefix) {
    const [type, media] = Object.entries(resolve(requestBody).content)[0];
    const examples = Object.values(media.examples || {}).map(resolve);
    const id = `${prefix}-body`;
    const area = element("textarea", { id, spellcheck: "false", "data-in": "body", "data-name": type, "aria-describedby": `${id}-hint` });
    area.value = asText(exampleOf(media) ?? "");
    const choose = element("select", { id: `${id}-example` },
        ...examples.map((example, i) => element("option", { value: i }, example.summary || `Example ${i + 1}`)));
    choose.addEventListener("change", () => { area.value = asText(examples[choose.value].value); });
    return element("div", {},
        examples.length > 1 ? element("label", { for: `${id}-example` }, "Example") : null,
        examples.length > 1 ? choose : null,
        element("label", { for: id }, `Body (${type})`), area,
        element("div", { class: "hint", id: `${id}-hint` }, ...prose(resolve(media.schema).description), schemaView(media.schema)));
}

/* The request that the form's fields make. */
function requestOf(form, path, method) {
    const request = { method: method.toUpperCase(), headers: {}, cache: "no-store", credentials: "omit" };
    const query = new URLSearchParams();
    let url = path;
    for (const field of form.querySelectorAll("[data-in]")) {
        const { in: place, name } = field.dataset;
        if (place === "path") {
            url = url.replace(`{${name}}`, encodeURIComponent(field.value));
        } else if (place === "query" && field.value !== "") {
            query.append(name, field.value);
        } else if (place === "header" && field.value !== "") {
            request.headers[name] = field.value;
        } else if (place === "body") {
            request.headers["Content-Type"] = name;
            request.body = field.value;
        }
    }
    const token = document.getElementById("token").value;
    if (token !== "") {
        request.headers.Authorization = `Bearer ${token}`;
    }
    return { url: query.size === 0 ? url : `${url}?${query}`, request };
}

/* Laid out, unless that could change a large number. */
function readable(text, type) {
    if (!type.startsWith("application/json") || /\d{16}/.test(text)) {
        return text;
    }
    try {
        return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
        return text; /* it was too long to be kept */
    }
}

/* Shows the body as it comes. */
async function showBody(response, place) {
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    let text = "";
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        text = (text + decoder.decode(piece.value, { stream: true })).slice(-ANSWER_SIZE_MAX);
        place.textContent = text;
    }
    place.textContent = readable(text, response.headers.get("Content-Type") || "");
}

async function showAnswer(response, responses, answer) {
    const documented = responses[response.status];
    const body = element("pre", { class: "body", tabindex: "0", "aria-label": "Body of the answer" });
    answer.replaceChildren(
        element("p", {}, element("span", { class: `code ${response.ok ? "good" : "bad"}` }, `${response.status} ${response.statusText}`), " ",
            ...prose(documented ? resolve(documented).description : "This code is not documented.")),
        element("pre", { class: "headers", tabindex: "0", "aria-label": "Headers of the answer" },
            [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n")),
        body);
    if (response.body !== null) {
        await showBody(response, body);
    }
}

async function send(form, path, method, operation, parts) {
    const { url, request } = requestOf(form, path, method);
    const controller = new AbortController();
    parts.stop.onclick = () => controller.abort();
    parts.send.disabled = true;
    parts.stop.hidden = false;
    parts.answer.replaceChildren(element("p", {}, `${request.method} ${url} …`));
    try {
        const response = await fetch(url, { ...request, signal: controller.signal });
        await showAnswer(response, operation.responses, parts.answer);
    } catch (error) {
        const words = error.name === "AbortError" ? "Stopped." : `No answer: ${error.message}`;
        parts.answer.append(element("p", { class: "bad" }, words));
    }
    parts.stop.hidden = true;
    parts.send.disabled = false;
}

function operationForm(path, method, operation, parameters) {
    const parts = {
        send: element("button", { type: "submit" }, "Send"),
        stop: element("button", { type: "button", class: "second", hidden: true }, "Stop"),
        answer: element("div", { class: "answer", "aria-live": "polite" }),
    };
    const form = element("form", { autocomplete: "off" },
        ...parameters.map((parameter) => parameterField(parameter, operation.operationId)), acceptField(operation),
        operation.requestBody ? bodyField(operation.requestBody, operation.operationId) : null,
        parts.send, parts.stop, parts.answer);
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        send(form, path, method, operation, parts);
    });
    return form;
}

/* ---- the page ---- */

function operationView(path, method, operation, parameters) {
    return element("details", { class: "operation", id: operation.operationId },
        element("summary", {}, element("h3", {},
            element("span", { class: "method" }, method.toUpperCase()), " ", element("span", { class: "path" }, path)), " ",
        element("span", { class: "faint" }, operation.summary || "")),
        element("div", { class: "content" },
            element("p", {}, ...prose(operation.description)),
            operationForm(path, method, operation, parameters),
            element("h4", {}, "Answers"), responsesView(operation.responses)));
}

function operationsOf(tag) {
    const found = [];
    for (const [path, item] of Object.entries(api.paths)) {
        for (const method of Object.keys(item).filter((key) => METHODS.includes(key))) {
            if ((item[method].tags || [""])[0] === tag) {
                const parameters = [...(item.parameters || []), ...(item[method].parameters || [])];
                found.push(operationView(path, method, item[method], parameters));
            }
        }
    }
    return found;
}

function sectionView(title, words, ...content) {
    return element("section", {}, element("h2", {}, title), element("p", { class: "faint" }, ...prose(words)), ...content);
}

function openLinked() {
    const linked = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (linked && linked.tagName === "DETAILS") {
        linked.open = true;
        linked.scrollIntoView();
    }
}

function show() {
    const { title, version, summary, description } = api.info;
    document.title = `${title} ${version}`;
    document.getElementById("title").replaceChildren(title, " ", element("small", {}, version));
    document.getElementById("summary").replaceChildren(...prose(summary));
    document.getElementById("description").replaceChildren(...prose(description));
    document.getElementById("state").remove();
    const sections = api.tags.map((tag) => sectionView(tag.name, tag.description, ...operationsOf(tag.name)));
    const other = api["x-other-requests"];
    if (other) {
        sections.push(sectionView("Other requests", other.description, responsesView(other.responses)));
    }
    document.getElementById("operations").replaceChildren(...sections);
    openLinked();
}

async function load() {
    const token = document.getElementById("token").value;
    const response = await fetch("/openapi.json", token === "" ? {} : { headers: { Authorization: `Bearer ${token}` } });
    if (!response.ok) {
        throw new Error(`${response.status} ${response.statusText}`);
    }
    api = await response.json();
    useDocument(api);
    show();
}

function start() {
    load().catch((error) => {
        const state = document.getElementById("state");
        state.className = "bad";
        state.textContent = `/openapi.json can't be shown: ${error.message}`;
    });
}

document.getElementById("credentials").addEventListener("submit", (event) => event.preventDefault());
document.getElementById("token").addEventListener("change", () => {
    if (api === null) {
        start();
    }
});
addEventListener("hashchange", openLinked);
start();
