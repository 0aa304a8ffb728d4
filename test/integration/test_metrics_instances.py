"""Several processes of a service on one port: whichever is asked for the metrics answers for all of them."""

import os
import pathlib
import signal

from load import Load, assert_answers_hold
from scrape import Scrape
from waiting import wait_until

COUNT = 3
SCRAPE_COUNT = 30
START_SECONDS = 20


def children(service):
    pid = service.process.pid
    return {int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def start_instances(service):
    service.stop()
    service.environment["INSTANCES"] = str(COUNT)
    service.start()
    wait_until(lambda: Scrape(service).value("database_connections") == 3 * COUNT, START_SECONDS, "all are connected")


def completed(scrape):
    return scrape.value("order_moves_total", to="COMPLETED")


def test_each_process_answers_for_all(make_stack):
    stack = make_stack()
    start_instances(stack.order)
    for _ in range(SCRAPE_COUNT):
        assert stack.post_order().status_code == 200
    scrapes = [Scrape(stack.order) for _ in range(SCRAPE_COUNT)]  # each on a connection of its own
    for scrape in scrapes:
        assert completed(scrape) == SCRAPE_COUNT
        assert scrape.value("http_server_requests_total", route="/orders") == SCRAPE_COUNT
        assert scrape.value("database_connections") == scrape.value("database_connections_wanted") == 3 * COUNT
        assert scrape.value("order_sagas_in_flight") == 0
        assert scrape.value("service_build_info") == 1
        assert sorted(sample.labels["process"] for sample in scrape.series("process_resident_memory_bytes")) == \
            [str(number) for number in range(1, COUNT + 1)]
    asked = [scrape.value("http_server_requests_total", route="/metrics") for scrape in scrapes]
    assert asked == list(range(int(asked[0]), int(asked[0]) + SCRAPE_COUNT))
    turns = {sample.labels["process"] for sample in scrapes[-1].series("loop_turn_duration_seconds_count")
             if sample.value > scrapes[0].value("loop_turn_duration_seconds_count", **sample.labels)}
    assert len(turns) > 1, "all scrapes reached one process, so nothing was shown"


def test_a_killed_process_takes_no_count_along(make_stack):
    stack = make_stack()
    start_instances(stack.order)
    for _ in range(SCRAPE_COUNT):
        assert stack.post_order().status_code == 200
    before = Scrape(stack.order)
    started = {sample.labels["process"]: sample.value for sample in before.series("process_start_time_seconds")}
    killed = min(children(stack.order))
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: killed not in children(stack.order) and len(children(stack.order)) == COUNT, START_SECONDS,
               "it was started again")
    wait_until(lambda: Scrape(stack.order).value("database_connections") == 3 * COUNT, START_SECONDS, "it is connected")
    after = Scrape(stack.order)
    assert completed(after) == completed(before) == SCRAPE_COUNT
    assert after.value("database_units_total", side="write") == 2 * SCRAPE_COUNT
    changed = [sample.labels["process"] for sample in after.series("process_start_time_seconds")
               if sample.value != started[sample.labels["process"]]]
    assert len(changed) == 1
    assert after.value("log_lines_total", level="error") == before.value("log_lines_total", level="error") + 1, \
        "the parent's own line is counted too"
    assert stack.post_order().status_code == 200
    assert completed(Scrape(stack.order)) == SCRAPE_COUNT + 1


def test_a_process_that_does_not_run_has_no_gauges(make_stack):
    """Its parent is stopped, so that it is neither looked after nor started again."""
    stack = make_stack()
    start_instances(stack.order)
    assert stack.post_order().status_code == 200
    killed = min(children(stack.order))
    stack.order.hang()
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: pathlib.Path(f"/proc/{killed}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z", START_SECONDS,
               "it has ended, and its sockets are closed")
    scrape = Scrape(stack.order)
    assert scrape.value("database_connections") == 3 * (COUNT - 1)
    for name in ("process_resident_memory_bytes", "process_start_time_seconds", "loop_longest_turn_seconds"):
        assert len(scrape.series(name)) == COUNT - 1
    assert len(scrape.series("process_cpu_seconds_total")) == COUNT
    assert completed(scrape) == 1
    stack.order.go_on()
    wait_until(lambda: Scrape(stack.order).value("database_connections") == 3 * COUNT, START_SECONDS, "it runs again")


def test_counters_never_go_backwards(make_stack):
    """Under load, while processes are killed; in the end the metrics tell what the database has."""
    stack = make_stack()
    start_instances(stack.order)
    start_instances(stack.payment)
    last = {}

    def rises():
        scrape = Scrape(stack.order)
        now = {(sample.name, *sorted(sample.labels.items())): sample.value for sample in scrape.samples
               if sample.name.endswith(("_total", "_count", "_bucket", "_sum")) and not sample.name.startswith("process_")}
        fallen = {key: (last[key], value) for key, value in now.items() if value < last.get(key, 0)}
        assert not fallen
        assert not set(last) - set(now)
        last.update(now)
        return completed(scrape)
    with Load(stack.order.port, client_count=16) as load:
        for _ in range(2):
            seen = load.count(200)
            wait_until(lambda: (rises_unless_cut(rises), load.count(200) > seen + 200)[1], 60, "orders are completed")
            before = children(stack.order)
            os.kill(min(before), signal.SIGKILL)
            wait_until(lambda: (rises_unless_cut(rises), len(children(stack.order) - before) == 1)[1], START_SECONDS,
                       "another process runs")
    stack.settle()
    assert_answers_hold(stack, load)
    in_database = stack.order_db.value("SELECT count(*) FROM orders WHERE status = 'COMPLETED'")
    # What was committed, but whose answer a killed process had not read yet, it could not count.
    assert in_database - 2 * 16 <= rises() <= in_database


def rises_unless_cut(rises):
    """The process that is asked may be the one that is killed."""
    try:
        rises()
    except OSError:
        pass
