"""Parked orders: told in the log, listed, left alone, and resumed by the operator."""

import pytest

from seed import add_orders
from test_lists import LOOK_COUNT_MAX, page
from waiting import wait_until

ATTEMPT_COUNT_MAX = 10
SUSPECT_ATTEMPT_COUNT = 3
LAST_CLAIM = "Order claimed for the last time"
RESUMED = "Order resumed by the operator"


def resume(stack, order_id):
    return stack.order.post(f"/orders/{order_id}/resume")


def park(stack, ids, status="PENDING", payment=None):
    add_orders(stack, ids, status, attempts=ATTEMPT_COUNT_MAX, due_in=-60, payment=payment)


def refuse_claims(stack):
    """So that orders that are due stay as they are."""
    stack.order_db.query("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")
    stack.order_db.query("CREATE TRIGGER no_claims BEFORE UPDATE ON orders FOR EACH ROW"
                         " WHEN (NEW.epoch <> OLD.epoch) EXECUTE FUNCTION refuse()")


def log_count(stack, order_id, message):
    return len([line for line in stack.order.log_lines(order_id) if message in line])


def wait_for_sweeps(stack):
    """An order that is due and not parked is claimed by a later sweep than any before."""
    order_id = stack.order_db.value("SELECT max(id) + 1 FROM orders")
    add_orders(stack, [order_id], "PENDING", due_in=-120)
    stack.wait_for_terminal(order_id)


def test_parked_orders_are_listed(make_stack):
    stack = make_stack()
    refuse_claims(stack)
    park(stack, [1, 2, 3])
    park(stack, [4], "CANCELLING")
    add_orders(stack, [5], "PENDING", attempts=ATTEMPT_COUNT_MAX)  # its last worker has it still
    add_orders(stack, [6], "PENDING", attempts=ATTEMPT_COUNT_MAX - 1, due_in=-60)  # to be claimed once more
    add_orders(stack, [7], "COMPLETED", attempts=ATTEMPT_COUNT_MAX, due_in=-60)
    assert page(stack, "orders", "?parked=true") == ([4, 3, 2, 1], None)
    assert page(stack, "orders", "?parked=true&limit=2") == ([4, 3], "/orders?parked=true&limit=2&before=3")
    assert page(stack, "orders", "?parked=true&limit=2&before=3") == ([2, 1], None)
    assert page(stack, "orders", "?parked=true&status=CANCELLING") == ([4], None)
    assert page(stack, "orders", "?parked=true&status=COMPLETED") == ([], None)
    assert page(stack, "orders", "?status=PENDING") == ([6, 5, 3, 2, 1], None)


def test_parked_orders_are_found_among_many(make_stack):
    """They are due for longer than all that wait to be claimed after an outage."""
    stack = make_stack()
    refuse_claims(stack)
    add_orders(stack, range(10, LOOK_COUNT_MAX + 20), "PENDING", due_in=-60)
    add_orders(stack, [1, 2, LOOK_COUNT_MAX + 100], "PENDING", attempts=ATTEMPT_COUNT_MAX, due_in=-3600)
    following = "/orders?parked=true&limit=2&before=2"
    assert page(stack, "orders", "?parked=true&limit=2") == ([LOOK_COUNT_MAX + 100, 2], following)
    assert page(stack, "orders", path=following) == ([1], None)


def test_a_suspect_is_claimed_alone(make_stack):
    """Orders of one sweep have one end of their lease, which they keep."""
    stack = make_stack()
    stack.order.stop()
    add_orders(stack, [1, 2, 4, 5], "PENDING", due_in=-60)
    add_orders(stack, [3], "PENDING", attempts=SUSPECT_ATTEMPT_COUNT, due_in=-60)
    stack.order.start()
    leases = {order_id: stack.wait_for_terminal(order_id)["next_attempt_at"] for order_id in (1, 2, 3, 4, 5)}
    assert leases[1] == leases[2] == leases[4] == leases[5]
    assert leases[3] < leases[1]


