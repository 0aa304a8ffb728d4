"""Requests that the document makes good or bad: from its examples, and from the ends of its ranges."""

import copy
import itertools
import json
import re

UNREADABLE = [b"", b"{", b'{"a":1} x', b'{"a":1,"a":2}', b'{"a":"\xff"}', b"[" * 3000, b'{"a":NaN}']
NOT_OBJECTS = [b"[]", b"5", b"null", b'"text"', b"true"]
HUGE = 10 ** 30
BAD_NAMES = ["x", "..", "main", "Main.js", "a/b", "%31", "7"]
BAD_HEADER_VALUES = ["", "a b", "x" * 300, '"', '""', "caf\xe9", "-1", "0", "1.5", "600001", "%31"]
ANY_HEADER_VALUES = ["", "x", "x" * 4000, "caf\xe9", ",;=\"'\\"]


def good_values(schema):
    if "enum" in schema:
        return list(schema["enum"])
    if schema["type"] == "integer":
        return [schema["minimum"], schema["minimum"] + 1, schema["maximum"]]
    return ["x" * schema["minLength"], "\U0001f34e" * schema["maxLength"], 'ä "\\\n\x01</script>']


def bad_values(schema):
    """As JSON."""
    if schema["type"] == "integer":
        wrong = [schema["minimum"] - 1, schema["maximum"] + 1, HUGE, -HUGE, 1.0, 1.5, "5", True]
    else:
        wrong = ["x" * (schema["minLength"] - 1), "x" * (schema["maxLength"] + 1), 5, False]
    return [*wrong, None, [], {}]


def good_bodies(operation):
    """Each example, and each field at each end of its range; a field that nobody knows is ignored."""
    if not operation.body:
        return
    examples = list(operation.body_examples.values())
    yield from examples
    yield {**examples[0], "unknown": {"a": [HUGE]}}
    for name, schema in operation.body_schema["properties"].items():
        for value in good_values(schema):
            yield {**examples[0], name: value}


def bad_bodies(operation):
    """Bytes, or what becomes JSON."""
    if not operation.body:
        return
    example, schema = next(iter(operation.body_examples.values())), operation.body_schema
    yield from UNREADABLE + NOT_OBJECTS
    for name, field in schema["properties"].items():
        for value in bad_values(field):
            yield {**example, name: value}
    for count in range(1, len(schema["required"]) + 1):
        for names in itertools.combinations(schema["required"], count):
            body = copy.copy(example)
            for name in names:
                del body[name]
            yield body
    yield {name: None for name in schema["properties"]}


def good_parameters(operation, parameter):
    schema = resolved_schema(operation, parameter)
    return [parameter["example"]] if "pattern" in schema else good_values(schema)


def good_queries(operation):
    parameters = operation.parameters_in("query")
    for parameter in parameters:
        for value in good_parameters(operation, parameter):
            yield f"{parameter['name']}={value}"
    if parameters:
        firsts = [(one["name"], good_parameters(operation, one)[0]) for one in parameters]
        yield "&".join(f"{name}={value}" for name, value in firsts)


def bad_queries(operation):
    parameters = operation.parameters_in("query")
    for parameter in parameters:
        name, schema = parameter["name"], resolved_schema(operation, parameter)
        value = good_parameters(operation, parameter)[0]
        wrong = ["", "x", "%zz", "%00", str(value).lower() + "x"]
        if schema["type"] == "integer":
            wrong += [schema["minimum"] - 1, schema["maximum"] + 1, HUGE, "1.0", "+1"]
        if "pattern" in schema:
            wrong = [one for one in wrong if not re.search(schema["pattern"], one)]
        yield from (f"{name}={one}" for one in wrong)
        if 422 in operation.responses:  # where a query is read strictly
            yield from (name, f"{name}={value}&{name}={value}", f"{name.upper()}={value}")
    if parameters and 422 in operation.responses:
        yield from ("unknown=1", "%FF=1", "unknown=1&" + "&".join(f"{one['name']}=%20" for one in parameters))


def good_headers(operation):
    """name, value. A free one takes everything that HTTP lets through."""
    for parameter in operation.parameters_in("header"):
        name, schema = parameter["name"], parameter["schema"]
        yield name, parameter["example"]
        if "pattern" in schema:
            yield from ((name, value) for value in [f'"{parameter["example"]}"'] if re.search(schema["pattern"], value))
        elif schema["type"] == "integer":
            yield from ((name, value) for value in good_values(schema))
        else:
            yield from ((name, value) for value in ANY_HEADER_VALUES)


def bad_headers(operation):
    for parameter in operation.parameters_in("header"):
        name, schema = parameter["name"], parameter["schema"]
        if "pattern" in schema:
            yield from ((name, value) for value in BAD_HEADER_VALUES if not re.search(schema["pattern"], value))
        elif schema["type"] == "integer":
            yield from ((name, value) for value in BAD_HEADER_VALUES if not is_in_range(value, schema))


def is_in_range(text, schema):
    return re.fullmatch("[0-9]+", text) is not None and schema["minimum"] <= int(text) <= schema["maximum"]


def good_paths(operation):
    (parameter,) = operation.parameters_in("path") or [None]
    if parameter is None:
        return [operation.path, operation.path.rstrip("/") + "/"]
    mark = "{%s}" % parameter["name"]
    values = good_values(parameter["schema"])
    return [operation.path.replace(mark, str(value)) for value in values] + [operation.example_path() + "/"]


def bad_paths(operation):
    for parameter in operation.parameters_in("path"):
        schema = parameter["schema"]
        if "enum" in schema:
            yield from (operation.path.replace("{%s}" % parameter["name"], value) for value in BAD_NAMES)
            continue
        for value in (schema["minimum"] - 1, -1, schema["maximum"] + 1, HUGE, "abc", "1x", "1.0", "%31", "+1"):
            yield operation.path.replace("{%s}" % parameter["name"], str(value))


def resolved_schema(operation, parameter):
    return operation.document.resolve(parameter["schema"])


def as_bytes(body):
    return body if isinstance(body, bytes) else json.dumps(body).encode()
