#!/usr/bin/python3
"""The n-th allocation of a service fails, once, while it starts or runs an Apple and a Bomb.

Allowed: 503, or the end of the process. Not allowed: a wrong access, silence, an answer that puts the blame on the
client, or an outcome that is lost or other than a client was told.
"""

import argparse
import os
import pathlib
import random
import re
import signal
import sys

from lane import report, run_lanes

SHIM = pathlib.Path(os.environ.get("SAGA_MALLOC_FAIL", "malloc_fail.so"))
TARGETS = ("order", "payment")
COUNT_LINE = re.compile(r"malloc_fail: (\d+) allocations")


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--cases", type=int, default=60, help="on each service at most; default 60")
    parser.add_argument("--all", action="store_true", help="all of them")
    return parser.parse_args()


class Work:
    def __init__(self, target, arguments):
        self.target = target
        self.random = random.Random(f"{arguments.seed}/{target}")
        self.case_count_max = None if arguments.all else arguments.cases
        self.lane = None

    def __call__(self, lane):
        self.lane = lane
        # Some allocations can't be done without, and end the process on purpose; an assertion shows in the log.
        lane.allowed_ends = lambda status: status > 0 or status == -signal.SIGABRT
        start_count, count = self._count(has_sagas=False), self._count(has_sagas=True)
        if not 0 < start_count < count:
            lane.complain(f"{start_count} allocations until it is ready, {count} with two orders: not to be believed")
            return
        numbers = self._choose(start_count, count)
        for number in numbers:
            lane.case = f"{self.target} allocation {number}"
            self._run_case(number)
        print(f"{self.target}: {start_count} allocations until it is ready, {count} with two orders; {len(numbers)} "
              f"failed, {lane.ended_count} times it ended", flush=True)

    def _choose(self, start_count, count):
        starting, working = range(1, start_count + 1), range(start_count + 1, count + 1)
        if self.case_count_max is None:
            return [*starting, *working]
        half = self.case_count_max // 2
        return sorted(self.random.sample(starting, min(half, len(starting)))
                      + self.random.sample(working, min(half, len(working))))

    def _count(self, has_sagas):
        self.lane.case = f"{self.target} counted"
        service = self._start(0)
        if has_sagas:
            self._run_sagas()
        service.stop()
        return int(COUNT_LINE.findall(service.log())[-1])

    def _run_case(self, number):
        service = self._start(number)
        self._run_sagas()
        if service.is_running():
            service.kill()
        self.lane.await_service()

    def _start(self, number):
        service = self.lane.target(self.target)
        self.lane.revive()
        service.kill()
        service.environment.update(LD_PRELOAD=str(SHIM), MALLOC_FAIL_AT=str(number))
        self.lane.start_faulty(service)
        # Of later starts, none has it.
        del service.environment["LD_PRELOAD"], service.environment["MALLOC_FAIL_AT"]
        return service

    def _run_sagas(self):
        for kind in ("Apple", "Bomb"):
            self.lane.run_saga(kind, None)


def main():
    arguments = read_arguments()
    again = f"--seed {arguments.seed}" + (" --all" if arguments.all else f" --cases {arguments.cases}")
    print(f"allocations: {again}", flush=True)
    return report("allocations", run_lanes([Work(target, arguments) for target in TARGETS]), again)


if __name__ == "__main__":
    sys.exit(main())
