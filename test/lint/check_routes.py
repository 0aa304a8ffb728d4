"""The routes of each service's routes.c, the operations of its openapi.json and the headings of docs/api.md are the same,
and so are the status codes that the last two have for each.

A service NAME has the chapter "## NAME-service" of docs/api.md, and a route there the heading "### POST /orders/{id}". What
its section names as a code must be the document's, so another number that could be one is written out there; and what the
document has must stand in the section, in the words before the chapter's first route, or in the chapter of what the server
itself refuses.

What docs/api.md calls open to everybody is what the tables of routes call is_open.

The routes of the demo, below /demo/, are no part of the API: they stand in rows of the chapter "## The demo".
"""

import http
import json
import re

import sources

# {HTTP_METHOD_POST, "/orders/{id}/cancel", …
SOURCE_ROW = re.compile(r'\{\s*(?:\.method\s*=\s*)?HTTP_METHOD_([A-Z]+)\s*,\s*(?:\.path\s*=\s*)?"([^"]+)"')
OPEN_ROW = re.compile(SOURCE_ROW.pattern + r"[^{}]*\.is_open = true\b")
CHAPTER = re.compile(r"^##\s+`?(?:(\w+)-service)?")
HEADING = re.compile(r"^###\s+`?([A-Z]+)\s+(/[^\s`]*)`?\s*$")
CODE = re.compile(r"\b(" + "|".join(str(int(code)) for code in http.HTTPStatus if code >= 200) + r")\b")
CODE_ROW = re.compile(r"^\| (\d{3}) \|")
SHARED_CHAPTER = "## What the server itself refuses"
OPEN = re.compile(r"^Open to everybody: (.*)\.$", re.M)
# | `GET /demo/faults` | order, payment |
DEMO_ROW = re.compile(r"^\| `([A-Z]+) (/demo/[^ `]+)` \| ([a-z, ]+) \|")
OTHER = "x-other-requests"


def source_routes(path):
    """(method, path) -> line"""
    text = path.read_text(encoding="utf-8")
    return {match.groups(): text.count("\n", 0, match.start()) + 1 for match in SOURCE_ROW.finditer(text)}


def open_paths(path):
    return {match.group(2) for match in OPEN_ROW.finditer(path.read_text(encoding="utf-8"))}


class Section:
    """Of docs/api.md: a route's, or the words before the first route of a chapter."""

    def __init__(self, line):
        self.line = line
        self.text = ""

    def codes(self):
        return {int(code) for code in CODE.findall(self.text)}


class Document:
    """docs/api.md"""

    def __init__(self, path):
        self.path = path
        self.routes = {}  # service -> {(method, path): Section}; headings outside of a service's chapter belong to ""
        self.openings = {}  # service -> Section
        self.shared = {}  # code -> line
        self.demo = {}  # service -> {(method, path): line}
        self._read(path.read_text(encoding="utf-8") if path.is_file() else "")

    def _read(self, text):
        service, section, in_sample, in_shared = "", Section(0), False, False
        for number, line in enumerate(text.split("\n"), 1):
            if line.startswith("```"):
                in_sample = not in_sample
            if in_sample:
                continue
            heading, chapter, row = HEADING.match(line), CHAPTER.match(line), CODE_ROW.match(line)
            demo = DEMO_ROW.match(line)
            if demo:
                for one in demo.group(3).split(", "):
                    self.demo.setdefault(one, {})[demo.group(1, 2)] = number
            elif heading:
                section = self.routes.setdefault(service, {})[heading.groups()] = Section(number)
            elif chapter:
                service, in_shared = chapter.group(1) or "", line.startswith(SHARED_CHAPTER)
                section = self.openings[service] = Section(number)
            elif in_shared and row:
                self.shared[int(row.group(1))] = number
            else:
                section.text += line + "\n"


class Openapi:
    def __init__(self, path):
        tree = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        self.path = path
        self.other = self._codes(tree.get(OTHER, {}))
        self.routes = {(method.upper(), route): self._codes(operation) for route, item in tree.get("paths", {}).items()
                       for method, operation in item.items() if isinstance(operation, dict)}

    @staticmethod
    def _codes(operation):
        return {int(code) for code in operation.get("responses", {})}


