"""The documents alone: valid OpenAPI 3.1, closed, with examples that fit, and of the version that the programs have."""

import json
import os
import pathlib
import re
import subprocess

import jsonschema
import pytest

import document

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("SAGA_BUILD_DIR", document.ROOT / "build" / "dev"))
OPENAPI = json.loads((HERE / "openapi_3_1.json").read_text(encoding="utf-8"))
# An object that says no more than where the document is.
OPEN_SCHEMAS = {"getOpenapi"}


@pytest.fixture(name="tree")
def tree_of_document(documents, service):
    return documents[service].tree


def faults_of(tree):
    return [f"{error.json_path}: {error.message}" for error in jsonschema.Draft202012Validator(OPENAPI).iter_errors(tree)]


def nodes(tree, pointer="#"):
    """Every object of the document, with the place where it stands."""
    if isinstance(tree, dict):
        yield pointer, tree
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in items:
        yield from nodes(value, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")


def schemas_of(one):
    """Every schema: those of the components, and those that stand in parameters, headers and media types."""
    yield from ((f"#/components/schemas/{name}", schema) for name, schema in one.tree["components"]["schemas"].items())
    yield from ((pointer, node["schema"]) for pointer, node in nodes(one.tree) if isinstance(node.get("schema"), dict))


def test_it_is_valid_openapi(tree):
    assert not faults_of(tree)


@pytest.mark.parametrize("change", [
    lambda tree: tree.pop("paths"),
    lambda tree: tree.update(openapi="3.0.3"),
    lambda tree: tree["info"].pop("version"),
    lambda tree: tree["info"].update(colour="red"),
    lambda tree: tree["paths"].update(orders={}),
    lambda tree: tree["paths"]["/healthz"]["get"].pop("responses"),
    lambda tree: tree["paths"]["/healthz"]["get"].update(respones={}),
    lambda tree: tree["paths"]["/healthz"].update(fetch={}),
    lambda tree: tree["paths"]["/healthz"]["get"]["responses"].update({"2000": {"description": "x"}}),
    lambda tree: tree["paths"]["/healthz"]["get"]["responses"].update({"204": {}}),
    lambda tree: tree["paths"]["/healthz"]["get"].update(parameters=[{"name": "x", "in": "body", "schema": {}}]),
    lambda tree: tree["paths"]["/healthz"]["get"].update(parameters=[{"name": "x", "in": "path", "schema": {}}]),
    lambda tree: tree["components"]["headers"].update({"a b": {"schema": {}}}),
    lambda tree: tree["components"]["securitySchemes"].update(key={"type": "apiKey"}),
])
def test_what_is_no_openapi_is_noticed(tree, change):
    tree = json.loads(json.dumps(tree))
    change(tree)
    assert faults_of(tree)


def test_its_schemas_are_schemas(documents, service):
    for _, schema in schemas_of(documents[service]):
        jsonschema.Draft202012Validator.check_schema(schema)


def test_references_lead_somewhere_and_components_are_used(documents, service):
    one = documents[service]
    used = {node["$ref"] for _, node in nodes(one.tree) if "$ref" in node}
    for pointer in used:
        assert one.find(pointer)
    for kind in ("parameters", "headers", "schemas", "examples", "responses"):
        assert {f"#/components/{kind}/{name}" for name in one.tree["components"][kind]} <= used


def test_examples_fit(documents, service):
    one = documents[service]
    for pointer, node in nodes(one.tree):
        if "schema" not in node:
            continue
        examples = [one.resolve(example)["value"] for example in node.get("examples", {}).values()]
        for example in examples + ([node["example"]] if "example" in node else []):
            errors = list(one.validator(node["schema"]).iter_errors(example))
            assert not errors, f"{pointer}: {errors}"


def test_answers_have_no_room_for_more(documents, service):
    """Else a field that is not documented would pass."""
    one = documents[service]
    for operation in [*one.operations, one.other]:
        for code, response in operation.responses.items():
            for media in response.get("content", {}).values():
                if operation.name not in OPEN_SCHEMAS or code != 200:
                    for schema in [media["schema"], *media.get("x-events", {}).values()]:
                        assert_closed(one, schema, f"{operation} {code}")


def assert_closed(one, schema, place):
    is_open = schema.get("additionalProperties", True) and schema.get("unevaluatedProperties", True)
    if "$ref" in schema and is_open:
        assert_closed(one, one.find(schema["$ref"]), schema["$ref"])
    elif "oneOf" in schema:
        for choice in schema["oneOf"]:
            assert_closed(one, choice, place)
    elif schema.get("type") == "object":
        assert not is_open, place
    inner = [*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])]
    for field in inner:
        assert_closed(one, field, place)


def test_operations_are_named_once_and_have_their_tags(documents, service):
    one = documents[service]
    names = [operation.name for operation in one.operations]
    assert len(names) == len(set(names))
    tags = [tag["name"] for tag in one.tree["tags"]]
    assert {tag for operation in one.operations for tag in operation.node["tags"]} == set(tags)


def test_path_parameters_are_those_of_the_path(documents, service):
    for operation in documents[service].operations:
        assert {one["name"] for one in operation.parameters_in("path")} == set(re.findall(r"\{(\w+)\}", operation.path))


def test_its_version_is_the_program_s(tree, service):
    program = BUILD / "services" / service / f"{service}-service"
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    assert told.split()[1] == tree["info"]["version"]
