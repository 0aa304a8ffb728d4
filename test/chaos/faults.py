"""What can go wrong, when it does in a run with a given seed, and how it is undone."""

import dataclasses
import heapq
import itertools
import random
import threading
import time

from world import start_if_ended

GAP_SECONDS = (0.4, 2.2)
DURATION_SECONDS = (0.1, 2.5)
# The last faults are undone before the run ends.
QUIET_SECONDS = 3
ANSWER_SIZE_MAX = 60


@dataclasses.dataclass
class Fault:
    at: float
    seconds: float
    part: str
    name: str
    count: int
    kept_size: int

    def __str__(self):
        return f"{self.at:7.2f} s  {self.part}: {self.name} ({self.seconds:.2f} s, {self.count}, {self.kept_size})"


SERVICES = ("order", "other_order", "payment")
DATABASES = ("order_db", "payment_db")
PROXIES = ("proxy", "order_db_proxy", "payment_db_proxy")
DECK = (list(itertools.product(SERVICES, ("kill", "hang")))
        + list(itertools.product(DATABASES, ("crash", "terminate_backends")))
        + list(itertools.product(PROXIES, ("delay", "lose_answers", "lose_requests", "cut_answers", "cut_off"))))


def plan(seed, seconds):
    """Every fault of the deck in turn, shuffled anew each time; a part has one fault at a time."""
    chooser = random.Random(f"{seed}/plan")
    faults, deck, free_at = [], [], {}
    at = chooser.uniform(*GAP_SECONDS)
    while at < seconds - QUIET_SECONDS - DURATION_SECONDS[1]:
        if not deck:
            deck = chooser.sample(DECK, len(DECK))
        position = next((i for i, (part, _) in enumerate(deck) if free_at.get(part, 0) <= at), None)
        if position is not None:
            part, name = deck.pop(position)
            fault = Fault(at, chooser.uniform(*DURATION_SECONDS), part, name,
                          chooser.randint(1, 4), chooser.randint(1, ANSWER_SIZE_MAX))
            faults.append(fault)
            free_at[part] = at + fault.seconds
        at += chooser.uniform(*GAP_SECONDS)
    return faults


class Inflictor:
    """Does what the plan says, on the thread that started the services: they end when that thread does."""

    def __init__(self, stack):
        self.stack = stack
        self.complaints = []
        self._wait = threading.Event().wait

    def run(self, faults, seconds):
        """Returns when that time is over and all faults are undone."""
        start = time.monotonic()
        numbers = itertools.count()
        actions = [(fault.at, next(numbers), self._begin, fault) for fault in faults]
        heapq.heapify(actions)
        while actions:
            at, _, action, fault = heapq.heappop(actions)
            self._wait(max(0, start + at - time.monotonic()))
            action(fault)
            if action == self._begin:
                now = time.monotonic() - start
                heapq.heappush(actions, (now + fault.seconds, next(numbers), self._end, fault))
        self._wait(max(0, start + seconds - time.monotonic()))

    def _part(self, fault):
        return getattr(self.stack, fault.part)

    def _begin(self, fault):
        print(fault, flush=True)
        getattr(self, f"_begin_{fault.name}")(self._part(fault), fault)

    def _end(self, fault):
        end = getattr(self, f"_end_{fault.name}", None)
        if end is not None:
            end(self._part(fault))

    def revive(self, service):
        complaint = start_if_ended(service)
        if complaint:
            self.complaints.append(complaint)

    def _begin_kill(self, service, _):
        self.revive(service)
        service.kill()

    def _end_kill(self, service):
        service.start(wait=False)

    def _begin_hang(self, service, _):
        self.revive(service)
        service.hang()

    @staticmethod
    def _end_hang(service):
        service.go_on()

    @staticmethod
    def _begin_crash(database, _):
        database.cluster.stop("immediate")

    @staticmethod
    def _end_crash(database):
        database.cluster.start()

    @staticmethod
    def _begin_terminate_backends(database, _):
        database.terminate_backends()

    @staticmethod
    def _begin_delay(proxy, _):
        proxy.hold_answers()

    @staticmethod
    def _end_delay(proxy):
        proxy.release_answers()

    @staticmethod
    def _begin_lose_answers(proxy, fault):
        proxy.lose_answers(fault.count)

    @staticmethod
    def _begin_lose_requests(proxy, fault):
        proxy.lose_requests(fault.count)

    @staticmethod
    def _begin_cut_answers(proxy, fault):
        proxy.cut_answers(fault.count, fault.kept_size)

    @staticmethod
    def _end_lose_answers(proxy):
        proxy.end_faults()

    _end_lose_requests = _end_cut_answers = _end_lose_answers

    @staticmethod
    def _begin_cut_off(proxy, _):
        proxy.cut_off()

    @staticmethod
    def _end_cut_off(proxy):
        proxy.reconnect()
