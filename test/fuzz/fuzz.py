#!/usr/bin/python3
"""Runs the fuzzers of build/fuzz, two at a time, each from its stored corpus and from what earlier runs have kept.

Prints a line for each: the inputs tried, the edges of the program's flow and the features (edges, and how often they
were taken) that they reach, and how many inputs are worth keeping. New ones are kept in build/fuzz/corpus. A finding
ends its fuzzer; it is told with the command that repeats it. Exit status: 0 no finding, 1 some, 2 bad arguments.
"""

import argparse
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = HERE / "corpus"
BUILD = pathlib.Path(os.environ.get("SAGA_BUILD_DIR", HERE.parents[1] / "build" / "fuzz"))
NAMES = sorted(folder.name for folder in CORPUS.iterdir())
JOBS = 2
# Any input is done in far less than a second; one that takes this long would stop a service.
INPUT_SECONDS_MAX = 25
MEMORY_MB_MAX = 2048
REPORT_LINES_MAX = 40
# addr2line comes with gcc; llvm-symbolizer, which is preferred where it is installed, is a package more.
SANITIZER_OPTIONS = {"ASAN_OPTIONS": "allow_addr2line=1", "UBSAN_OPTIONS": "print_stacktrace=1:allow_addr2line=1"}

PROGRESS = re.compile(r"^#(\d+)\s.*?\bcov: (\d+) ft: (\d+) corp: (\d+)/", re.M)
# Where, in what a fuzzer says, the reason of its end begins.
REASON = re.compile(r"^(FINDING: |.*Assertion `|.*runtime error: |==\d+== ?ERROR: ).*", re.M)


@dataclasses.dataclass
class Outcome:
    """What one run has come to."""
    name: str
    status: int
    log: str
    findings: list

    @property
    def is_clean(self):
        return self.status == 0 and not self.findings

    def line(self, seconds):
        last = PROGRESS.findall(self.log)
        inputs, edges, features, kept = (int(number) for number in last[-1]) if last else (0, 0, 0, 0)
        verdict = "no finding" if self.is_clean else "FINDING"
        return (f"{self.name:16}{inputs:>12,} inputs {inputs / seconds:>9,.0f}/s {edges:>6} edges {features:>6} features"
                f" {kept:>5} kept   {verdict}")

    def report(self):
        """The reason, and how to repeat it."""
        reason = REASON.search(self.log)
        lines = self.log[reason.start() if reason else 0:].splitlines()
        again = [f"again: {program_of(self.name)} {finding}" for finding in self.findings]
        if not again:
            again = [f"it ended with status {self.status}, and left no input behind"]
        return "\n".join([f"\n{self.name}:", *lines[:REPORT_LINES_MAX], *again])


def program_of(name):
    return BUILD / "test" / "fuzz" / f"fuzz_{name}"


def run(name, seconds, grown, stored):
    """Runs fuzz_NAME; it reads both corpora, and adds to the first."""
    findings = BUILD / "findings" / name
    for folder in (grown, findings):
        folder.mkdir(parents=True, exist_ok=True)
    before = set(findings.iterdir())
    command = [program_of(name), f"-max_total_time={seconds}", f"-timeout={INPUT_SECONDS_MAX}",
               f"-report_slow_units={INPUT_SECONDS_MAX}", f"-rss_limit_mb={MEMORY_MB_MAX}",
               f"-artifact_prefix={findings}/", "-print_final_stats=1"]
    words = HERE / f"{name}.dict"
    if words.exists():
        command.append(f"-dict={words}")
    done = subprocess.run([*command, grown, stored], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          env=dict(os.environ, **SANITIZER_OPTIONS))
    log = done.stdout.decode("utf-8", errors="replace")
    (BUILD / "findings" / f"{name}.log").write_text(log, encoding="utf-8")
    return Outcome(name, done.returncode, log, sorted(set(findings.iterdir()) - before))


def run_stored(name, arguments):
    if not arguments.anew:
        return run(name, arguments.seconds, BUILD / "corpus" / name, CORPUS / name)
    with tempfile.TemporaryDirectory(prefix=f"fuzz-{name}-") as folder:
        return run(name, arguments.seconds, pathlib.Path(folder), CORPUS / name)


def names_of(text):
    names = text.split(",")
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        raise argparse.ArgumentTypeError(f"no such fuzzer: {', '.join(unknown)}; there are {', '.join(NAMES)}")
    return names


def positive(text):
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value


def read_arguments(words=None):
    parser = argparse.ArgumentParser(prog="./dev fuzz", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--seconds", type=positive, default=60, help="how long each runs; default 60")
    length.add_argument("--minutes", type=positive)
    parser.add_argument("--only", type=names_of, default=NAMES, metavar="NAME,…",
                        help="only these: " + ", ".join(NAMES))
    parser.add_argument("--anew", action="store_true", help="from the stored corpus alone, and keep no new inputs")
    arguments = parser.parse_args(words)
    if arguments.minutes is not None:
        arguments.seconds = 60 * arguments.minutes
    return arguments


def main():
    arguments = read_arguments()
    outcomes = []
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        runs = [pool.submit(run_stored, name, arguments) for name in arguments.only]
        try:
            for done in concurrent.futures.as_completed(runs):
                outcomes.append(done.result())
                print(outcomes[-1].line(arguments.seconds), flush=True)
        except KeyboardInterrupt:
            # Those that run have had the signal too, and end by themselves.
            pool.shutdown(cancel_futures=True)
            return 130
    found = [outcome for outcome in outcomes if not outcome.is_clean]
    for outcome in found:
        print(outcome.report())
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
