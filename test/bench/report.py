"""The figures of all rounds made one table each, as Markdown."""

import statistics

SERVICES = ("order-service", "payment-service")
CASES_TEXT = """\
- floor-N: pgbench with N clients, prepared statements, at most two threads. An order is three commits of hand-written
  single-row statements, one after the other: the order PENDING with its history, the payment, the order COMPLETED
  with its history. pgbench speaks to one server, so the tables of both services are in one database, on a cluster of
  its own, set up like the two others. Its first second is left out.
- orders-N: wrk with N connections on one thread.
- two-of-each-N: the same, with two processes of each service on one port (INSTANCES=2).
- failing-P: wrk with 64 connections; the payment of P percent of the orders fails, which is answered 400.
- watched-N: orders-N, while 10 clients watch GET /events.
- slow-clients: orders-64 without and with 1,000 further connections, of which half send a byte a second of a
  request that never ends, and half do not read their answers.
- overload: orders that are due at a fixed rate, whatever becomes of those before; times count from when an order is due.
  First the rate that is sustained (99.9 % get 200, p99 below 100 ms) is looked for, in steps of 2 and then 1.5; then four times
  as many orders come, on 2,000 connections, some of them pipelined."""


def summarise(rounds):
    """The median of each figure, and the rates' extremes. rounds: the same figures, once per round."""
    summary = {name: statistics.median(figures[name] for figures in rounds) for name in rounds[0]}
    rates = [figures["orders_per_s"] for figures in rounds]
    return {**summary, "lowest_per_s": min(rates), "highest_per_s": max(rates)}


def table(head, rows):
    """The first column is text, the others are numbers."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def number(value, digits=0):
    return "-" if value is None else f"{value:,.{digits}f}"


def _rates(cases):
    head = ["case", "orders/s", "lowest", "highest", "p50 ms", "p99 ms", "p99.9 ms", "max ms", "not 2xx %", "socket errors",
            "busy elsewhere %"]
    return table(head, [
        [name, number(case["orders_per_s"]), number(case["lowest_per_s"]), number(case["highest_per_s"]),
         *(number(case[field], 2) for field in ("p50_ms", "p99_ms", "p99.9_ms", "max_ms", "not_2xx_percent")),
         number(case["socket_errors"]), number(case["elsewhere_percent"])]
        for name, case in cases.items()])


def rows_per_commit(case, database, rows_per_order):
    commits = case.get(f"commits_per_order {database}")
    return rows_per_order / commits if commits else None


def _sum(case, prefix):
    return sum(value for name, value in case.items() if name.startswith(prefix + " "))


def _databases(cases):
    head = ["case", "commits/s", "rows per commit, orders", "rows per commit, payments", "WAL bytes per order"]
    return table(head, [
        [name, number(_sum(case, "commits_per_s")),
         number(rows_per_commit(case, "order-database", 2) or rows_per_commit(case, "floor-database", 3), 1),
         number(rows_per_commit(case, "payment-database", 1) or rows_per_commit(case, "floor-database", 3), 1),
         number(_sum(case, "wal_bytes"))]
        for name, case in cases.items()])


def _processors(cases):
    columns = (*SERVICES, "order-database", "payment-database", "floor-database", "client")
    return table(["case", *columns, "all"], [
        [name, *(number(case.get(f"cpu_us {column}"), 1) for column in columns), number(_sum(case, "cpu_us"), 1)]
        for name, case in cases.items()])


def _crowds(document):
    slow, overload = (document.get(name) or {} for name in ("slow_clients", "overload"))
    memory = overload.get("memory_mb", {})
    rows = [
        ["64 clients alone, orders/s", number(slow.get("alone_per_s"))],
        ["beside 1,000 slow clients, orders/s", number(slow.get("beside_per_s"))],
        ["order-service beside them, resident MB", number(slow.get("memory_mb"), 1)],
        ["sustained by an open loop, orders/s", number(overload.get("sustained_per_s"))],
        ["offered in the overload, orders/s", number(overload.get("offered_per_s"))],
        ["accepted of these, orders/s", number(overload.get("accepted_per_s"))],
        *([f"{what}, {name.replace('_ms', '')} ms", number(overload.get(f"{what}_{name}"), 2)]
          for what, name in (("accepted", "p50_ms"), ("accepted", "p99_ms"), ("accepted", "max_ms"), ("refused", "p50_ms"),
                             ("refused", "p99_ms"))),
        ["all in time again after, s", number(overload.get("recovered_after_s"), 1)],
        *([f"{name} at most until then, resident MB", number(memory.get(name), 1)] for name in SERVICES),
    ]
    return table(["slow clients and overload", ""], rows)


def _services(document):
    after, idle, allocations = (document.get(name) or {} for name in ("after_load_mb", "idle_mb", "allocations"))
    rows = [
        ["allocations per order (malloc, calloc, realloc)", *(number(allocations.get(name), 2) for name in SERVICES)],
        ["resident after the load, MB", *(number(after.get(name, {}).get("now"), 1) for name in SERVICES)],
        ["resident at most until then, MB", *(number(after.get(name, {}).get("most"), 1) for name in SERVICES)],
        ["resident with 10,000 idle connections, MB", *(number(idle.get(name), 1) for name in SERVICES)],
    ]
    return table(["", *SERVICES], rows)


def _aims(aims):
    rows = [[aim["aim"], number(aim["figure"], 2) + (f" {aim['unit']}" if aim["figure"] is not None else ""),
             aim["verdict"]] for aim in aims]
    return table(["aim", "figure", ""], rows)


def markdown(document):
    machine = "\n".join(f"- {name}: {value}" for name, value in document["machine"].items())
    rounds = "1 round" if document["round_count"] == 1 else f"{document['round_count']} rounds"
    run = (f"{rounds} of all cases, {document['seconds']} s each; a figure is the median of the rounds,\n"
           "a ratio the median of the rounds' ratios; lowest and highest are the rates' extremes. Busy elsewhere is the share\n"
           "of all processors that went into anything but the services, their databases and the client.")
    if document["flush_delay_us"]:
        run += f"\nEach flush of a database took {document['flush_delay_us']} us longer, on purpose."
    parts = [("Run", f"{machine}\n\n{run}\n\n{CASES_TEXT}"), ("Aims", _aims(document["aims"]))]
    if document["cases"]:
        parts += [("Rate and latency", _rates(document["cases"])),
                  ("Commits and WAL", _databases(document["cases"])),
                  ("CPU microseconds per order, of each process", _processors(document["cases"]))]
    if "slow_clients" in document or "overload" in document:
        parts.append(("Crowds", _crowds(document)))
    parts += [("Services", _services(document)), ("Audit", document["audit"])]
    if document["complaints"]:
        parts.append(("WRONG", "\n".join(document["complaints"])))
    return "\n\n".join(f"## {title}\n{text}" for title, text in parts) + "\n"
