"""GET /metrics of both services: after known requests each number is known."""

import os
import pathlib
import subprocess

from scrape import Scrape
from seed import add_orders
from stack import APPLE, BOMB, DIRECT_ORDER_ID_FIRST
from waiting import wait_until

MOVE_LABELS = ("from", "to", "reason")
REQUEST_LABELS = ("method", "route", "code")
CREATED = ("NONE", "PENDING", "created")
PAID = ("PENDING", "COMPLETED", "paid")
SCRAPE_COUNT = 10_000


def moves(stack):
    return Scrape(stack.order).counted("order_moves_total", *MOVE_LABELS)


def requests_of(service):
    """Without the tests' own looks."""
    found = Scrape(service).counted("http_server_requests_total", *REQUEST_LABELS)
    return {key: value for key, value in found.items() if key[1] not in ("/readyz", "/metrics")}


def calls_of(stack):
    """The payment calls as the order service saw them, and as the payment service did."""
    return (Scrape(stack.order).counted("order_payment_calls_total", "operation", "result"),
            Scrape(stack.payment).counted("payment_calls_total", "operation", "outcome"))


def sagas(stack):
    return Scrape(stack.order).counted("order_saga_duration_seconds_count", "outcome")


def test_nothing_has_happened_yet(make_stack):
    """What is rare is there from the start, so that its first time is seen as a rise."""
    scrape = Scrape(make_stack().order)
    for name in ("order_moves_total", "order_saga_conflicts_total", "order_payment_calls_total",
                 "order_saga_duration_seconds_count", "order_recovered_total", "service_rejected_requests_total"):
        assert scrape.series(name), name
        assert scrape.value(name) == 0, name


def test_completed_and_failed_orders(make_stack):
    stack = make_stack()
    for _ in range(3):
        assert stack.post_order(APPLE).status_code == 200
    assert stack.post_order(BOMB).status_code == 400
    assert moves(stack) == {CREATED: 4, PAID: 3, ("PENDING", "CANCELLED", "voided"): 1}
    assert sagas(stack) == {"completed": 3, "cancelled": 1}
    ours, theirs = calls_of(stack)
    assert ours == {("charge", "paid"): 3, ("charge", "fault"): 1, ("void", "voided"): 1}
    assert theirs == {("charge", "paid"): 3, ("void", "voided"): 1}
    assert Scrape(stack.payment).counted("payment_faults_total", "action") == {"500": 1}
    assert requests_of(stack.order) == {("POST", "/orders", "200"): 3, ("POST", "/orders", "400"): 1}
    assert requests_of(stack.payment) == {("POST", "/payments", "200"): 3, ("POST", "/payments", "500"): 1,
                                          ("POST", "/payments/{id}/void", "200"): 1}


def test_requests_that_are_none(make_stack):
    """Unknown paths and methods share one label, however many there are."""
    stack = make_stack()
    for path in ("/nowhere", "/orders/x", "/%00", "/orders/9/nowhere"):
        assert stack.order.get(path).status_code == 404
    assert stack.order.get("/orders/9").status_code == 404
    assert stack.order.request("DELETE", "/orders").status_code == 405
    assert stack.order.request("BREW", "/orders").status_code in (400, 501)
    assert stack.post_order({"item_name": ""}).status_code == 422
    assert stack.order.post("/orders", b"{}", headers={"Content-Type": "text/plain"}).status_code == 415
    found = requests_of(stack.order)
    other = {code: value for (method, route, code), value in found.items() if route == "other"}
    assert sum(other.values()) == 6 and (other["404"], other["405"]) == (4, 1)
    assert {key: value for key, value in found.items() if key[1] != "other"} == {
        ("GET", "/orders/{id}", "404"): 1, ("POST", "/orders", "422"): 1, ("POST", "/orders", "415"): 1}
    assert moves(stack) == {}


