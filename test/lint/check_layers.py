"""Includes go only downward: each source file may include only what its row in the table names.

A file without a row, and a row without a file, are complaints too: the table stays the truth.
"""

import re

import sources

# Folder of lib/ -> the folders below it.
LIB = {
    "base": set(),
    "json": {"base"},
    "net": {"base"},
    "db": {"base"},
    "http": {"base", "net"},
    "service": {"base", "json", "net", "http", "db"},
}

# Foreign headers -> the only folders that may know them.
FOREIGN = {
    "uv.h": {"lib/base", "lib/net", "lib/db", "lib/http", "lib/service"},
    "llhttp.h": {"lib/http"},
    "libpq-fe.h": {"lib/db"},
    "jansson.h": {"lib/json"},
}

# In a service: module -> what it may include. "db" means any header of lib/db, "http/message" only that
# one; a name without a folder is a module of the same service. "*" is everything of the service and lib.
# From top to bottom: words, pure tables, ports, adapters, driver, edge, wiring.
SERVICES = {
    "order": {
        "order": {"base"},
        "saga": {"base", "order"},
        "store": {"base", "order"},
        "payment": {"base", "order"},
        "metrics": {"base", "order", "payment", "saga"},
        "schema": {"db/migrate"},
        "store_statements": {"db/statement", "store"},
        "store_call": {"base", "db", "order", "store", "store_pg", "store_statements"},
        "store_claims": {"base", "db", "order", "store", "store_call", "store_statements"},
        "store_pages": {"base", "db", "order", "store", "store_call", "store_statements"},
        "store_pg": {"base", "db", "order", "store", "schema", "store_call", "store_statements"},
        "history": {"base"},
        "history_statements": {"db/statement", "history"},
        "history_pg": {"base", "db", "history", "history_statements"},
        "payment_codec": {"base", "json", "http/message", "order", "payment"},
        "payment_http": {"base", "http", "order", "payment", "metrics", "payment_codec"},
        "ids": {"base", "store"},
        "driver": {"base", "order", "saga", "store", "payment", "metrics", "ids", "driver_saga"},
        "driver_saga": {"base", "order", "saga", "store", "payment", "ids", "driver"},
        "driver_words": {"base", "payment", "saga"},
        "driver_step": {"base", "order", "saga", "store", "payment", "ids", "driver", "driver_saga", "driver_words"},
        "breaker": {"base", "order", "payment", "metrics"},
        "cancel": {"base", "order", "store", "metrics", "driver"},
        "recovery": {"base", "order", "store", "metrics", "driver"},
        "parked": {"base", "store", "metrics"},
        "codec": {"base", "json", "http/message", "order", "driver"},
        "history_codec": {"base", "json", "http/message", "history"},
        "request": {"base", "http/message", "http/query", "order"},
        "reply": {"base", "json/fields", "http", "service/meter", "order", "codec"},
        "replay": {"base", "order", "store", "reply"},
        "lists": {"base", "http/message", "service/page", "order", "store", "codec", "reply"},
        "resume": {"base", "order", "store", "reply"},
        "assets": {"service/assets", "service/docs"},
        "stories": {"base", "json/writer", "history", "history_codec", "reply"},
        "watchers": {"base", "http", "metrics"},
        "follow": {"base", "history", "history_codec", "watchers", "reply"},
        "feed": {"base", "history", "history_codec", "watchers", "reply", "feed_private"},
        "feed_private": {"feed"},
        "feed_behind": {"history_codec", "feed_private"},
        "demo": {"base", "json", "http", "service/logbook", "service/shared_text", "codec", "reply"},
        "handler": {"base", "json/fields", "http", "service/health", "service/meter", "order", "store", "history", "driver",
                    "cancel", "codec", "history_codec", "request", "reply", "replay", "lists", "resume", "stories", "watchers",
                    "follow", "feed", "assets", "demo"},
        "handler_demo": {"http", "demo", "handler"},
        "routes": {"http", "handler", "handler_demo"},
        "settings": {"base", "http/server", "service/instances", "service/setting_checks"},
        "app": {"*"},
        "main": {"base", "app", "settings", "service/program"},
    },
    "payment": {
        "payment": {"base"},
        "rules": {"base", "payment"},
        "faults": {"base"},
        "metrics": {"base", "faults"},
        "store": {"base", "payment"},
        "schema": {"db/migrate"},
        "store_row": {"db/row", "payment"},
        "store_pages": {"base", "db", "payment", "store", "store_row"},
        "store_pg": {"base", "db", "payment", "store", "schema", "store_pages", "store_row"},
        "codec": {"base", "json", "http/message", "payment", "rules"},
        "fault_rules": {"service/shared_text", "faults"},
        "handler_call": {"base", "json/fields", "http", "payment", "rules", "faults", "store", "codec", "handler"},
        "handler_charge": {"base", "http", "payment", "rules", "faults", "fault_rules", "store", "codec", "handler_call"},
        "handler_demo": {"base", "json", "http", "service/logbook", "payment", "fault_rules", "store", "codec", "handler_call"},
        "handler_list": {"service/page", "payment", "store", "codec", "handler_call"},
        "assets": {"service/assets", "service/docs"},
        "handler": {"base", "http", "service/health", "service/logbook", "service/meter", "payment", "rules", "faults",
                    "fault_rules", "metrics", "store", "codec", "handler_call", "assets"},
        "routes": {"http", "handler"},
        "settings": {"base", "http/server", "service/instances", "service/setting_checks", "faults"},
        "app": {"*"},
        "main": {"base", "app", "settings", "service/program"},
    },
}

