"""./dev help names every command, in few lines; and whatever ./dev complains of, it says what to do next."""

import re
import shlex

import sources

HELP_LINES_MAX = 50
HELP_WIDTH_MAX = 100
DISPATCH = re.compile(r'^case "\$\{1-\}" in\n([a-z |]+)\)\n    command=\$1$', re.M)
USAGE = re.compile(r"cat <<'HELP'\n(.*?)\nHELP\n", re.S)
USAGE_COMMAND = re.compile(r"^  ([a-z]+)(?: |$)", re.M)
UNKNOWN = re.compile(r'"It is one of: ([a-z ]+)"')
# fail WHAT NEXT…, at the beginning of a command.
COMPLAINT = re.compile(r'(?:^|\|\| |&& |; |then |do )\s*(fail|misuse|report) (["\'].*)$')


def check_help(path, text, complaints):
    usage = USAGE.search(text).group(1)
    lines = usage.split("\n")
    if len(lines) > HELP_LINES_MAX or max(map(len, lines)) > HELP_WIDTH_MAX:
        complaints.add(path, 0, f"help has {len(lines)} lines of up to {max(map(len, lines))} columns, "
                                f"more than {HELP_LINES_MAX} of {HELP_WIDTH_MAX}")
    commands = DISPATCH.search(text).group(1).split(" | ")
    commands_help = usage[:usage.index("\nRuns on")]
    told = {"help": USAGE_COMMAND.findall(commands_help), "the answer to an unknown command": UNKNOWN.search(text).group(1).split()}
    told["help"].remove("help")
    for where, found in told.items():
        if found != commands:
            complaints.add(path, 0, f"{where} names {found}, but the commands are {commands}")


def check_complaints(path, text, complaints):
    number = 0
    for line in re.sub(r"\\\n\s*", "\0", text).split("\n"):
        number += 1
        match = COMPLAINT.search(line.replace("\0", " "))
        if match:
            words = shlex.split(match.group(2).split(" || ")[0], comments=True)
            if len(words) < 2 and words != ["$@"]:
                complaints.add(path, number, f"{match.group(1)} does not say what to do next")
        number += line.count("\0")


def main():
    root = sources.root_argument(__doc__).parse_args().root.resolve()
    complaints = sources.Complaints(root)
    check_help(root / "dev", (root / "dev").read_text(encoding="utf-8"), complaints)
    for path in (root / "dev", *sorted((root / "scripts").glob("*.sh"))):
        check_complaints(path, path.read_text(encoding="utf-8"), complaints)
    complaints.exit("dev")


if __name__ == "__main__":
    main()
