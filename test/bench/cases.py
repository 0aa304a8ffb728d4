"""What is measured, in this order, in every round."""

import dataclasses

import watching


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    connections: int
    # "floor" is pgbench on a database of its own, "orders" is wrk against the order service.
    kind: str
    failing_percent: int = 0
    # Processes of each service, on one port.
    instances: int = 1
    # Clients of the feed of all orders.
    watchers: int = 0


# Two of each come first: what is resident after all cases is then that of one.
# What is compared stands next to each other, so that both meet the same machine.
CASES = (
    Case("two-of-each-64", 64, "orders", instances=2),
    Case("two-of-each-256", 256, "orders", instances=2),
    Case("floor-1", 1, "floor"),
    Case("orders-1", 1, "orders"),
    Case("orders-16", 16, "orders"),
    Case("floor-64", 64, "floor"),
    Case("orders-64", 64, "orders"),
    Case("watched-64", 64, "orders", watchers=watching.WATCHER_COUNT),
    Case("orders-256", 256, "orders"),
    Case("watched-256", 256, "orders", watchers=watching.WATCHER_COUNT),
    Case("orders-1024", 1024, "orders"),
    Case("failing-10", 64, "orders", failing_percent=10),
    Case("failing-50", 64, "orders", failing_percent=50),
)

# Measured once, after the rounds.
EXTRAS = ("slow-clients", "overload", "idle", "allocations")
NAMES = tuple(case.name for case in CASES) + EXTRAS
