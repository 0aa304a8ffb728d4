"""What is to be reached, and whether it is."""

import dataclasses
import statistics
import typing


@dataclasses.dataclass(frozen=True)
class Aim:
    text: str
    unit: str
    limit: float
    at_least: bool
    # document -> figure, or KeyError where something was not measured.
    figure: typing.Callable

    def judge(self, document):
        """Returns figure and verdict; the figure is None if it could not be had."""
        try:
            figure = self.figure(document)
        except KeyError:
            return None, "not measured"
        reached = figure >= self.limit if self.at_least else figure < self.limit
        return figure, "reached" if reached else "not reached"


def _ratio(field, case, other):
    """The median of the rounds' ratios: both cases of a round have met the same machine."""
    def figure(document):
        pairs = zip(document["rounds"][case], document["rounds"][other])
        return statistics.median(mine[field] / theirs[field] for mine, theirs in pairs)
    return figure


def _beside_slow_clients(document):
    found = document["slow_clients"]
    return found["beside_per_s"] / found["alone_per_s"]


def _recovery(document):
    seconds = document["overload"]["recovered_after_s"]
    return float("inf") if seconds is None else seconds


def _idle(service):
    return lambda document: document["idle_mb"][service]


AIMS = (
    Aim("orders/s at 64 connections, against pgbench with 64 clients: at least 3 times", "x", 3, True,
        _ratio("orders_per_s", "orders-64", "floor-64")),
    Aim("orders/s at 256 connections, against pgbench with 64 clients: at least 5 times", "x", 5, True,
        _ratio("orders_per_s", "orders-256", "floor-64")),
    Aim("p50 at 1 connection, against p50 of pgbench with 1 client: less than 1.5 times", "x", 1.5, False,
        _ratio("p50_ms", "orders-1", "floor-1")),
    Aim("orders/s with 50 % failing, against none failing, 64 connections: at least 0.5 times", "x", 0.5, True,
        _ratio("orders_per_s", "failing-50", "orders-64")),
    Aim("orders/s at 64 connections with 10 watchers of /events, against without: at least 0.95 times", "x", 0.95, True,
        _ratio("orders_per_s", "watched-64", "orders-64")),
    Aim("the same at 256 connections: at least 0.95 times", "x", 0.95, True,
        _ratio("orders_per_s", "watched-256", "orders-256")),
    Aim("p99 at 64 connections: less than 25 ms", "ms", 25, False,
        lambda document: document["cases"]["orders-64"]["p99_ms"]),
    Aim("orders/s of 64 clients beside 1,000 slow ones, against without them: at least 0.9 times", "x", 0.9, True,
        _beside_slow_clients),
    Aim("4 times the orders that can be sustained: p99 of those accepted less than 1,000 ms", "ms", 1000, False,
        lambda document: document["overload"]["accepted_p99_ms"]),
    Aim("the same: p99 of the refusals less than 50 ms", "ms", 50, False,
        lambda document: document["overload"]["refused_p99_ms"]),
    Aim("the same: all orders in time again after less than 5 s", "s", 5, False, _recovery),
    Aim("order-service with 10,000 idle connections: less than 64 MB", "MB", 64, False, _idle("order-service")),
    Aim("payment-service with 10,000 idle connections: less than 64 MB", "MB", 64, False, _idle("payment-service")),
)


def judge_all(document):
    judged = []
    for aim in AIMS:
        figure, verdict = aim.judge(document)
        judged.append({"aim": aim.text, "figure": figure, "unit": aim.unit, "verdict": verdict})
    return judged
