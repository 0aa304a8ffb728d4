"""Checks saga.pml with Spin, over all reachable states.

    check_model.py                  asserts, and what is left where nothing can move (I1-I5)
    check_model.py --endless        no run goes on for ever: there is no cycle of states (I5)
    check_model.py --bug BUG_NAME   breaks a rule on purpose; then it is the error that is expected

Exits with 0 if it went as expected.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

import saga_table

MEMORY_MAX_MB = 4000
DEPTH_MAX = 20000
STORY_LINE_COUNT = 150


def run(command, folder):
    return subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def build(folder, options):
    """The checker that Spin makes of the model: folder/pan."""
    defines = [f"-DFAULT_COUNT={options.faults}", *([f"-D{options.bug}"] if options.bug else [])]
    # -O1: -O2 takes longer to compile than it saves.
    mode = ["-DNP"] if options.endless else ["-DSAFETY"]
    for command in (["spin", "-a", *defines, str(saga_table.MODEL)],
                    ["gcc", "-O1", "-w", *mode, f"-DMEMLIM={MEMORY_MAX_MB}", "-o", "pan", "pan.c"]):
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


def show_story(folder):
    """The run that leads to the error; what the checker says is of interest to those who repair it."""
    story = run(["./pan", "-r"], folder).stdout.splitlines()
    print("\n".join(story[-STORY_LINE_COUNT:]))


def read_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=int, default=3, help="how many in one run; default 3")
    parser.add_argument("--endless", action="store_true")
    parser.add_argument("--bug", metavar="BUG_NAME")
    parser.add_argument("--story", action="store_true", help="show the run that leads to the expected error")
    options = parser.parse_args()
    if options.bug and f" {options.bug}\n" not in saga_table.MODEL.read_text(encoding="utf-8"):
        parser.error(f"the model knows no {options.bug}")
    return options


def main():
    options = read_options()
    with tempfile.TemporaryDirectory(prefix="saga-model-") as name:
        folder = pathlib.Path(name)
        build(folder, options)
        search = ["./pan", f"-m{DEPTH_MAX}", "-w25", *(["-l"] if options.endless else [])]
        output = run(search, folder).stdout
        summary = [line for line in output.splitlines() if re.search(r"^pan|errors:|stored|total actual", line)]
        print("\n".join(summary))
        if options.bug:
            is_found = re.search(r"assertion violated|non-progress cycle", output) is not None
            if is_found and options.story:
                show_story(folder)
            print(f"{options.bug}: {'found' if is_found else 'NOT found'}")
            return 0 if is_found else 1
        complaints = complaints_about_clean_run(output)
        if complaints:
            print("\n".join(complaints))
            show_story(folder)
        return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