# A pure module may use these headers of the C library and no others: no clock, no input, no output.
PURE = {"order/saga", "payment/rules", "payment/faults"}
PURE_HEADERS = {"assert.h", "stdbool.h", "stddef.h", "stdint.h", "string.h"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def includes(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1) == '"', match.group(2)


def check_foreign(path, folder, number, header, complaints):
    allowed = FOREIGN.get(header)
    if allowed is not None and folder not in allowed:
        complaints.add(path, number, f"<{header}> belongs to {', '.join(sorted(allowed))}")


def check_lib(root, complaints):
    for path in sources.files(root / "lib", ".c", ".h"):
        folder = path.relative_to(root / "lib").parts[0]
        if folder not in LIB:
            complaints.add(path, 1, f"lib/{folder} has no row in the table")
            continue
        for number, is_ours, header in includes(path):
            if not is_ours:
                check_foreign(path, f"lib/{folder}", number, header, complaints)
            elif header.split("/")[0] not in LIB[folder] | {folder} or "/" not in header:
                complaints.add(path, number, f'lib/{folder} may not include "{header}"')
    for folder in LIB:
        if not (root / "lib" / folder).is_dir():
            complaints.add(root / "lib" / folder, 0, "row without a folder")


def may_include(service, module, header):
    """Whether this service's module may include "header" (with its folder, as written)."""
    allowed = SERVICES[service][module]
    if "/" not in header or not header.endswith(".h"):
        return False
    folder, name = header[:-2].split("/", 1)
    if folder == service:
        return name == module or name in allowed or "*" in allowed
    if folder in LIB:
        return folder in allowed or f"{folder}/{name}" in allowed or "*" in allowed
    return False


def check_service(root, service, complaints):
    folder = root / "services" / service
    found = set()
    for path in sources.files(folder, ".c", ".h"):
        module = path.relative_to(folder).with_suffix("").as_posix()
        found.add(module)
        if module not in SERVICES[service]:
            complaints.add(path, 1, f"{service}/{module} has no row in the table")
            continue
        for number, is_ours, header in includes(path):
            if is_ours and not may_include(service, module, header):
                complaints.add(path, number, f'{service}/{module} may not include "{header}"')
            if not is_ours:
                check_foreign(path, f"services/{service}", number, header, complaints)
                if f"{service}/{module}" in PURE and header not in PURE_HEADERS:
                    complaints.add(path, number, f"{service}/{module} is pure: no <{header}>")
    for module in sorted(set(SERVICES[service]) - found):
        complaints.add(folder / module, 0, "row without a file")


def main():
    root = sources.root_argument(__doc__).parse_args().root.resolve()
    complaints = sources.Complaints(root)
    check_lib(root, complaints)
    for folder in sorted((root / "services").glob("*/")):
        if folder.name not in SERVICES:
            complaints.add(folder, 0, "service without a table")
    for service in SERVICES:
        check_service(root, service, complaints)
    complaints.exit("layers")


if __name__ == "__main__":
    main()
