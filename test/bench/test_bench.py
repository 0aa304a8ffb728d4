"""What the benchmark makes of its readings: parsing, medians, verdicts, tables."""

import argparse
import os
import subprocess
import sys

import pytest

import aims
import bench
import cases
import databases
import idle
import overload
import pgbench
import report
import usage
import wrk

WRK_OUTPUT = """\
Running 2s test @ http://127.0.0.1:30313/orders/
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     5.31ms    1.20ms  12.40ms   70.00%
  20000 requests in 2.00s, 3.10MB read
orders: 20000 in 2.000 s, per second: 10000, not 2xx: 500, socket errors: 3
latency ms: p50 5.125, p99 10.250, p99.9 12.000, max 12.400
"""
PGBENCH_OUTPUT = """\
transaction type: floor.sql
number of transactions actually processed: 5
number of failed transactions: 0 (0.000%)
latency average = 1.100 ms
initial connection time = 140.805 ms
tps = 2.000000 (without initial connection time)
"""
# client, transaction, us, script, end in s and us: two in the first second, three in the two after it.
PGBENCH_LOG = """\
0 0 9000 0 1000 100000
1 0 8000 0 1000 900000
0 1 1000 0 1002 100000
1 1 3000 0 1002 100000
0 2 2000 0 1003 100000
"""


def test_wrk_output_is_read():
    assert wrk.parse(WRK_OUTPUT) == {
        "orders": 20000, "seconds": 2.0, "orders_per_s": 10000.0, "p50_ms": 5.125, "p99_ms": 10.25,
        "p99.9_ms": 12.0, "max_ms": 12.4, "not_2xx_percent": 2.5, "socket_errors": 3}


@pytest.mark.parametrize("line", ["orders: 20000", "latency ms: p50"])
def test_wrk_output_without_a_line_is_refused(line):
    with pytest.raises(ValueError, match="did not print"):
        wrk.parse(WRK_OUTPUT.replace(line, "other"))


def test_wrk_without_an_answer_is_refused():
    with pytest.raises(ValueError, match="not one order"):
        wrk.parse(WRK_OUTPUT.replace("orders: 20000", "orders: 0"))


def test_pgbench_is_read_after_its_first_second():
    figures = pgbench.parse(PGBENCH_OUTPUT, PGBENCH_LOG)
    assert figures["orders_per_s"] == pytest.approx(1.5)
    assert (figures["p50_ms"], figures["p99_ms"], figures["max_ms"]) == (2, 3, 3)
    assert (figures["orders"], figures["seconds"]) == (5, 2.5)


def test_pgbench_that_failed_is_refused():
    with pytest.raises(ValueError, match="failed"):
        pgbench.parse(PGBENCH_OUTPUT.replace("transactions: 0 (", "transactions: 1 ("), PGBENCH_LOG)
    with pytest.raises(ValueError, match="logged 4"):
        pgbench.parse(PGBENCH_OUTPUT, PGBENCH_LOG.partition("\n")[2])
    with pytest.raises(ValueError, match="summary"):
        pgbench.parse("", "")


def test_pgbench_shorter_than_its_warm_up_is_refused():
    with pytest.raises(ValueError, match="warm-up"):
        pgbench.parse(PGBENCH_OUTPUT.replace("processed: 5", "processed: 2"), "".join(PGBENCH_LOG.splitlines(True)[:2]))


def test_the_highest_sustained_rate_is_found():
    for limit, found in ((100, 2000), (2999, 2000), (3000, 3000), (4500, 4000), (23_999, 16_000), (24_000, 24_000), (1e9, 768_000)):
        assert overload.find_sustained(lambda rate, limit=limit: rate <= limit) == found


def test_sustained_is_all_and_soon():
    assert overload.is_sustained({"due": 1000, "ok": {"count": 999, "p99_ms": 99}})
    assert not overload.is_sustained({"due": 1000, "ok": {"count": 998, "p99_ms": 9}})
    assert not overload.is_sustained({"due": 1000, "ok": {"count": 1000, "p99_ms": 100}})


