"""Sizes, banned calls, leftovers and header form of every source file (house style, as a gate)."""

import ast
import re

import sources

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70

# What replaces each stands beside it: a ban without a way out gets ignored.
BANNED_EVERYWHERE = {
    r"strcpy|strcat|stpcpy|strncpy|strncat|gets": "buffer_append or memcpy with a size",
    r"sprintf|vsprintf": "snprintf or buffer_append_*",
    r"scanf|sscanf|fscanf|atoi|atol|atoll|atof": "strtoll with all its checks",
    r"strtok|strtok_r": "strchr or memchr",
    r"sleep|usleep|nanosleep": "a timer of base/clock.h, or wait for what can be observed",
    r"alloca": "a bounded array or malloc",
    r"rand|srand|random|srandom|rand_r|drand48": "base/prng.h",
    r"setlocale": "nothing: the C locale stays",
    r"gmtime|localtime|asctime|ctime": "gmtime_r",
}
# What blocks the loop, or walks around a layer. A unit test has no loop to block.
BANNED_IN_SERVICES = {
    r"system|popen": "nothing: a service starts no programs",
    r"PQexec\w*|PQprepare|PQgetCopyData|PQputCopyData": "PQsend* in pipeline mode",
    r"PQreset\w*": "a new PGconn",
    r"PQcancel\w*": "server-side timeouts and the watchdog",
    r"PQconnectdb\w*|PQsetdb\w*": "PQconnectStartParams",
    r"json_loads|json_loadf|json_dump\w*|json_pack\w*|json_unpack\w*": "json/fields.h, json/writer.h",
}


def compile_bans(bans):
    return [(re.compile(rf"(?<![\w.>])({names})\s*\("), way) for names, way in bans.items()]


BANNED_IN_TESTS = compile_bans(BANNED_EVERYWHERE)
BANNED = BANNED_IN_TESTS + compile_bans(BANNED_IN_SERVICES)

# Spelled in halves, so that this file does not find itself.
MARKERS = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"]) + r")\b")
SWALLOWED = re.compile(r"\|\| *" + r"(true|:)(\s|$)")
SLEEP = re.compile(r"\bsleep\s*\(")
MEASURED = {".c", ".h", ".py", ".sh", ".cmake", ".lua", ".sql", ".js", ".css", ".html"}


def c_functions(text):
    """(name, first line, length) by the braces in column 0, which clang-format guarantees."""
    lines = text.split("\n")
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line.startswith("}") and start is not None:
            head = " ".join(lines[max(0, start - 6):start - 1])
            names = re.findall(r"(\w+)\s*\(", head)
            yield (names[-1] if names else "?", start, number - start + 1)
            start = None


def py_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, node.end_lineno - node.lineno + 1


def sh_functions(text):
    return functions_from_margin(text, re.compile(r"(?:function\s+)?(\w+)\s*\(\)\s*[{(]\s*$"))


def js_functions(text):
    return functions_from_margin(text, re.compile(r"(?:export\s+)?(?:async\s+)?function\s+(\w+)\(.*\{$"))


def functions_from_margin(text, head):
    name, start = None, None
    for number, line in enumerate(text.split("\n"), 1):
        match = head.match(line)
        if match:
            name, start = match.group(1), number
        elif line in ("}", ")") and start is not None:
            yield name, start, number - start + 1
            start = None


def check_sizes(path, text, language, complaints):
    count = text.count("\n")
    if (path.suffix in MEASURED or language) and count > FILE_LINES_MAX:
        complaints.add(path, count, f"{count} lines, more than {FILE_LINES_MAX}: split it by responsibility")
    functions = {"c": c_functions, "py": py_functions, "sh": sh_functions, "js": js_functions}.get(language)
    if functions is None:
        return
    for name, line, length in functions(text):
        if length > FUNCTION_LINES_MAX:
            complaints.add(path, line, f"{name} has {length} lines, more than {FUNCTION_LINES_MAX}")


def is_test(path, complaints):
    return path.relative_to(complaints.root).parts[0] == "test"


def check_lines(path, text, complaints):
    for number, line in enumerate(text.split("\n"), 1):
        if "\t" in line:
            complaints.add(path, number, "tab")
        if line != line.rstrip():
            complaints.add(path, number, "trailing blank")
        marker = MARKERS.search(line)
        if marker:
            complaints.add(path, number, f"{marker.group()}: do it, or open an issue")
        if SWALLOWED.search(line):
            complaints.add(path, number, "a failure is swallowed: say which one is expected")
        if is_test(path, complaints) and path.suffix == ".py" and SLEEP.search(line):
            complaints.add(path, number, "a fixed sleep: wait for what you can observe")


def check_c(path, text, complaints):
    for number, line in enumerate(sources.strip_c(text).split("\n"), 1):
        for pattern, way in BANNED_IN_TESTS if is_test(path, complaints) else BANNED:
            match = pattern.search(line)
            if match:
                complaints.add(path, number, f"{match.group(1)} is banned; use {way}")
    if path.suffix != ".h":
        return
    if "\n#pragma once\n" not in text:
        complaints.add(path, 1, "no #pragma once")
    if not text.startswith(f"/* {path.stem} - "):
        complaints.add(path, 1, f'must start with "/* {path.stem} - " and what it is for')


def main():
    root = sources.root_argument(__doc__).parse_args().root.resolve()
    complaints = sources.Complaints(root)
    for path in sources.files(root):
        text = path.read_text(encoding="utf-8")
        if text and not text.endswith("\n"):
            complaints.add(path, text.count("\n") + 1, "no newline at the end of the file")
        language = sources.language(path)
        check_sizes(path, text, language, complaints)
        check_lines(path, text, complaints)
        if language == "c":
            check_c(path, text, complaints)
    complaints.exit("style")


if __name__ == "__main__":
    main()
