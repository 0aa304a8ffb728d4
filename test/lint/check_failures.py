"""docs/saga.md tells what happens in each anomaly, A1 to A27, once; and the tests that it names exist.

A test is named as ctest names it, with the function where the file has several: `integration/cancel::test_unknown_order_is_404`.
"""

import re

import sources

ANOMALY_COUNT = 27
DOCUMENT = "docs/saga.md"
# | A3, in few words | what happens | `unit/order/saga`, `model/safety` |
ROW = re.compile(r"^\| A(\d+)\b[^|]*\|([^|]*)\|([^|]*)\|$")
NAME = re.compile(r"`([^`]+)`")
# What a row has that names no test.
NO_TEST = "–"
FOLDERS_OF_FILES = {"unit": "test/unit/{}_test.c", "integration": "test/integration/test_{}.py"}
SELF_TESTS = {"audit/self-test": "test/audit/test_audit.py"}


def path_of(root, test):
    """The file whose functions are the tests, or None for a test that is registered as a whole."""
    if test in SELF_TESTS:
        return root / SELF_TESTS[test]
    kind, _, rest = test.partition("/")
    return root / FOLDERS_OF_FILES[kind].format(rest) if kind in FOLDERS_OF_FILES else None


def has_function(path, function):
    """Python: it is defined. C: it is in the list of what is run, by cmocka's macro or a file's own TEST()."""
    text = path.read_text(encoding="utf-8")
    pattern = r"^def {}\(" if path.suffix == ".py" else r"\b(?:cmocka_unit_test\w*|TEST)\({}\b"
    return re.search(pattern.format(re.escape(function)), text, re.M) is not None


def registered_tests(root):
    """Those that the CMake files of the model, the simulation and the chaos tests register."""
    texts = {kind: root / "test" / kind / "CMakeLists.txt" for kind in ("model", "simulation", "chaos")}
    texts = {kind: path.read_text(encoding="utf-8") if path.is_file() else "" for kind, path in texts.items()}
    found = {f"model/{name}" for name in re.findall(r"^saga_model_test\((\w+)", texts["model"], re.M)}
    found |= {f"model/bug_{name}" for name in re.findall(r"^saga_model_bug\((\w+)", texts["model"], re.M)}
    found |= set(re.findall(r"\bNAME (simulation/[\w-]+)(?![\w$-])", texts["simulation"]))
    for words in re.findall(r"^foreach\(bug ([^)]*)\)", texts["simulation"], re.M):
        found |= {f"simulation/notices-{bug}" for bug in words.split()}
    found |= {f"chaos/{name}" for name in re.findall(r"^\s*add_chaos_test\((\w+)", texts["chaos"], re.M)}
    return found


def fault_of(root, name, registered):
    """What is wrong with the name of a test; "" if nothing is."""
    test, _, function = name.partition("::")
    path = path_of(root, test)
    if path is None:
        return "" if test in registered and not function else f"there is no test {name}"
    if not path.is_file():
        return f"there is no test {test}: no {path.relative_to(root)}"
    if function and not has_function(path, function):
        return f"{path.relative_to(root)} has no {function}"
    return ""


def check_row(root, tests, registered):
    """Complaints about a row's last column."""
    names = NAME.findall(tests)
    if not names and tests.strip() != NO_TEST:
        return [f"names no test; where there is none it says {NO_TEST}"]
    return [fault for fault in (fault_of(root, name, registered) for name in names) if fault]


def check_document(root, document, complaints):
    registered = registered_tests(root)
    lines = {}
    for number, line in enumerate(document.read_text(encoding="utf-8").split("\n"), 1):
        match = ROW.match(line)
        if not match:
            continue
        anomaly = int(match.group(1))
        if anomaly in lines:
            complaints.add(document, number, f"A{anomaly} stands in line {lines[anomaly]} already")
        elif not 1 <= anomaly <= ANOMALY_COUNT:
            complaints.add(document, number, f"there is no A{anomaly}")
        lines.setdefault(anomaly, number)
        for fault in check_row(root, match.group(3), registered):
            complaints.add(document, number, f"A{anomaly}: {fault}")
    for anomaly in sorted(set(range(1, ANOMALY_COUNT + 1)) - set(lines)):
        complaints.add(document, 0, f"A{anomaly} is missing")


def main():
    root = sources.root_argument(__doc__).parse_args().root.resolve()
    complaints = sources.Complaints(root)
    document = root / DOCUMENT
    if document.is_file():
        check_document(root, document, complaints)
    else:
        complaints.add(document, 0, "missing")
    complaints.exit("failures")


if __name__ == "__main__":
    main()