def test_recovery_is_a_second_of_good_slots_after_the_overload():
    good, bad = [100, 99], [100, 98]
    assert overload.recovered_after([good, good, bad, bad, good, good, bad], 1) == 1.0
    assert overload.recovered_after([bad, bad, good, bad, good, good], 1) == 1.0
    assert overload.recovered_after([good, good, good, good], 1) == 0
    assert overload.recovered_after([good, good, good, bad, good], 1) is None
    assert overload.recovered_after([good, good], 1) is None


def test_percentiles():
    values = list(range(1, 1001))
    assert [pgbench.percentile(values, percent) for percent in (0.01, 50, 99, 99.9, 100)] == [1, 500, 990, 999, 1000]
    assert pgbench.percentile([7], 50) == 7


def test_usage_between_two_readings():
    before = {"cpu_s": {"client": 1.0, "order-service": 2.0}, "machine_s": {"busy": 10, "passed": 20},
              "databases": {"order-database": {"commits": 100, "wal_bytes": 1000}}}
    after = {"cpu_s": {"client": 1.5, "order-service": 4.0}, "machine_s": {"busy": 14, "passed": 28},
             "databases": {"order-database": {"commits": 300, "wal_bytes": 201000}}}
    assert usage.per_order(before, after, orders=1000, seconds=4) == {
        "elsewhere_percent": 18.75, "cpu_us client": 500, "cpu_us order-service": 2000, "commits_per_s order-database": 50,
        "commits_per_order order-database": 0.2, "wal_bytes order-database": 200}


def test_usage_of_a_living_process():
    assert sum(os.times()[:2]) <= usage.tree_seconds(os.getpid()) + 0.02
    memory = usage.memory_mb(os.getpid())
    assert 1 < memory["now"] <= memory["most"]


def test_children_that_ended_count():
    before_s = usage.tree_seconds(os.getpid())
    subprocess.run([sys.executable, "-c", "import time\nwhile time.process_time() < 0.1: pass"], check=True)
    assert usage.tree_seconds(os.getpid()) - before_s > 0.05
    assert usage.client_seconds() > 0.05


def test_a_processor_that_waits_is_not_busy():
    hz = usage.TICKS_PER_S
    line = f"cpu  {hz} 0 {2 * hz} {40 * hz} {50 * hz} 0 {3 * hz} {4 * hz} 0 0"
    assert usage.parse_processors(line) == {"busy": 10, "passed": 100}


def test_summary_is_the_median():
    rounds = [{"orders_per_s": rate, "p50_ms": p50} for rate, p50 in ((10, 3), (30, 1), (11, 2))]
    assert report.summarise(rounds) == {"orders_per_s": 11, "p50_ms": 2, "lowest_per_s": 10, "highest_per_s": 30}


def test_rows_per_commit():
    case = {"commits_per_order order-database": 0.1, "commits_per_order payment-database": 0.05}
    assert report.rows_per_commit(case, "order-database", 2) == pytest.approx(20)
    assert report.rows_per_commit(case, "payment-database", 1) == pytest.approx(20)
    assert report.rows_per_commit(case, "floor-database", 3) is None


def document(**rates):
    figures = {"lowest_per_s": 1, "highest_per_s": 9, "p50_ms": 1.0, "p99_ms": 24.9, "p99.9_ms": 30, "max_ms": 31,
               "not_2xx_percent": 0, "socket_errors": 0, "elsewhere_percent": 2, "cpu_us client": 7.25,
               "wal_bytes order-database": 1200, "commits_per_s order-database": 55}
    made = {name.replace("_", "-"): {**figures, "orders_per_s": rate} for name, rate in rates.items()}
    made_document = {"machine": {"processor": "2 x Test"}, "round_count": 3, "seconds": 5, "flush_delay_us": 0, "cases": made,
                     "rounds": {name: [case] for name, case in made.items()},
                     "idle_mb": {"order-service": 63.9, "payment-service": 64.0},
                     "slow_clients": {"alone_per_s": 1000, "beside_per_s": 899},
                     "overload": {"accepted_p99_ms": 999, "refused_p99_ms": 50, "recovered_after_s": None},
                     "audit": "audit: 1 orders: 0 violations", "complaints": []}
    made_document["aims"] = aims.judge_all(made_document)
    return made_document


