"""Idempotency-Key on POST /orders/: one order per key, whatever repeats."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from stack import APPLE, BOMB

KEY_IS_USED = "Order not created: this Idempotency-Key has an order already"


def post(stack, key, order=None):
    return stack.post_order(order, headers={"Idempotency-Key": key})


def order_count(stack):
    return stack.order_db.value("SELECT count(*) FROM orders")


def test_same_key_and_body_replays_the_answer(stack):
    before, lines_before = order_count(stack), stack.order.log().count(KEY_IS_USED)
    first = post(stack, "replay-1")
    again = post(stack, "replay-1")
    quoted = post(stack, '"replay-1"')
    assert first.status_code == 200 and "Idempotent-Replayed" not in first.headers
    for answer in (again, quoted):
        assert (answer.status_code, answer.content) == (200, first.content)
        assert answer.headers["Idempotent-Replayed"] == "true"
    assert order_count(stack) == before + 1
    lines = [line for line in stack.order.log().splitlines() if KEY_IS_USED in line]
    assert len(lines) == lines_before + 2
    assert not [line for line in lines if "order_id" in line]
    stack.settle()


def test_a_cancelled_order_is_replayed_as_cancelled(stack):
    first = post(stack, "replay-2", BOMB)
    again = post(stack, "replay-2", BOMB)
    assert first.status_code == again.status_code == 400
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("order, key", [(APPLE, "taken-back-1"), (BOMB, "failed-1")])
def test_a_replay_tells_who_cancelled(stack, order, key):
    """The customer's cancel of an order that had failed already changes nothing."""
    first = post(stack, key, order)
    assert stack.order.post(f"/orders/{first.json()['id']}/cancel").status_code == 200
    again = post(stack, key, order)
    detail = "Order cancelled by its customer" if order is APPLE else "Payment failed, Order cancelled"
    assert again.status_code == 400
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == {**first.json(), "status": "CANCELLED", "detail": detail}
    assert list(again.json()) == ["detail", "item_name", "quantity", "price", "id", "status"]


@pytest.mark.parametrize("change", [{"price": 101}, {"quantity": 2}, {"item_name": "Apples"}])
def test_same_key_with_another_body_is_refused(stack, change):
    key = f"reused-{sorted(change)[0]}"
    assert post(stack, key).status_code == 200
    before = order_count(stack)
    answer = post(stack, key, {**APPLE, **change})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["header", "Idempotency-Key"]
    assert order_count(stack) == before


@pytest.mark.parametrize("key", ["", '""', "a b", "k" * 256, "caf\xe9"])
def test_malformed_keys(stack, key):
    before = order_count(stack)
    assert post(stack, key.encode("latin-1")).status_code == 400
    assert order_count(stack) == before


def test_running_order_is_409(make_stack):
    stack = make_stack(order_settings={"ORDER_DEADLINE_MS": "20000"}, uses_proxy=True)
    stack.proxy.hold_answers()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(post, stack, "running")
        stack.wait_for_payments(1)
        again = post(stack, "running")
        assert again.status_code == 409
        assert again.headers["Retry-After"] and again.headers["Location"] == f"/orders/{again.json()['id']}"
        stack.proxy.release_answers()
        assert first.result().status_code == 200
    assert post(stack, "running").content == first.result().content
    stack.settle()


def test_one_key_at_once_makes_one_order(stack):
    before = order_count(stack)
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda _: post(stack, "at-once"), range(64)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    ids = {answer.json()["id"] for answer in answers}
    assert len(ids) == 1
    assert order_count(stack) == before + 1
    stack.settle()


def test_a_key_never_leads_to_an_order_that_merely_has_its_number(make_stack):
    """The numbers begin anew, as after a restore of the sequence alone."""
    stack = make_stack()
    first = stack.post_order().json()
    stack.order.stop()
    stack.order_db.query("SELECT setval('order_id_blocks', 1, false)")
    stack.order.start()
    assert post(stack, "k").status_code == 503
    assert stack.order_db.value("SELECT count(*) FROM idempotency_keys") == 0
    answer = post(stack, "k")
    assert answer.status_code == 200
    assert answer.json()["id"] != first["id"]
    assert "Idempotent-Replayed" not in answer.headers
    stack.settle()
