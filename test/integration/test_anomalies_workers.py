"""Orders that two workers believe to have, or nobody has any more: docs/saga.md, "When something fails".

A lease of 15 s is not waited for: its end is written into the row, by the database's clock.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from seed import add_orders
from stack import APPLE
from waiting import wait_until

PATIENT = {"ORDER_DEADLINE_MS": "30000", "PAYMENT_TIMEOUT_MS": "30000"}
ASYNC = {"Prefer": "respond-async"}

# As in services/order/recovery.h.
RECOVERED_AT_ONCE_MAX = 512


def end_lease(stack, order_id):
    stack.order_db.query("UPDATE orders SET next_attempt_at = now() WHERE id = %s", (order_id,))


def only_order_id(stack):
    return stack.order_db.value("SELECT id FROM orders")


def start_other_worker(stack):
    """It has no proxy before anything, and so nothing that is held."""
    other = stack.new_order_service()
    other.environment.update(DATABASE_URL=stack.order_db.url(), PAYMENT_SERVICE_URL=stack.payment.url)
    stack.services.append(other)
    other.start()
    return other


def claimed_ids(stack):
    return {row["id"] for row in stack.order_db.query("SELECT id FROM orders WHERE epoch > 0")}


def test_worker_that_slept_past_its_lease_finds_its_order_completed(make_stack):
    """A14: it was charged; the one who takes over is told PAID by the void, and both come to the same end."""
    stack = make_stack(order_settings=PATIENT, uses_proxy=True)
    stack.proxy.hold_answers()
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(stack.post_order)
        stack.wait_for_payments(1)
        stack.order.hang()
        order_id = only_order_id(stack)
        start_other_worker(stack)
        end_lease(stack, order_id)
        assert stack.wait_for_terminal(order_id)["status"] == "COMPLETED"
        stack.proxy.release_answers()
        stack.order.go_on()
        answer = call.result()
    assert (answer.status_code, answer.json()["status"]) == (200, "COMPLETED")
    assert stack.events(order_id) == [("PENDING", "created"), ("COMPLETED", "paid")]
    stack.settle()


def test_worker_that_slept_past_its_lease_can_not_charge_any_more(make_stack):
    """A14, A24: it has not charged yet; the tombstone of the one who took over meets its late charge."""
    stack = make_stack(order_settings=PATIENT, uses_database_proxies=True)
    stack.order_db_proxy.hold_answers()
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(stack.post_order)
        wait_until(lambda: stack.pending_count() == 1, 20, "the order is inserted")
        stack.order.hang()
        order_id = only_order_id(stack)
        start_other_worker(stack)
        end_lease(stack, order_id)
        assert stack.wait_for_terminal(order_id)["status"] == "CANCELLED"
        stack.order_db_proxy.release_answers()
        stack.order.go_on()
        answer = call.result()
    assert (answer.status_code, answer.json()["status"]) == (400, "CANCELLED")
    stack.payment.wait_for_line(order_id, "Charge answered (VOIDED)")
    assert stack.payment_row(order_id)["status"] == "VOIDED"
    assert stack.events(order_id) == [("PENDING", "created"), ("CANCELLED", "voided")]
    stack.settle()


def test_worker_whose_epoch_is_over_moves_nothing(make_stack):
    """A24: somebody else has claimed the order, and has not written anything yet."""
    stack = make_stack(order_settings=PATIENT, uses_proxy=True)
    stack.proxy.hold_answers()
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(stack.post_order)
        stack.wait_for_payments(1)
        order_id = only_order_id(stack)
        stack.order_db.query("UPDATE orders SET epoch = epoch + 1 WHERE id = %s", (order_id,))
        stack.proxy.release_answers()
        assert call.result().status_code == 202
    stack.order.wait_for_line(order_id, "Order was moved on by another worker")
    assert stack.order_row(order_id)["status"] == "PENDING"
    end_lease(stack, order_id)
    row = stack.wait_for_terminal(order_id)
    assert (row["status"], row["epoch"]) == ("COMPLETED", 2)
    stack.settle()


@pytest.mark.parametrize("hours", [1, -1], ids=["fast", "slow"])
def test_lease_is_counted_by_the_database(make_stack, hours):
    """A15: an hour between the database's clock and the service's takes no order away too soon, nor leaves one."""
    stack = make_stack(order_settings=PATIENT, uses_proxy=True)
    stack.order.stop()
    stack.order_db.query("CREATE SCHEMA skewed")
    stack.order_db.query("CREATE FUNCTION skewed.now() RETURNS timestamptz STABLE LANGUAGE sql"
                         f" AS $$ SELECT pg_catalog.now() + interval '{hours} hours' $$")
    stack.order_db.query(f'ALTER DATABASE "{stack.order_db.name}" SET search_path = skewed, pg_catalog, public')
    stack.order.start()
    stack.proxy.hold_answers()
    held, left = (stack.post_order(headers=ASYNC).json()["id"] for _ in range(2))
    stack.wait_for_payments(2)
    end_lease(stack, left)
    wait_until(lambda: stack.order_row(left)["epoch"] == 1, 10, "the order whose lease has ended is claimed")
    assert stack.order_row(held)["epoch"] == 0
    stack.proxy.release_answers()
    stack.settle()
    assert {stack.order_row(order_id)["status"] for order_id in (held, left)} == {"COMPLETED"}


def test_recovered_order_that_was_not_charged_never_is(make_stack):
    """A27: its worker died before the charge; whoever posted it was told nothing, and waits no longer."""
    stack = make_stack(order_settings=PATIENT, uses_database_proxies=True)
    stack.order_db_proxy.hold_answers()
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(stack.post_order)
        wait_until(lambda: stack.pending_count() == 1, 20, "the order is inserted")
        order_id = only_order_id(stack)
        stack.order.kill()
        assert isinstance(call.exception(), OSError)
    stack.order_db_proxy.release_answers()
    end_lease(stack, order_id)
    stack.order.start()
    assert stack.wait_for_terminal(order_id)["status"] == "CANCELLED"
    assert stack.payment_row(order_id)["status"] == "VOIDED"
    assert not [line for line in stack.payment.log_lines(order_id) if line.startswith("Charge")]
    stack.settle()


def test_backlog_is_recovered_in_portions_and_oldest_first(make_stack):
    """A26: as after a long outage; the payment service hangs, so that nothing ends before it is counted."""
    stack = make_stack(order_settings={"PAYMENT_TIMEOUT_MS": "30000"})
    stack.order.stop()
    stack.payment.hang()
    newer, older = range(1, 201), range(201, 201 + RECOVERED_AT_ONCE_MAX)
    add_orders(stack, newer, "PENDING", due_in=-60)
    add_orders(stack, older, "PENDING", due_in=-120)
    stack.order.start()
    wait_until(lambda: len(claimed_ids(stack)) >= RECOVERED_AT_ONCE_MAX, 20, "as many as may be are claimed")
    assert claimed_ids(stack) == set(older)
    stack.payment.go_on()
    stack.settle()


def test_key_tells_what_became_of_an_order_whose_worker_died(make_stack):
    """A11: the order is durable, its client has heard nothing and posts again with its key: one order, one charge."""
    stack = make_stack(order_settings=PATIENT, uses_proxy=True)
    headers = {"Idempotency-Key": "once"}
    stack.proxy.hold_answers()
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(stack.post_order, headers=headers)
        stack.wait_for_payments(1)
        order_id = only_order_id(stack)
        stack.order.kill()
        assert isinstance(call.exception(), OSError)
    stack.proxy.release_answers()
    stack.order.start()
    running = stack.post_order(headers=headers)
    assert (running.status_code, running.json()["id"]) == (409, order_id)
    end_lease(stack, order_id)
    stack.wait_for_terminal(order_id)
    answer = stack.post_order(headers=headers)
    assert (answer.status_code, answer.json()) == (200, {**APPLE, "id": order_id, "status": "COMPLETED"})
    assert stack.payment_db.value("SELECT count(*) FROM payments") == 1
    stack.settle()


def test_key_tells_what_became_of_an_unknown_insert(make_stack):
    """A16: told 503, as nobody knew whether the insert was committed; the same key finds the one order."""
    stack = make_stack(order_settings={"ORDER_DEADLINE_MS": "1000"}, uses_database_proxies=True)
    headers = {"Idempotency-Key": "once"}
    stack.order_db_proxy.hold_answers()
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(stack.post_order, headers=headers)
        wait_until(lambda: stack.pending_count() == 1, 20, "the order is inserted")
        stack.order_db_proxy.cut_off()
        stack.order_db_proxy.release_answers()
        assert call.result().status_code == 503
    order_id = only_order_id(stack)
    stack.order_db_proxy.reconnect()
    stack.wait_for_terminal(order_id)
    wait_until(stack.order.is_ready, 15, "the order service is ready again")
    answer = stack.post_order(headers=headers)
    assert (answer.status_code, answer.json()["id"], answer.json()["status"]) == (400, order_id, "CANCELLED")
    assert stack.payment_db.value("SELECT count(*) FROM payments WHERE status = 'PAID'") == 0
    stack.settle()