def test_aims_are_judged():
    judged = document(floor_64=1000, orders_64=2999, watched_64=2700, orders_256=5000, watched_256=4750, failing_50=1499.5)["aims"]
    assert [(aim["figure"], aim["verdict"]) for aim in judged] == [
        (2.999, "not reached"), (5, "reached"), (None, "not measured"), (0.5, "reached"),
        (2700 / 2999, "not reached"), (0.95, "reached"), (24.9, "reached"),
        (0.899, "not reached"), (999, "reached"), (50, "not reached"), (float("inf"), "not reached"),
        (63.9, "reached"), (64.0, "not reached")]


def test_ratios_are_taken_within_a_round():
    drifting = document(floor_64=1000, orders_64=2000)
    for name, rates in (("floor-64", (1000, 500, 100)), ("orders-64", (4000, 1950, 300))):
        drifting["rounds"][name] = [{"orders_per_s": rate} for rate in rates]
    assert aims.judge_all(drifting)[0]["figure"] == pytest.approx(3.9)


def test_aims_name_cases_that_exist():
    full = document(**{name.replace("-", "_"): 1000 for name in cases.NAMES})
    assert "not measured" not in [aim["verdict"] for aim in full["aims"]]


def test_markdown_tells_everything():
    text = report.markdown(document(floor_64=1000, orders_64=3210))
    for told in ("2 x Test", "3 rounds of all cases, 5 s each", "| orders-64 | 3,210 | 1 | 9 | 1.00 | 24.90 |",
                 "3.21 x | reached", "| - | not measured |", "| 7.2 |", "| 55 |", "| 1,200 |", "| 63.9 | 64.0 |", "| 899 |",
                 "| 999.00 |",
                 "0 violations"):
        assert told in text, told


def test_markdown_tells_what_is_wrong():
    made = document(orders_64=1)
    assert "WRONG" not in report.markdown(made)
    made["complaints"].append("I2 order 7: COMPLETED, but it has no payment")
    assert "I2 order 7" in report.markdown(made)


def test_table_rows_are_as_long_as_their_head():
    for table in report.markdown(document(floor_1=1, orders_1=1)).split("\n\n"):
        lengths = {line.count("|") for line in table.splitlines() if line.startswith("|")}
        assert len(lengths) <= 1, table


def test_settings_are_those_of_up():
    settings = databases.settings_of_up()
    for line in ("fsync = on", "synchronous_commit = on", "full_page_writes = on"):
        assert f"\n{line}\n" in settings


def test_unexpected_answers_are_complained_about():
    happy, failing = cases.Case("happy", 64, "orders"), cases.Case("failing", 64, "orders", failing_percent=10)

    def complaint(case, percent, errors=0):
        return bench.complaint_about(case, {"not_2xx_percent": percent, "socket_errors": errors})
    assert not complaint(happy, 0) and not complaint(failing, 9.9)
    assert complaint(happy, 0.01) and complaint(happy, 0, errors=1)
    assert complaint(failing, 7.9) and complaint(failing, 12.1)


def test_case_names():
    assert bench.names_of("orders-64,idle") == ["orders-64", "idle"]
    with pytest.raises(argparse.ArgumentTypeError, match="orders-65"):
        bench.names_of("orders-65")


def test_an_answer_is_whole_with_its_body():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"
    assert idle.is_whole(head + b"abc")
    assert not idle.is_whole(head + b"ab") and not idle.is_whole(head[:-2]) and not idle.is_whole(b"")
