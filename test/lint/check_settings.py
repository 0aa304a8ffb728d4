"""Every setting in the services' tables stands in docs/configuration.md, in its service's chapter, with its group,
default, unit and range, and vice versa; no file that starts the services sets what does not exist."""

import re

import sources

# A row of a struct config_setting table: {.variable = "LISTEN", .group = "Network", …}
SOURCE_ROW = re.compile(r'\{\s*\.variable\s*=(?:"(?:[^"\\]|\\.)*"|[^{}"])*\}')
TEXT = r'"(?:[^"\\]|\\.)*"'
SOURCE_FIELD = re.compile(rf'\.(\w+)\s*=\s*((?:{TEXT}\s*)+|[^,{{}}"]+)')
CHAPTER = re.compile(r"^## (\w+)-service$")
# A table row of the document: | Network | `LISTEN` | `0.0.0.0:8000` | – | host:port | …
DOCUMENT_ROW = re.compile(r"^\|\s*([^|`]*?)\s*\|\s*`([A-Z][A-Z0-9_]*)`\s*\|\s*([^|]*?)\s*\|\s*([^|]*?)\s*\|\s*([^|]*?)\s*\|")
NOTHING = "–"
# What starts the services, and how a line there names a setting.
STARTERS = {
    "compose.yaml": re.compile(r"^\s*(?:-\s*)?([A-Z][A-Z0-9_]*)\s*[:=]"),
    "services/*.service.in": re.compile(r"^Environment=([A-Z][A-Z0-9_]*)="),
    "services/*/*.env": re.compile(r"^#?([A-Z][A-Z0-9_]*)="),
    "services/Dockerfile": re.compile(r"^ENV ([A-Z][A-Z0-9_]*)="),
}
# Variables of the PostgreSQL and Grafana images, not of ours.
FOREIGN_PREFIXES = ("POSTGRES_", "PG", "GF_")


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def source_settings(root):
    """service -> [(path, line, fields)]"""
    found = {}
    for path in sources.files(root / "services", ".c"):
        text = path.read_text(encoding="utf-8")
        for match in SOURCE_ROW.finditer(text):
            fields = {}
            for name, value in SOURCE_FIELD.findall(match.group()):
                parts = re.findall(TEXT, value)
                fields[name] = "".join(part[1:-1] for part in parts) if parts else value.strip()
            found.setdefault(path.parent.name, []).append((path, line_of(text, match.start()), fields))
    return found


def documented_settings(document):
    """service -> {variable: (line, cells)}"""
    found, chapter = {}, None
    for number, line in enumerate(document.read_text(encoding="utf-8").split("\n"), 1):
        if line.startswith("## "):
            match = CHAPTER.match(line)
            chapter = match.group(1) if match else None
        match = DOCUMENT_ROW.match(line)
        if match:
            group, variable, default, unit, values = match.groups()
            cells = {"group": group, "default": default, "unit": unit, "values": values}
            found.setdefault(chapter, {})[variable] = (number, cells)
    return found


def expected_cells(fields):
    """What the document must say; values only where both limits are plain numbers."""
    is_secret = fields["kind"] == "CONFIG_SECRET"
    cells = {"group": fields["group"], "default": "none" if is_secret else f"`{fields['initial']}`",
             "unit": fields.get("unit", NOTHING)}
    limits = fields.get("minimum", ""), fields.get("maximum", "")
    if all(limit.lstrip("-").isdigit() for limit in limits):
        cells["values"] = f"{limits[0]} to {limits[1]}"
    return cells


def check_source(path, line, fields, complaints):
    """The table itself: a group for each row, a unit for each number."""
    is_number = fields["kind"] == "CONFIG_NUMBER"
    if "group" not in fields:
        complaints.add(path, line, f"{fields['variable']} has no group")
    if is_number != ("unit" in fields):
        complaints.add(path, line, f"{fields['variable']} has {'no' if is_number else 'a'} unit")
    return "group" in fields


def check_groups(rows, complaints):
    seen = []
    for path, line, fields in rows:
        group = fields.get("group")
        if group in seen[:-1]:
            complaints.add(path, line, f"{fields['variable']} stands apart from its group, {group}")
        if group not in seen:
            seen.append(group)
        elif seen[-1] != group:
            seen.append(group)


def check_service(service, rows, documented, document, complaints):
    check_groups(rows, complaints)
    for path, line, fields in rows:
        variable = fields["variable"]
        if not check_source(path, line, fields, complaints):
            continue
        if variable not in documented:
            complaints.add(path, line, f"{variable} is not in docs/configuration.md, {service}-service")
            continue
        number, cells = documented[variable]
        for name, value in expected_cells(fields).items():
            if cells[name] != value:
                complaints.add(document, number, f"{variable} has the {name} {value}, not {cells[name]}")
    for variable, (number, _) in documented.items():
        if variable not in {fields["variable"] for _, _, fields in rows}:
            complaints.add(document, number, f"{variable} is no setting of {service}-service")


def in_environment(path):
    """The lines of a file that can name settings: of YAML, those below an `environment:` key."""
    depth = None
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if path.suffix != ".yaml":
            yield number, line
            continue
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        indent = len(line) - len(line.lstrip())
        if depth is not None and indent <= depth:
            depth = None
        if depth is not None:
            yield number, line
        if line.strip() == "environment:":
            depth = indent


def check_starters(root, known, complaints):
    for pattern, entry in STARTERS.items():
        for path in sorted(root.glob(pattern)):
            for number, line in in_environment(path):
                match = entry.match(line)
                if match and match.group(1) not in known and not match.group(1).startswith(FOREIGN_PREFIXES):
                    complaints.add(path, number, f"{match.group(1)} is no setting of any service")


def main():
    root = sources.root_argument(__doc__).parse_args().root.resolve()
    complaints = sources.Complaints(root)
    known = source_settings(root)
    document = root / "docs" / "configuration.md"
    if not known:
        complaints.add(root / "services", 0, "no table of settings found")
    if document.is_file():
        documented = documented_settings(document)
        for service in sorted(set(known) | set(documented) - {None}):
            check_service(service, known.get(service, []), documented.get(service, {}), document, complaints)
    else:
        complaints.add(document, 0, "missing")
    names = {fields["variable"] for rows in known.values() for _, _, fields in rows}
    check_starters(root, names, complaints)
    complaints.exit("settings")


if __name__ == "__main__":
    main()