def test_cancels_and_refunds(make_stack):
    stack = make_stack()
    order_id = stack.post_order().json()["id"]
    for _ in range(2):  # the second one finds nothing to do
        assert stack.order.post(f"/orders/{order_id}/cancel").status_code == 200
    assert moves(stack) == {CREATED: 1, PAID: 1, ("COMPLETED", "CANCELLING", "cancel_requested"): 1,
                            ("CANCELLING", "CANCELLED", "refunded"): 1}
    assert sagas(stack) == {"completed": 1, "cancelled": 1}
    ours, theirs = calls_of(stack)
    assert ours == {("charge", "paid"): 1, ("void", "paid"): 1, ("refund", "refunded"): 1}
    assert theirs == ours
    assert requests_of(stack.order)[("POST", "/orders/{id}/cancel", "200")] == 2


def test_refunds_by_hand(make_stack):
    stack = make_stack()
    number = DIRECT_ORDER_ID_FIRST
    key = {"Idempotency-Key": "6f1f1a52-7d1b-4f6e-9a58-0d9b6a4c1e01"}
    assert stack.payment.post(f"/payments/{number}/refund").status_code == 409
    assert stack.payment.post("/payments/", {"order_id": number, "amount": 1}).status_code == 200
    assert stack.payment.post(f"/payments/{number}/refund", headers=key).status_code == 409
    assert stack.payment.post(f"/payments/{number}/refund").status_code == 200
    assert Scrape(stack.payment).counted("payment_calls_total", "operation", "outcome") == {
        ("charge", "paid"): 1, ("refund", "nothing"): 1, ("refund", "mismatch"): 1, ("refund", "refunded"): 1}


def test_a_pending_order_that_is_cancelled(make_stack):
    stack = make_stack(order_settings={"ORDER_DEADLINE_MS": "3000"}, uses_proxy=True)
    stack.proxy.hold_answers()
    order_id = stack.post_order(headers={"Prefer": "respond-async"}).json()["id"]
    stack.wait_for_payments(1)
    assert stack.order.post(f"/orders/{order_id}/cancel", headers={"Prefer": "respond-async"}).status_code == 202
    scrape = Scrape(stack.order)
    assert scrape.value("order_sagas_in_flight") == 2  # the overtaken one does not know yet
    assert scrape.value("http_server_requests_in_flight") == 1  # the scrape itself
    stack.proxy.release_answers()
    stack.settle()
    wait_until(lambda: Scrape(stack.order).value("order_sagas_in_flight") == 0, 20, "no saga runs")
    found = moves(stack)
    assert found[("PENDING", "CANCELLING", "cancel_requested")] == 1
    assert sum(value for (_, to, _), value in found.items() if to == "CANCELLED") == 1
    assert sagas(stack) == {"superseded": 1, "cancelled": 1}


def test_recovered_and_parked_orders(make_stack):
    stack = make_stack()
    stack.order.stop()
    add_orders(stack, [1, 2], "PENDING", due_in=-60)
    add_orders(stack, [3, 4, 5], "PENDING", attempts=10, due_in=-60)
    stack.order.start()
    stack.wait_for_terminal(1)
    stack.wait_for_terminal(2)
    wait_until(lambda: Scrape(stack.order).value("order_parked") == 3, 20, "the parked ones were counted")
    scrape = Scrape(stack.order)
    assert scrape.value("order_recovered_total") == 2
    assert scrape.value("order_last_claims_total") == 0
    assert moves(stack) == {("PENDING", "CANCELLED", "voided"): 2}
    for order_id in (3, 4, 5):
        assert stack.order.post(f"/orders/{order_id}/resume").status_code == 200
    stack.settle()
    wait_until(lambda: Scrape(stack.order).value("order_parked") == 0, 30, "none is parked any more")


def test_the_circuit_breaker(make_stack):
    stack = make_stack()
    stack.payment.stop()
    wait_until(lambda: stack.post_order().status_code and Scrape(stack.order).value("order_payment_open_breakers"), 60,
               "the breaker is open")
    scrape = Scrape(stack.order)
    assert scrape.value("order_payment_breaker_openings_total") == 1
    assert scrape.value("order_payment_calls_total", result="not_sent") >= 16
    refused = scrape.value("order_payment_breaker_refusals_total")
    assert stack.post_order().status_code == 400
    assert Scrape(stack.order).value("order_payment_breaker_refusals_total") >= refused
    stack.payment.start()
    wait_until(lambda: stack.post_order().status_code == 200, 20, "the breaker is closed")
    assert Scrape(stack.order).value("order_payment_open_breakers") == 0
    stack.settle()


