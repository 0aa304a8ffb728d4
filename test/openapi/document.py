"""A service's OpenAPI document as the tests use it: operations with their parameters and answers, references resolved."""

import json
import pathlib

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVICES = ("order", "payment")
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# Not an operation, but the answers to all that is none: see Operation.
OTHER = "x-other-requests"


def path_of(service):
    return ROOT / "services" / service / "openapi.json"


def read(service):
    return Document(service, json.loads(path_of(service).read_text(encoding="utf-8")))


def unescape(key):
    return key.replace("~1", "/").replace("~0", "~")


class Document:
    def __init__(self, service, tree):
        self.service = service
        self.tree = tree
        self.operations = [Operation(self, method, path, item)
                           for path, item in tree["paths"].items() for method in METHODS if method in item]
        self.other = Operation(self, OTHER, "", {OTHER: tree[OTHER]})

    def find(self, pointer):
        """"#/components/schemas/Order" -> that node"""
        node = self.tree
        for key in pointer[2:].split("/"):
            node = node[unescape(key)]
        return node

    def resolve(self, node):
        """What a reference leads to. Only references that stand alone, as those to anything but a schema do."""
        while "$ref" in node:
            node = self.find(node["$ref"])
        return node

    def validator(self, schema):
        """References look into the document, so it stands around the schema."""
        root = {"allOf": [schema], "components": self.tree["components"]}
        return jsonschema.Draft202012Validator(root)

    def operation(self, name):
        (found,) = [one for one in self.operations if one.name == name]
        return found


class Operation:
    """One method of one path; and, as "x-other-requests", what belongs to none."""

    def __init__(self, document, method, path, item):
        node = item[method]
        self.document = document
        self.method = method.upper()
        self.path = path
        self.name = node.get("operationId", method)
        self.node = node
        self.parameters = [document.resolve(one) for one in [*item.get("parameters", []), *node.get("parameters", [])]]
        self.responses = {int(code): document.resolve(response) for code, response in node["responses"].items()}

    def __str__(self):
        return f"{self.method} {self.path}"

    @property
    def content_type(self):
        """That of the body; None where it takes none."""
        return next(iter(self.body), None)

    @property
    def body(self):
        return self.document.resolve(self.node.get("requestBody", {})).get("content", {})

    @property
    def body_schema(self):
        """Without a reference at its top."""
        return self.document.resolve(self.body[self.content_type]["schema"])

    @property
    def body_examples(self):
        """name -> value"""
        examples = self.body.get(self.content_type, {}).get("examples", {})
        return {name: self.document.resolve(example)["value"] for name, example in examples.items()}

    def parameters_in(self, place):
        return [one for one in self.parameters if one["in"] == place]

    def example_path(self):
        path = self.path
        for parameter in self.parameters_in("path"):
            path = path.replace("{%s}" % parameter["name"], str(parameter["example"]))
        return path