@pytest.mark.parametrize("status, end", [("PENDING", "COMPLETED"), ("CANCELLING", "CANCELLED")])
def test_a_parked_order_is_left_alone_until_it_is_resumed(make_stack, status, end):
    stack = make_stack()
    park(stack, [1], status, payment="PAID")
    wait_for_sweeps(stack)
    assert (stack.order_row(1)["status"], stack.order_row(1)["epoch"]) == (status, 0)
    answer = resume(stack, 1)
    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["status"]) == (1, status)
    assert stack.wait_for_terminal(1)["status"] == end
    assert log_count(stack, 1, RESUMED) == 1
    assert page(stack, "orders", "?parked=true") == ([], None)
    stack.settle()


def test_resume_starts_the_count_anew(make_stack):
    """No claim gets through, so that the row shows what was written."""
    stack = make_stack()
    refuse_claims(stack)
    park(stack, [1])
    assert resume(stack, 1).status_code == 200
    row = stack.order_row(1)
    assert (row["status"], row["epoch"], row["attempts"]) == ("PENDING", 0, 0)
    assert stack.order_db.value("SELECT now() - next_attempt_at BETWEEN '0' AND '20 s' FROM orders WHERE id = 1")


def test_what_is_not_parked_is_left_alone(make_stack):
    """A worker's lease is not cut short, not even the last one's, and no claim is forgotten."""
    stack = make_stack()
    refuse_claims(stack)
    for order_id, attempts, due_in in ((1, ATTEMPT_COUNT_MAX, 60), (2, 3, 60), (3, 9, -60), (4, 0, -60)):
        add_orders(stack, [order_id], "PENDING", attempts=attempts, due_in=due_in)
        before = stack.order_row(order_id)
        answer = resume(stack, order_id)
        assert (answer.status_code, answer.json()["status"]) == (200, "PENDING")
        assert stack.order_row(order_id) == before
        assert log_count(stack, order_id, RESUMED) == 0


@pytest.mark.parametrize("order_id, status", [(201, "COMPLETED"), (202, "CANCELLED")])
def test_a_final_order_is_a_conflict(stack, order_id, status):
    add_orders(stack, [order_id], status, attempts=ATTEMPT_COUNT_MAX, due_in=-60)
    before = stack.order_row(order_id)
    answer = resume(stack, order_id)
    assert answer.status_code == 409
    assert answer.json() == {"detail": "The order is final", "item_name": "Apple", "quantity": 1, "price": 100,
                             "id": order_id, "status": status}
    assert stack.order_row(order_id) == before


def test_an_unknown_order_is_404(stack):
    assert resume(stack, 999).status_code == 404
    assert stack.order.get("/orders/1/resume").status_code == 405


def test_the_last_claim_is_told(make_stack):
    """Nine claims were in vain; the tenth one's worker dies too. The log names the order and the way out."""
    stack = make_stack(uses_proxy=True, order_settings={"ORDER_DEADLINE_MS": "20000"})
    stack.proxy.hold_answers()
    for order_id, attempts in ((1, ATTEMPT_COUNT_MAX - 1), (2, ATTEMPT_COUNT_MAX - 2)):
        add_orders(stack, [order_id], "PENDING", attempts=attempts, due_in=-60)
    wait_until(lambda: log_count(stack, 2, "Order Recovered"), 20, "the other one's claim is logged")
    stack.order.kill()
    assert log_count(stack, 1, LAST_CLAIM) == 1
    assert log_count(stack, 2, LAST_CLAIM) == 0
    (line,) = [line for line in stack.order.log().splitlines() if LAST_CLAIM in line]
    assert " error " in line and "(10 claims in a row)" in line and "POST /orders/1/resume" in line
    stack.order_db.query("UPDATE orders SET next_attempt_at = now()")
    stack.proxy.release_answers()
    stack.order.start()
    stack.wait_for_terminal(2)
    assert page(stack, "orders", "?parked=true") == ([1], None)
    assert resume(stack, 1).status_code == 200
    stack.wait_for_terminal(1)
    stack.settle()
