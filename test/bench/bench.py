#!/usr/bin/python3
"""Measures the services beside what pgbench reaches with the same durable writes, on databases of its own.

Prints the tables and writes them, with all figures of all rounds, to a folder. Exit status: 0 done, 1 something is
wrong: a violation, an unexpected answer, a process that ended; 2 bad arguments. A missed aim is only told.
"""

import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys

import aims
import cases
import machine
import measure
import overload
import report
from stage import stage
from stack import REPOSITORY

WARM_UP_SECONDS = 2
WARM_UP = (cases.Case("warm-up of pgbench", 64, "floor"), cases.Case("warm-up of the services", 64, "orders"))


def names_of(text):
    names = text.split(",")
    unknown = sorted(set(names) - set(cases.NAMES))
    if unknown:
        raise argparse.ArgumentTypeError(f"no such case: {', '.join(unknown)}; there are {', '.join(cases.NAMES)}")
    return names


def positive(text):
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value


def read_arguments():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=positive, default=4, help="length of each case in each round; default 4")
    parser.add_argument("--rounds", type=positive, default=3, help="how often each case is measured; default 3")
    parser.add_argument("--overload-seconds", type=positive, default=30, metavar="N",
                        help="length of the overload; default 30")
    parser.add_argument("--only", type=names_of, default=cases.NAMES, metavar="NAME,…",
                        help="only these: " + ", ".join(cases.NAMES))
    parser.add_argument("--flush-delay-us", type=int, default=0, metavar="N",
                        help="let each flush of a database take N microseconds longer, as on a slower disk")
    parser.add_argument("--output", type=pathlib.Path, default=REPOSITORY / "build" / "bench",
                        help="folder for the results; default build/bench")
    return parser.parse_args()


def say(text):
    print(text, flush=True)


def complaint_about(case, figures):
    """Answers that should not be, or ""."""
    expected = case.failing_percent
    # Clients that are cut off at the end leave the share a little off.
    tolerated = 0 if expected == 0 else 2
    if abs(figures["not_2xx_percent"] - expected) > tolerated or figures["socket_errors"]:
        return (f"{case.name}: {figures['not_2xx_percent']:.2f} % of the answers are not 2xx instead of {expected} %, "
                f"{figures['socket_errors']} socket errors")
    return ""


def measure_rounds(running, arguments, complaints):
    """Returns case name -> figures of each round."""
    wanted = [case for case in cases.CASES if case.name in arguments.only]
    rounds = {case.name: [] for case in wanted}
    for warm_up in WARM_UP if wanted else ():
        say(warm_up.name)
        measure.measure_case(running, warm_up, WARM_UP_SECONDS)
    for number in range(1, arguments.rounds + 1):
        for case in wanted:
            figures = measure.measure_case(running, case, arguments.seconds)
            rounds[case.name].append(figures)
            say(f"round {number}/{arguments.rounds}  {case.name:12} {figures['orders_per_s']:8,.0f} orders/s"
                f"   p50 {figures['p50_ms']:7.2f} ms   p99 {figures['p99_ms']:7.2f} ms")
            complaint = complaint_about(case, figures)
            if complaint:
                complaints.append(complaint)
    return rounds


def measure_crowds(running, arguments, document, complaints):
    if "slow-clients" in arguments.only:
        say("slow clients")
        document["slow_clients"] = measure.measure_slow_clients(running, arguments.seconds)
    if "overload" in arguments.only:
        say("overload")
        document["overload"] = found = overload.measure(running, arguments.overload_seconds)
        if found["unexpected"] or found["lost"]:
            complaints.append(f"overload: {found['unexpected']} answers other than 200 and 503, {found['lost']} lost")


def run(arguments):
    """Returns the document, and complaints."""
    complaints = []
    measure.raise_file_limit()
    if "allocations" in arguments.only:
        measure.counting_library()  # or it would be missed after all the work
    if "overload" in arguments.only:
        overload.generator()
    with stage(arguments.flush_delay_us) as running:
        document = {"machine": machine.describe(REPOSITORY, running.clusters["order"].binaries),
                    "seconds": arguments.seconds, "round_count": arguments.rounds,
                    "flush_delay_us": arguments.flush_delay_us}
        rounds = measure_rounds(running, arguments, complaints)
        document["rounds"] = rounds
        document["cases"] = {name: report.summarise(figures) for name, figures in rounds.items()}
        document["after_load_mb"] = measure.memory(running)
        if "idle" in arguments.only:
            say("10,000 idle connections")
            document["idle_mb"] = measure.measure_idle(running) or {}
            if not document["idle_mb"]:
                complaints.append("idle: the hard limit of open files (ulimit -Hn) is too low")
        measure_crowds(running, arguments, document, complaints)
        if "allocations" in arguments.only:
            say("allocations")
            document["allocations"] = measure.measure_allocations(running)
        say("audit")
        violations, document["audit"] = running.audit()
        complaints += violations + running.stop()
    document["aims"] = aims.judge_all(document)
    document["complaints"] = complaints
    return document, complaints


def write(document, folder):
    """Returns the path of the table; all figures are beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = document["machine"]["time"][:19].replace(":", "-")
    path = folder / f"{stem}.md"
    path.write_text(report.markdown(document), encoding="utf-8")
    path.with_suffix(".json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return path


def end_on_signal(number, _):
    sys.exit(128 + number)


def main():
    arguments = read_arguments()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end_on_signal)
    try:
        document, complaints = run(arguments)
    except subprocess.CalledProcessError as failure:
        print(f"{failure}\n{failure.stderr or ''}", file=sys.stderr)
        return 1
    path = write(document, arguments.output)
    print(f"\n{report.markdown(document)}")
    for complaint in complaints:
        print(f"WRONG: {complaint}")
    print(f"written to {os.path.relpath(path)} and .json")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
