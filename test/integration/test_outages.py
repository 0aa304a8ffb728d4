"""The payment service or a PostgreSQL is stopped, hangs, and comes back; nobody restarts the rest."""

import requests

from stack import APPLE, DIRECT_ORDER_ID_FIRST
from waiting import Stopwatch, wait_until

DEADLINE_SECONDS = 1.5
SHORT_DEADLINE = {"ORDER_DEADLINE_MS": str(int(DEADLINE_SECONDS * 1000))}
# What a busy machine and a sanitized build may add to a deadline.
SLACK_SECONDS = 1.0
AT_ONCE_SECONDS = 0.9


def assert_pending(answer):
    assert answer.status_code == 202, answer.text
    order = answer.json()
    assert order == {**APPLE, "id": order["id"], "status": "PENDING"}
    assert answer.headers["Location"] == f"/orders/{order['id']}"
    assert int(answer.headers["Retry-After"]) >= 1
    return order["id"]


def assert_unavailable_at_once(call):
    watch = Stopwatch()
    answer = call()
    assert watch.seconds < AT_ONCE_SECONDS
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["Retry-After"]) >= 1
    assert isinstance(answer.json()["detail"], str)


def assert_terminal_and_consistent(stack, order_id):
    row = stack.wait_for_terminal(order_id)
    expected = {"COMPLETED": "PAID", "CANCELLED": "VOIDED"}[row["status"]]
    assert stack.payment_row(order_id)["status"] == expected
    # Reads have a connection of their own, which may come back later than that for writes.
    wait_until(lambda: stack.order.get(f"/orders/{order_id}").json().get("status") == row["status"], 15,
               "clients are told the same")


def test_payment_stopped(make_stack):
    stack = make_stack(order_settings=SHORT_DEADLINE)
    assert stack.post_order().status_code == 200
    stack.payment.stop()
    watch = Stopwatch()
    answer = stack.post_order()
    assert watch.seconds < DEADLINE_SECONDS + SLACK_SECONDS
    order_id = answer.json()["id"]
    assert answer.status_code == 400, answer.text
    assert answer.json() == {"detail": "Payment failed, Order cancelled", **APPLE, "id": order_id,
                             "status": "CANCELLED"}
    assert stack.order_row(order_id)["status"] == "CANCELLED"
    stack.payment.start()
    assert stack.payment_row(order_id) is None
    assert stack.post_order().status_code == 200
    stack.settle()


def test_payment_stopped_and_started_within_the_deadline(make_stack):
    """An order must not be cancelled for a restart of the payment service that it could wait for."""
    stack = make_stack(order_settings={"ORDER_DEADLINE_MS": "20000"})
    stack.payment.stop()
    answer = stack.post_order(headers={"Prefer": "respond-async"})
    order_id = assert_pending(answer)
    stack.payment.start()
    assert stack.wait_for_terminal(order_id)["status"] in ("COMPLETED", "CANCELLED")
    stack.settle()


def test_payment_hanging(make_stack):
    stack = make_stack(order_settings=SHORT_DEADLINE)
    stack.payment.hang()
    watch = Stopwatch()
    order_id = assert_pending(stack.post_order())
    assert DEADLINE_SECONDS - 0.2 <= watch.seconds < DEADLINE_SECONDS + SLACK_SECONDS
    assert stack.order.get(f"/orders/{order_id}").json()["status"] == "PENDING"
    stack.payment.go_on()
    assert_terminal_and_consistent(stack, order_id)
    assert stack.post_order().status_code == 200
    stack.settle()


def test_payment_hanging_does_not_keep_async_callers(make_stack):
    stack = make_stack(order_settings=SHORT_DEADLINE)
    stack.payment.hang()
    watch = Stopwatch()
    order_id = assert_pending(stack.post_order(headers={"Prefer": "respond-async"}))
    assert watch.seconds < AT_ONCE_SECONDS
    stack.payment.go_on()
    assert_terminal_and_consistent(stack, order_id)


def test_order_database_stopped(make_stack, clusters):
    stack = make_stack()
    order_id = stack.post_order().json()["id"]
    clusters["order"].stop()
    try:
        for _ in range(3):
            assert_unavailable_at_once(stack.post_order)
        assert_unavailable_at_once(lambda: stack.order.get(f"/orders/{order_id}"))
        assert stack.order.get("/readyz").status_code == 503
        assert stack.order.get("/healthz").status_code == 200
        assert stack.payment.get("/readyz").status_code == 200
    finally:
        clusters["order"].start()
    wait_until(lambda: stack.order.get("/readyz").status_code == 200, 15, "the order service is ready again")
    assert stack.post_order().status_code == 200
    assert stack.order.get(f"/orders/{order_id}").json()["status"] == "COMPLETED"
    stack.settle()


def test_payment_database_stopped(make_stack, clusters):
    stack = make_stack(order_settings=SHORT_DEADLINE)
    assert stack.post_order().status_code == 200
    clusters["payment"].stop()
    payment = {"order_id": DIRECT_ORDER_ID_FIRST, "amount": 1}
    try:
        assert_unavailable_at_once(lambda: stack.payment.post("/payments/", payment))
        assert_unavailable_at_once(lambda: stack.payment.post(f"/payments/{DIRECT_ORDER_ID_FIRST}/void"))
        assert_unavailable_at_once(lambda: stack.payment.get(f"/payments/{DIRECT_ORDER_ID_FIRST}"))
        assert stack.payment.get("/readyz").status_code == 503
        watch = Stopwatch()
        order_id = assert_pending(stack.post_order())
        assert watch.seconds < DEADLINE_SECONDS + SLACK_SECONDS
    finally:
        clusters["payment"].start()
    assert_terminal_and_consistent(stack, order_id)
    wait_until(lambda: stack.payment.get("/readyz").status_code == 200, 15, "the payment service is ready again")
    assert stack.post_order().status_code == 200
    stack.settle()


def test_both_databases_crash(make_stack, clusters):
    """As if each server had crashed; the orders that were under way are finished."""
    stack = make_stack(uses_proxy=True)
    stack.proxy.hold_answers()
    order_id = assert_pending(stack.post_order(headers={"Prefer": "respond-async"}))
    for cluster in clusters.values():
        cluster.stop("immediate")
    stack.proxy.release_answers()
    for cluster in clusters.values():
        cluster.start()
    assert_terminal_and_consistent(stack, order_id)
    stack.settle()


def test_services_started_before_their_databases(make_stack, clusters):
    stack = make_stack()
    for service in stack.services:
        service.stop()
    for cluster in clusters.values():
        cluster.stop()
    try:
        for service in stack.services:
            service.start(wait=False)
            wait_until(lambda one=service: answers(one, "/healthz", 200), 10, "it lives")
            assert service.get("/readyz").status_code == 503
    finally:
        for cluster in clusters.values():
            cluster.start()
    for service in stack.services:
        wait_until(service.is_ready, 15, "it is ready")
    assert stack.post_order().status_code == 200


def answers(service, path, code):
    try:
        return service.get(path).status_code == code
    except requests.ConnectionError:
        return False
