"""Every route of each service's routes.c has its heading in docs/api.md, and vice versa.

A service NAME has the chapter "## NAME-service", and a route there the heading "### POST /orders/{id}".
"""

import re

import sources

# {HTTP_METHOD_POST, "/orders/{id}/cancel", …
SOURCE_ROW = re.compile(r'\{\s*(?:\.method\s*=\s*)?HTTP_METHOD_([A-Z]+)\s*,\s*(?:\.path\s*=\s*)?"([^"]+)"')
CHAPTER = re.compile(r"^##\s+`?(?:(\w+)-service)?")
HEADING = re.compile(r"^###\s+`?([A-Z]+)\s+(/[^\s`]*)`?\s*$")


def source_routes(path):
    """(method, path) -> line"""
    text = path.read_text(encoding="utf-8")
    return {match.groups(): text.count("\n", 0, match.start()) + 1 for match in SOURCE_ROW.finditer(text)}


def documented_routes(document):
    """service -> {(method, path): line}; headings outside of a service's chapter belong to "". """
    found, service, in_sample = {}, "", False
    for number, line in enumerate(document.read_text(encoding="utf-8").split("\n"), 1):
        if line.startswith("```"):
            in_sample = not in_sample
        chapter, heading = CHAPTER.match(line), HEADING.match(line)
        if in_sample:
            continue
        if heading:
            found.setdefault(service, {})[heading.groups()] = number
        elif chapter:
            service = chapter.group(1) or ""
    return found


def main():
    root = sources.root_argument(__doc__).parse_args().root.resolve()
    complaints = sources.Complaints(root)
    document = root / "docs" / "api.md"
    if not document.is_file():
        complaints.add(document, 0, "missing")
    documented = documented_routes(document) if document.is_file() else {}
    paths = sorted((root / "services").glob("*/routes.c"))
    if not paths:
        complaints.add(root / "services", 0, "no table of routes found")
    for path in paths:
        service, known = path.parent.name, source_routes(path)
        headings = documented.pop(service, {})
        if not known:
            complaints.add(path, 1, "no route found")
        for route in sorted(set(known) - set(headings)):
            complaints.add(path, known[route], f"docs/api.md has no heading \"{' '.join(route)}\" for {service}-service")
        for route in sorted(set(headings) - set(known)):
            complaints.add(document, headings[route], f"{service}-service has no route \"{' '.join(route)}\"")
    for headings in documented.values():
        for route, line in headings.items():
            complaints.add(document, line, f"\"{' '.join(route)}\" stands in no service's chapter")
    complaints.exit("routes")


if __name__ == "__main__":
    main()
