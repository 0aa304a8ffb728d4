/* What an OpenAPI document says, as parts of a page: schemas and answers. Its texts become text, never markup. */

let api = null;

/* The document that references lead into. */
export function useDocument(tree) {
    api = tree;
}

/* attributes: null leaves one out, true sets it without a value. */
export function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
        if (value !== null && value !== false) {
            made.setAttribute(key, value === true ? "" : value);
        }
    }
    made.append(...children.filter((child) => child !== null));
    return made;
}

/* Text with `code` in it. */
export function prose(text) {
    return (text || "").split("`").map((part, i) => (i % 2 ? element("code", {}, part) : part));
}

/* The object that a reference leads to; what stands beside the reference is laid over it. */
export function resolve(node) {
    if (!node || !node.$ref) {
        return node || {};
    }
    const keys = node.$ref.slice(2).split("/"); /* components only: their names need no escapes */
    const target = resolve(keys.reduce((at, key) => at[key], api));
    const made = { ...target, ...node };
    delete made.$ref;
    if (target.properties || node.properties) {
        made.properties = { ...target.properties };
        for (const [key, own] of Object.entries(node.properties || {})) {
            made.properties[key] = { ...resolve((target.properties || {})[key]), ...own };
        }
        made.required = [...(target.required || []), ...(node.required || [])];
    }
    return made;
}

/* What can't be told exactly in JavaScript's numbers is left to the document's words. */
function range(low, high, unit) {
    const [least, most] = [low, high].map((limit) => (Number.isSafeInteger(limit) ? `${limit}` : null));
    if (least !== null && most !== null) {
        return `${least} to ${most}${unit}`;
    }
    if (least !== null) {
        return least === "1" && unit !== "" ? "not empty" : `at least ${least}${unit}`;
    }
    return most === null ? null : `at most ${most}${unit}`;
}

/* "integer, 1 to 100, default 20" */
export function schemaWords(given) {
    const schema = resolve(given);
    const values = "const" in schema ? [schema.const] : schema.enum;
    if (values) {
        return values.map((value) => JSON.stringify(value)).join(" or ");
    }
    const words = [
        [].concat(schema.type || "any").join(" or "),
        schema.format || null,
        range(schema.minimum, schema.maximum, ""),
        range(schema.minLength, schema.maxLength, " characters"),
        range(schema.minItems, schema.maxItems, " items"),
        "default" in schema ? `default ${JSON.stringify(schema.default)}` : null,
    ];
    return words.filter((word) => word !== null).join(", ");
}

/* The fields of an object, and of what is in it. */
export function schemaView(given) {
    const schema = resolve(given);
    const choices = schema.oneOf || schema.anyOf;
    if (choices) {
        const items = choices.map((choice) => element("li", {}, schemaView(choice) || schemaWords(choice)));
        return element("div", {}, "One of:", element("ul", { class: "fields" }, ...items));
    }
    if (schema.items) {
        return schemaView(schema.items);
    }
    const required = schema.required || [];
    const fields = Object.entries(schema.properties || {}).map(([name, field]) =>
        element("li", {},
            element("code", {}, name), ` ${schemaWords(field)}${required.includes(name) ? "" : ", optional"}. `,
            ...prose(resolve(field).description), schemaView(field)));
    return fields.length ? element("ul", { class: "fields" }, ...fields) : null;
}

export function exampleOf(media) {
    const examples = Object.values(media.examples || {}).map((example) => resolve(example).value);
    return "example" in media ? media.example : examples[0];
}

export function asText(value) {
    return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

function headersView(headers) {
    const items = Object.entries(headers || {}).map(([name, given]) => {
        const header = resolve(given);
        return element("li", {}, element("code", {}, name), ` ${schemaWords(header.schema)}. `, ...prose(header.description));
    });
    return items.length ? element("div", {}, "Headers:", element("ul", { class: "fields" }, ...items)) : null;
}

function responseView(code, given) {
    const response = resolve(given);
    const parts = [headersView(response.headers)];
    for (const [type, media] of Object.entries(response.content || {})) {
        const example = exampleOf(media);
        parts.push(element("p", { class: "faint" }, type), schemaView(media.schema),
            example === undefined ? null : element("pre", {}, asText(example)));
        for (const [name, schema] of Object.entries(media["x-events"] || {})) {
            parts.push(element("p", {}, "Event ", element("code", {}, name)), schemaView(schema));
        }
    }
    const summary = element("summary", {}, element("strong", {}, code), " ", ...prose(response.description));
    return element("details", { class: "response" }, summary, ...parts);
}

export function responsesView(responses) {
    return element("div", {}, ...Object.entries(responses).map(([code, response]) => responseView(code, response)));
}
