"""Checks saga.pml with Spin, over all reachable states.

    check_model.py                  asserts, and what is left where nothing can move (I1-I5)
    check_model.py --endless        no run goes on for ever: there is no cycle of states (I5)
    check_model.py --bug BUG_NAME --violates I3
                                    breaks a rule on purpose: that this is found is expected

Exits with 0 if it went as expected.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import saga_table

MEMORY_MAX_MB = 4000
DEPTH_MAX = 20000
# How the violation of each invariant reads.
VIOLATIONS = {
    "I1": "(recorded==NONE)",
    "I2": "(status!=COMPLETED)",
    "I3": "(status!=CANCELLED)",
    "I4": "(to==CANCELLED)",
    "I4-owner": "(claim_count==",
    "I5": "(status==NONE)",
    "I5-endless": "non-progress cycle",
}


def run(command, folder):
    return subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def defines(options):
    return [f"-DFAULT_COUNT={options.faults}", *([f"-D{options.bug}"] if options.bug else [])]


def build(folder, options):
    """The checker that Spin makes of the model: folder/pan."""
    shutil.copy(saga_table.MODEL, folder)
    # An error is found at once. For a whole search, -O2 would take longer to compile than it saves.
    mode = ["-O0" if options.bug else "-O1", "-DNP" if options.endless else "-DSAFETY"]
    for command in (["spin", "-a", *defines(options), saga_table.MODEL.name],
                    ["gcc", "-w", *mode, f"-DMEMLIM={MEMORY_MAX_MB}", "-o", "pan", "pan.c"]):
        done = run(command, folder)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}:\n{done.stdout}")


def unused_lines(output):
    used = {int(number) for number in re.findall(r"^table line used: (\d+)$", output, re.M)}
    return [fields for number, fields in saga_table.read_model().items() if number not in used]


def complaints_about_clean_run(output):
    found = []
    if "errors: 0" not in output:
        found.append("an error was found")
    elif re.search(r"not completed|too small|out of memory|MEMLIM", output):
        found.append("the search ended before it was through")
    else:
        found += [f"never used: {state} {event}" for state, event, _, _ in unused_lines(output)]
    return found


def read_story(folder, options):
    """The run that leads to the error: what the model prints, which it does only here."""
    lines = run(["spin", "-t", *defines(options), saga_table.MODEL.name], folder).stdout.splitlines()
    told = r"(worker \d|order database|payment|spin: saga.pml:\d+|spin: text of failed assertion):? "
    return [line.strip() for line in lines if re.match(told, line.strip())]


def expect_violation(output, story, invariant):
    mark = VIOLATIONS[invariant]
    if any(mark in text for text in [output, *story]):
        print(f"found: {invariant} does not hold")
        return 0
    print(f"NOT found: {invariant} was to be violated, as in: {mark}")
    return 1


def expect_clean(output, story):
    complaints = complaints_about_clean_run(output)
    print("\n".join(story + complaints))
    return 1 if complaints else 0


def read_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=int, default=3, help="how many in one run; default 3")
    parser.add_argument("--endless", action="store_true")
    parser.add_argument("--bug", metavar="BUG_NAME")
    parser.add_argument("--violates", choices=VIOLATIONS, help="what must be found with --bug")
    options = parser.parse_args()
    if bool(options.bug) != bool(options.violates):
        parser.error("--bug and --violates belong together")
    if options.bug and f" {options.bug}\n" not in saga_table.MODEL.read_text(encoding="utf-8"):
        parser.error(f"the model knows no {options.bug}")
    return options


def main():
    options = read_options()
    with tempfile.TemporaryDirectory(prefix="saga-model-") as name:
        folder = pathlib.Path(name)
        build(folder, options)
        table_size = "-w20" if options.bug else "-w25"
        search = ["./pan", f"-m{DEPTH_MAX}", table_size, *(["-l"] if options.endless else [])]
        output = run(search, folder).stdout
        summary = [line for line in output.splitlines() if re.search(r"^pan|errors:|stored|total actual", line)]
        print("\n".join(summary))
        story = read_story(folder, options) if "errors: 0" not in output else []
    if options.bug:
        print("\n".join(story))
        return expect_violation(output, story, options.violates)
    return expect_clean(output, story)


if __name__ == "__main__":
    sys.exit(main())