def wait_for_connections(service):
    def all_up():
        scrape = Scrape(service)
        return scrape.value("database_connections") == scrape.value("database_connections_wanted") == 3
    wait_until(all_up, 20, "all connections are up")


def test_the_database(make_stack):
    stack = make_stack(uses_database_proxies=True)
    wait_for_connections(stack.order)
    assert stack.post_order().status_code == 200
    scrape = Scrape(stack.order)
    assert scrape.counted("database_units_total", "side", "outcome")[("write", "committed")] == 2
    assert scrape.counted("database_segments_total", "side", "outcome")[("write", "committed")] == 2
    assert scrape.value("database_segment_units_sum", side="write") == 2
    assert 0 < scrape.value("database_segment_duration_seconds_sum", side="write") < 60
    stack.order_db_proxy.cut_off()
    wait_until(lambda: Scrape(stack.order).value("database_connections") == 0, 20, "no connection is up")
    assert stack.post_order().status_code == 503
    scrape = Scrape(stack.order)
    assert scrape.value("service_rejected_requests_total", reason="unavailable") >= 1
    assert scrape.value("database_lost_connections_total") == 3
    assert requests_of(stack.order)[("POST", "/orders", "503")] == 1
    stack.order_db_proxy.reconnect()
    wait_until(stack.order.is_ready, 20, "it is ready again")


def test_a_lost_answer(make_stack):
    """Most times it is that of a write; recovery and the count of parked orders read now and then."""
    stack = make_stack(uses_database_proxies=True)
    wait_for_connections(stack.order)
    stack.order_db_proxy.lose_answers(1)
    assert stack.post_order().status_code == 200
    scrape = Scrape(stack.order)
    assert scrape.value("database_segments_total", outcome="lost") == 1
    assert scrape.value("database_lost_connections_total") == 1
    assert moves(stack) == {CREATED: 1, PAID: 1}


def test_histograms_are_consistent(make_stack):
    stack = make_stack()
    for _ in range(20):
        stack.post_order()
    for service in (stack.order, stack.payment):
        scrape = Scrape(service)
        histograms = [family for family in scrape.families.values() if family.type == "histogram"]
        assert len(histograms) >= 4
        for family in histograms:
            assert_is_histogram(family)
    scrape = Scrape(stack.order)
    saga = scrape.value("order_saga_duration_seconds_sum", outcome="completed")
    request = scrape.value("http_server_request_duration_seconds_sum", route="/orders")
    payment = scrape.value("order_payment_call_duration_seconds_sum", operation="charge")
    assert 0 < payment < request
    assert abs(saga - request) < 20 * 0.1  # the same orders, by two clocks


def assert_is_histogram(family):
    series = {}
    for sample in family.samples:
        labels = tuple(sorted(item for item in sample.labels.items() if item[0] != "le"))
        series.setdefault(labels, []).append(sample)
    for samples in series.values():
        buckets = [(float(sample.labels["le"]), sample.value) for sample in samples if sample.name.endswith("_bucket")]
        assert buckets == sorted(buckets) and [value for _, value in buckets] == sorted(value for _, value in buckets)
        count = next(sample.value for sample in samples if sample.name.endswith("_count"))
        total = next(sample.value for sample in samples if sample.name.endswith("_sum"))
        assert buckets[-1] == (float("inf"), count)
        assert (total > 0) <= (count > 0)


