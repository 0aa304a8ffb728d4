#!/usr/bin/python3
"""Each network and write call of a saga: the service is killed there, and the call fails there in each of six ways.

One saga of each kind (Apple, Bomb, a customer's cancel), and a start with an Apple behind it, on each service.
Afterwards all must be settled, and be what the clients were told. Exit status: 0 nothing is wrong, 1 something is,
77 this machine forbids ptrace, as some containers do: nothing was tried.
"""

import argparse
import random
import shutil
import signal
import sys

from lane import report, run_lanes
from tracer import ERRORS, Tracer, effect, number_calls, refusal, struck_file, write_wrapper

KINDS = ("Apple", "Bomb", "cancel", "start")
TARGETS = ("order", "payment")
SKIPPED = 77
# Enough for all cases of a saga; a start has about 800.
CASE_COUNT_MAX = 130
# Of a call that is not made again under the same number, the fault passes by: connections and sweeps differ.
STRUCK_SHARE_MIN = 0.5


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--cases", type=int, default=CASE_COUNT_MAX,
                        help=f"of each kind on each service at most; default {CASE_COUNT_MAX}")
    parser.add_argument("--all", action="store_true", help="all of them")
    return parser.parse_args()


class Work:
    """The cases of one kind on one service, done in one lane."""

    def __init__(self, kind, target, arguments):
        self.kind = kind
        self.target = target
        self.random = random.Random(f"{arguments.seed}/{kind} {target}")
        self.case_count_max = None if arguments.all else arguments.cases
        self.lane = None
        self.trace_path = None
        self.struck_count = 0

    def __call__(self, lane):
        self.lane = lane
        self.trace_path = lane.stack.folder / f"trace-{self.kind}-{self.target}"
        lane.allowed_ends = self._may_end
        calls = self._count()
        cases = self._choose([(fault, call, number) for fault in ("KILL", *ERRORS)
                              for call, numbers in sorted(calls.items()) for number in numbers])
        for fault, call, number in cases:
            lane.case = f"{self.kind} {self.target} {fault} {call} {number}"
            self._run_case(fault, call, number)
        print(f"{self.kind} {self.target}: {sum(map(len, calls.values()))} calls, {len(cases)} cases, "
              f"{self.struck_count} struck", flush=True)
        if self.struck_count < STRUCK_SHARE_MIN * len(cases):
            lane.complain(f"only {self.struck_count} of {len(cases)} faults struck")

    def _may_end(self, status):
        """A service that can't have what it needs to start says so, and ends; libuv aborts if it can't wake itself."""
        if status == -signal.SIGABRT:
            return (struck_file(self.trace_path) or "").startswith(("anon_inode:", "pipe:"))
        return status > 0 and self.kind == "start"

    def _choose(self, cases):
        """All kills come first, for they find the most."""
        kills = [case for case in cases if case[0] == "KILL"]
        errors = [case for case in cases if case[0] != "KILL"]
        if self.case_count_max is None:
            return cases
        kills = self.random.sample(kills, min(len(kills), self.case_count_max // 2))
        return kills + self.random.sample(errors, min(len(errors), self.case_count_max - len(kills)))

    def _count(self):
        self.lane.case = f"{self.kind} {self.target} counted"
        self._traced(None, None, None)
        return number_calls(self.trace_path)

    def _run_case(self, fault, call, number):
        killed_count = self.lane.killed_count
        self._traced(fault, call, number)
        # One that dies behind its answer is noticed, and restarted, here.
        self.lane.revive()
        if fault == "KILL":
            self.struck_count += self.lane.killed_count > killed_count
        else:
            self.struck_count += struck_file(self.trace_path) is not None

    def _traced(self, fault, call, number):
        options = effect(fault, call, number) if fault else []
        if self.kind == "start":
            self._traced_start(options)
            return
        earlier = self.lane.await_service()
        with Tracer(self.lane.target(self.target).process.pid, self.trace_path, options):
            self.lane.run_saga(self.kind, earlier)

    def _traced_start(self, options):
        service = self.lane.target(self.target)
        self.lane.await_service()
        service.kill()
        wrapper = self.lane.stack.folder / f"start-{self.target}"
        write_wrapper(service, wrapper, self.trace_path, options)
        self.lane.start_faulty(service, wrapper)
        self.lane.run_saga("Apple", None)


def main():
    arguments = read_arguments()
    if shutil.which("strace") is None:
        sys.exit("calls: strace is missing; install the package strace")
    reason = refusal()
    if reason:
        print(f"calls: SKIPPED, nothing was tried: {reason}\n"
              "This needs ptrace: in a container the capability SYS_PTRACE, elsewhere root or kernel.yama.ptrace_scope=0")
        return SKIPPED
    again = f"--seed {arguments.seed}" + (" --all" if arguments.all else f" --cases {arguments.cases}")
    print(f"calls: {again}", flush=True)
    works = [Work(kind, target, arguments) for kind in KINDS for target in TARGETS]
    return report("calls", run_lanes(works), again)


if __name__ == "__main__":
    sys.exit(main())
