#!/usr/bin/python3
"""Both services under load while everything fails at random, and what must be true afterwards.

The same seed gives the same faults at the same times, and the same wishes of the clients; how they meet is up to
the machine. Exit status: 0 nothing is wrong, 1 something is, 2 it was called wrongly.

What it prints:
    3.21 s  proxy: cut_answers (1.10 s, 2, 900)   a fault: when it begins, what it meets, and for how long. The proxy's
                                                  faults also tell how many calls are lost or cut, and after how many
                                                  bytes of an answer; the other faults do not use these two numbers
    12 faults                                     how many there were
    audit: ...                                    what the audit has looked at, when all is quiet again
    posts {'200': 810, '503': 40}, cancels {...}  how often the clients were told each code; lost, silent: no answer
    chaos: 0 complaints; again: ...               what is wrong (each has a line WRONG), and the options of this run
"""

import argparse
import random
import sys

from clients import Clients
from faults import Inflictor, plan
from verdict import Verdict, connect
from world import ChaosStack, Logs, audit, first_ones, judge_answers
from postgres import clusters
from waiting import wait_until

CLIENT_COUNT = 32
# All bounds are far off: how fast the machine is, is not the question.
READY_SECONDS = 60
# A lease is 15 s; what a backoff adds is less than that.
SETTLE_SECONDS = 120
FAULT_COUNT_PER_MINUTE_MIN = 20
# Less than this, and the faults have met nothing.
COMPLETED_COUNT_PER_FAULT_MIN = 2
REPLAY_COUNT_MAX = 200


def read_arguments():
    parser = argparse.ArgumentParser(prog="./dev chaos", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000),
                        help="of an earlier run, as it has printed it; default: a new one")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--seconds", type=float, default=60, help="how long it runs; default 60")
    length.add_argument("--minutes", type=float)
    arguments = parser.parse_args()
    if arguments.minutes is not None:
        arguments.seconds = 60 * arguments.minutes
    return arguments


def replay_keys(stack, requests):
    """Once more, now that all is quiet; the verdict sees whether it is the same order. Returns complaints."""
    keyed = [request for request in requests if request.key and request.was_told(200, 202, 400)]
    connection = connect(stack.order.port)
    complaints = [f"no outcome is told when all is quiet: {request}" for request in keyed[:REPLAY_COUNT_MAX]
                  if request.post(connection) not in (200, 400)]
    connection.close()
    return first_ones(complaints)


def suffer(stack, seed, seconds):
    """Load and faults; returns what the clients noted, and what is wrong with the processes."""
    faults = plan(seed, seconds)
    clients = Clients(CLIENT_COUNT, seed, [stack.order.port, stack.other_order.port])
    clients.start()
    inflictor = Inflictor(stack)
    inflictor.run(faults, seconds)
    for service in stack.services:
        inflictor.revive(service)
        wait_until(service.is_ready, READY_SECONDS, f"{service.binary.name} is ready after the faults")
    clients.stop()
    print(f"{len(faults)} fault{'' if len(faults) == 1 else 's'}")
    if len(faults) < FAULT_COUNT_PER_MINUTE_MIN * seconds / 60:
        inflictor.complaints.append(f"only {len(faults)} faults")
    completed_count = sum(request.was_told(200) for request in clients.requests())
    if completed_count < COMPLETED_COUNT_PER_FAULT_MIN * len(faults):
        inflictor.complaints.append(f"only {completed_count} orders completed before their clients' eyes")
    return clients.requests(), inflictor.complaints


def settle(stack):
    """Returns a complaint, or "" once every order is finished."""
    try:
        wait_until(lambda: stack.pending_count() == 0, SETTLE_SECONDS, "every order is finished")
    except AssertionError as late:
        return f"{late}; {stack.pending_count()} are left"
    return ""


def judge(stack, requests):
    """Returns complaints, with the stories of the orders that they are about."""
    complaints = [text for text in (settle(stack), *replay_keys(stack, requests), *audit(stack)) if text]
    verdict = Verdict(stack, requests)
    complaints += judge_answers(stack, verdict)
    print(verdict.counts())
    return complaints


def run(seed, seconds):
    complaints = []
    with clusters() as databases, Logs() as logs:
        stack = ChaosStack(databases, logs.folder)
        try:
            stack.start()
            requests, complaints = suffer(stack, seed, seconds)
            complaints += judge(stack, requests)
        except AssertionError as failure:
            complaints.append(str(failure))
        try:
            stack.stop()
        except AssertionError as failure:
            complaints.append(str(failure))
        logs.is_kept = bool(complaints)
    return complaints


def main():
    arguments = read_arguments()
    again = f"--seed {arguments.seed} --seconds {arguments.seconds:g}"
    print(f"chaos: {again}", flush=True)
    complaints = run(arguments.seed, arguments.seconds)
    for complaint in complaints:
        print(f"WRONG: {complaint}")
    print(f"chaos: {len(complaints)} complaint{'' if len(complaints) == 1 else 's'}; again: {again}")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
