"""Every setting in the services' tables stands in docs/configuration.md with its default, and vice
versa; compose.yaml sets nothing that does not exist."""

import re

import sources

# A row of a struct config_setting table: {"LISTEN", CONFIG_TEXT, offsetof(…), "0.0.0.0:8000", …
SOURCE_ROW = re.compile(
    r'\{\s*(?:\.variable\s*=\s*)?"([A-Z][A-Z0-9_]*)"\s*,\s*(?:\.kind\s*=\s*)?CONFIG_\w+\s*,'
    r'[^{}"]*?"((?:[^"\\]|\\.)*)"', re.S)
# A table row of the document: | `LISTEN` | …
DOCUMENT_ROW = re.compile(r"^\|\s*`([A-Z][A-Z0-9_]*)`\s*\|(.*)$")
COMPOSE_ENTRY = re.compile(r"^\s*(?:-\s*)?([A-Z][A-Z0-9_]*)\s*[:=]")
# Variables of the PostgreSQL image, not of ours.
FOREIGN_PREFIXES = ("POSTGRES_", "PG")


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def source_settings(root):
    """name -> [(path, line, default)]"""
    found = {}
    for path in sources.files(root / "services", ".c"):
        text = path.read_text(encoding="utf-8")
        for match in SOURCE_ROW.finditer(text):
            row = (path, line_of(text, match.start()), match.group(2))
            found.setdefault(match.group(1), []).append(row)
    return found


def documented_settings(document):
    """name -> [(line, the rest of its row)]"""
    found = {}
    for number, line in enumerate(document.read_text(encoding="utf-8").split("\n"), 1):
        match = DOCUMENT_ROW.match(line)
        if match:
            found.setdefault(match.group(1), []).append((number, match.group(2)))
    return found


def compose_settings(compose):
    """(line, name) of each entry below an `environment:` key, by indentation."""
    depth = None
    for number, line in enumerate(compose.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        indent = len(line) - len(line.lstrip())
        if depth is not None and indent <= depth:
            depth = None
        match = COMPOSE_ENTRY.match(line)
        if depth is not None and match and not match.group(1).startswith(FOREIGN_PREFIXES):
            yield number, match.group(1)
        if line.strip() == "environment:":
            depth = indent


def check_document(known, document, complaints):
    documented = documented_settings(document)
    for name, rows in sorted(known.items()):
        if name not in documented:
            complaints.add(rows[0][0], rows[0][1], f"{name} is not in docs/configuration.md")
            continue
        text = " ".join(row for _, row in documented[name])
        for path, line, default in rows:
            if f"`{default}`" not in text and default:  # a secret has none
                complaints.add(path, line, f"docs/configuration.md does not name {name}'s default `{default}`")
    for name, rows in sorted(documented.items()):
        if name not in known:
            complaints.add(document, rows[0][0], f"{name} is no setting of any service")


def main():
    root = sources.root_argument(__doc__).parse_args().root.resolve()
    complaints = sources.Complaints(root)
    known = source_settings(root)
    document, compose = root / "docs" / "configuration.md", root / "compose.yaml"
    if not known:
        complaints.add(root / "services", 0, "no table of settings found")
    if document.is_file():
        check_document(known, document, complaints)
    else:
        complaints.add(document, 0, "missing")
    for number, name in compose_settings(compose) if compose.is_file() else ():
        if name not in known:
            complaints.add(compose, number, f"{name} is no setting of any service")
    complaints.exit("settings")


if __name__ == "__main__":
    main()