def test_the_process(make_stack):
    stack = make_stack()
    scrape = Scrape(stack.order)
    folder = pathlib.Path("/proc") / str(stack.order.process.pid)
    resident = int((folder / "statm").read_text().split()[1]) * 4096
    assert abs(scrape.value("process_resident_memory_bytes") - resident) < 8 * 1024 * 1024
    assert abs(scrape.value("process_open_fds") - len(list((folder / "fd").iterdir()))) <= 2
    assert scrape.value("process_max_fds") >= scrape.value("http_server_connections_limit")
    assert 0 < scrape.value("process_cpu_seconds_total") < 60
    now = float(subprocess.run(["date", "+%s.%N"], stdout=subprocess.PIPE, check=True).stdout)
    assert now - 60 < scrape.value("process_start_time_seconds") <= now
    assert scrape.value("loop_turn_duration_seconds_count", process="1") > 0
    assert scrape.value("loop_longest_turn_seconds") > 0
    (build,) = scrape.series("service_build_info")
    assert (build.labels["service"], build.value) == ("order", 1)
    assert scrape.value("log_lines_total", level="info") >= 2


def test_connections(make_stack):
    stack = make_stack()
    before = Scrape(stack.payment)
    after = Scrape(stack.payment)
    assert after.value("http_server_connections_accepted_total") == \
        before.value("http_server_connections_accepted_total") + 1
    assert after.value("http_server_connections") == 1
    assert after.value("http_server_unanswered_requests_total") == 0


def test_a_client_that_leaves_is_counted(make_stack):
    stack = make_stack()
    stack.payment.stop()
    stack.payment.environment["PAYMENT_FAULTS"] = "7=drop"
    stack.payment.start()
    body = {"order_id": DIRECT_ORDER_ID_FIRST, "amount": 7}
    try:
        stack.payment.post("/payments/", body)
        raise AssertionError("it was answered")
    except OSError:
        pass
    assert Scrape(stack.payment).value("http_server_unanswered_requests_total") == 1


def test_tokens(make_stack):
    """Metrics are for those who may call; who may not is counted."""
    stack = make_stack()
    stack.payment.stop()
    stack.payment.environment["AUTH_TOKEN"] = "a-token-for-the-test"
    stack.payment.start()
    for headers in ({}, {"Authorization": "Bearer another-token"}):
        assert stack.payment.get("/metrics", headers=headers).status_code == 401
        assert stack.payment.get("/nowhere", headers=headers).status_code == 401
    scrape = Scrape(stack.payment, headers={"Authorization": "Bearer a-token-for-the-test"})
    assert scrape.value("http_server_unauthorized_requests_total") == 4
    assert scrape.counted("http_server_requests_total", "route", "code") == {
        ("/metrics", "401"): 2, ("other", "401"): 2, ("/readyz", "200"): scrape.value("http_server_requests_total", code="200")}


def test_watchers(make_stack):
    stack = make_stack()
    with stack.order.get("/events", stream=True) as answer:
        assert answer.status_code == 200
        scrape = Scrape(stack.order)
        assert scrape.value("order_watchers") == 1
        assert scrape.counted("http_server_requests_total", "route", "code")[("/events", "200")] == 1
    wait_until(lambda: Scrape(stack.order).value("order_watchers") == 0, 20, "the client has gone")
    assert Scrape(stack.order).value("http_server_unanswered_requests_total") == 0


def test_admission(make_stack):
    stack = make_stack()
    assert stack.post_order().status_code == 200
    for service, prefix in ((stack.order, "order"), (stack.payment, "payment")):
        scrape = Scrape(service)
        assert scrape.value(f"{prefix}_admission_limit") >= 256
        assert scrape.value(f"{prefix}_admitted_in_flight") == 0
        assert scrape.value(f"{prefix}_admission_refusals_total") == 0


def test_many_scrapes_take_no_memory(make_stack):
    stack = make_stack()
    stack.order.stop()
    # A sanitized build keeps what was freed, up to so much.
    stack.order.environment["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
    stack.order.start()
    session = stack.order.http

    def scrape(count):
        for _ in range(count):
            assert session.get(stack.order.url + "/metrics").status_code == 200
        return Scrape(stack.order).value("process_resident_memory_bytes")
    settled = scrape(SCRAPE_COUNT // 10)
    assert scrape(SCRAPE_COUNT) - settled < 1024 * 1024