def compare(known, found, complain_missing, complain_extra):
    for route in sorted(set(known) - set(found)):
        complain_missing(route, " ".join(route))
    for route in sorted(set(found) - set(known)):
        complain_extra(route, " ".join(route))


def check_codes(document, openapi, service, complaints):
    before = document.openings.get(service, Section(0))
    opening = before.codes()
    for code in sorted(opening.difference(*openapi.routes.values())):
        complaints.add(document.path, before.line, f"{code}: no operation of {service}'s openapi.json has it")
    sections = document.routes.get(service, {})
    for route in sorted(set(sections) & set(openapi.routes)):
        section, codes, name = sections[route], openapi.routes[route], " ".join(route)
        for code in sorted(section.codes() - codes):
            complaints.add(document.path, section.line, f"{name} names {code}, which {service}'s openapi.json does not have")
        for code in sorted(codes - section.codes() - opening - set(document.shared)):
            complaints.add(document.path, section.line, f"{name} does not name {code}, which {service}'s openapi.json has")
    for code, line in sorted(document.shared.items()):
        for route in sorted(route for route, codes in openapi.routes.items() if code not in codes | openapi.other):
            complaints.add(document.path, line, f"{code}: {service}'s openapi.json does not have it for {' '.join(route)}")


def check_demo(source, document, known, complaints):
    rows = document.demo.get(source.parent.name, {})
    compare(known, rows,
            lambda route, name: complaints.add(source, known[route], f"docs/api.md has no row \"{name}\" for the demo"),
            lambda route, name: complaints.add(document.path, rows[route], f"{source.parent.name}-service has no route \"{name}\""))


def check_service(source, document, complaints):
    service, all_known = source.parent.name, source_routes(source)
    if not all_known:
        complaints.add(source, 1, "no route found")
    demo = {route: line for route, line in all_known.items() if route[1].startswith("/demo/")}
    known = {route: line for route, line in all_known.items() if route not in demo}
    check_demo(source, document, demo, complaints)
    headings, openapi = document.routes.get(service, {}), Openapi(source.with_name("openapi.json"))
    compare(known, headings,
            lambda route, name: complaints.add(
                source, known[route], f"docs/api.md has no heading \"{name}\" for {service}-service"),
            lambda route, name: complaints.add(
                document.path, headings[route].line, f"{service}-service has no route \"{name}\""))
    compare(known, openapi.routes,
            lambda route, name: complaints.add(source, known[route], f"openapi.json has no operation \"{name}\""),
            lambda route, name: complaints.add(openapi.path, 0, f"{service}-service has no route \"{name}\""))
    check_codes(document, openapi, service, complaints)


def check_open(document, sources_of_routes, complaints):
    known = set().union(*(open_paths(path) for path in sources_of_routes))
    told = set(re.findall(r"`([^`]+)`", " ".join(OPEN.findall(document.path.read_text(encoding="utf-8")))))
    for path in sorted(known ^ told):
        complaints.add(document.path, 0, f"{path} is open to everybody {'there only' if path in told else 'in routes.c only'}")


def main():
    root = sources.root_argument(__doc__).parse_args().root.resolve()
    complaints = sources.Complaints(root)
    document = Document(root / "docs" / "api.md")
    if not document.path.is_file():
        complaints.add(document.path, 0, "missing")
    paths = sorted((root / "services").glob("*/routes.c"))
    if not paths:
        complaints.add(root / "services", 0, "no table of routes found")
    for path in paths:
        check_service(path, document, complaints)
    check_open(document, paths, complaints)
    for service in sorted(set(document.routes) - {path.parent.name for path in paths}):
        for route, section in document.routes[service].items():
            complaints.add(document.path, section.line, f"\"{' '.join(route)}\" stands in no service's chapter")
    complaints.exit("routes")


if __name__ == "__main__":
    main()
