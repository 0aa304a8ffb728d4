"""POST /orders/{id}/cancel: PENDING is voided, COMPLETED is refunded, and repeating changes nothing."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from stack import BOMB
from waiting import wait_until


def cancel(stack, order_id):
    return stack.order.post(f"/orders/{order_id}/cancel")


def test_completed_order_is_refunded(stack):
    order_id = stack.post_order().json()["id"]
    answer = cancel(stack, order_id)
    assert (answer.status_code, answer.json()["status"]) == (200, "CANCELLED")
    assert stack.payment_row(order_id)["status"] == "REFUNDED"
    assert [status for status, _ in stack.events(order_id)] == ["PENDING", "COMPLETED", "CANCELLING", "CANCELLED"]
    again = cancel(stack, order_id)
    assert (again.status_code, again.content) == (200, answer.content)
    stack.settle()


def test_cancelled_order_stays_cancelled(stack):
    order_id = stack.post_order(BOMB).json()["id"]
    answer = cancel(stack, order_id)
    assert (answer.status_code, answer.json()["status"]) == (200, "CANCELLED")
    assert stack.payment_row(order_id)["status"] == "VOIDED"


def test_unknown_order_is_404(stack):
    assert cancel(stack, 987654321).status_code == 404


def test_pending_order_is_taken_back(make_stack):
    """The charge has been recorded, but its answer is held: the cancel finds PAID and refunds."""
    stack = make_stack(order_settings={"ORDER_DEADLINE_MS": "3000"}, uses_proxy=True)
    stack.proxy.hold_answers()
    order_id = stack.post_order(headers={"Prefer": "respond-async"}).json()["id"]
    stack.wait_for_payments(1)
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(cancel, stack, order_id)
        stack.wait_for_status(order_id, "CANCELLING")
        stack.proxy.release_answers()
        answer = call.result()
    assert answer.status_code in (200, 202)
    assert stack.wait_for_terminal(order_id)["status"] == "CANCELLED"
    assert stack.payment_row(order_id)["status"] in ("REFUNDED", "VOIDED")
    stack.settle()


def test_many_cancels_at_once_refund_once(stack):
    order_id = stack.post_order().json()["id"]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: cancel(stack, order_id), range(32)))
    assert {answer.status_code for answer in answers} <= {200, 202}
    stack.wait_for_terminal(order_id)
    assert stack.payment_row(order_id)["status"] == "REFUNDED"
    statuses = [status for status, _ in stack.events(order_id)]
    assert statuses == ["PENDING", "COMPLETED", "CANCELLING", "CANCELLED"]


def test_who_still_waits_is_not_told_of_a_failed_payment(make_stack):
    """The payment service takes longer than the customer's patience; nothing has failed."""
    stack = make_stack()
    stack.payment.stop()
    stack.payment.environment["PAYMENT_FAULTS"] = "8=drop"
    stack.payment.start()
    with ThreadPoolExecutor(1) as pool:
        posted = pool.submit(stack.post_order, {"item_name": "Slow", "quantity": 1, "price": 8})
        order_id = wait_until(lambda: stack.order_db.value("SELECT max(id) FROM orders"), 20, "the order is there")
        assert cancel(stack, order_id).status_code == 200
        answer = posted.result()
    assert (answer.status_code, answer.json()["detail"]) == (400, "Order cancelled")
    assert answer.json()["status"] == "CANCELLED"
    stack.settle()


@pytest.mark.parametrize("headers", [{"Origin": "http://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_page_of_another_server_takes_nothing_back(stack, headers):
    """A form there can send such a request with the browser of whoever looks at it, without asking."""
    order_id = stack.post_order().json()["id"]
    form = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    for service, path in ((stack.order, f"/orders/{order_id}/cancel"), (stack.order, f"/orders/{order_id}/resume"),
                          (stack.payment, f"/payments/{order_id}/refund"), (stack.payment, f"/payments/{order_id}/void")):
        answer = service.post(path, b"", headers=form)
        assert (answer.status_code, answer.json()) == (403, {"detail": "Not for pages of other servers"})
    assert (stack.order_row(order_id)["status"], stack.payment_row(order_id)["status"]) == ("COMPLETED", "PAID")


def test_its_own_page_may_though_a_proxy_has_changed_the_host(stack):
    order_id = stack.post_order().json()["id"]
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": "https://saga.example"}
    assert stack.order.post(f"/orders/{order_id}/cancel", headers=headers).status_code == 200
