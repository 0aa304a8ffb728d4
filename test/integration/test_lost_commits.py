"""A database connection breaks when nobody knows whether the commit happened: nothing is lost or doubled."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from stack import APPLE, BOMB, DIRECT_ORDER_ID_FIRST
from waiting import wait_until

# What the order service writes for one order, in this order.
INSERT, MOVE = 0, 1


@pytest.fixture(name="stack", scope="module")
def stack_with_database_proxies(stack_of_module):
    return stack_of_module(uses_database_proxies=True)


def assert_order_ends_well(stack, order, proxy):
    """The client may be told 503 where the insert's outcome stays unknown, but no order stays behind."""
    used = proxy.fault_count
    answer = stack.post_order(order)
    assert proxy.fault_count > used, "nothing was lost: the test tests nothing"
    expected = (200, "COMPLETED") if order is APPLE else (400, "CANCELLED")
    assert (answer.status_code, answer.json().get("status")) == expected, answer.text
    stack.settle()


@pytest.mark.parametrize("order", [APPLE, BOMB], ids=["Apple", "Bomb"])
@pytest.mark.parametrize("passing", [INSERT, MOVE], ids=["insert", "move"])
def test_commit_of_an_order_is_not_acknowledged(stack, order, passing):
    """The row is there, and the acknowledgement is lost: the same statement again must change nothing."""
    stack.order_db_proxy.lose_answers(1, after=passing)
    assert_order_ends_well(stack, order, stack.order_db_proxy)


@pytest.mark.parametrize("order", [APPLE, BOMB], ids=["Apple", "Bomb"])
def test_statement_never_reaches_the_order_database(stack, order):
    stack.order_db_proxy.lose_requests(1)
    assert_order_ends_well(stack, order, stack.order_db_proxy)


@pytest.mark.parametrize("order", [APPLE, BOMB], ids=["Apple", "Bomb"])
def test_commit_of_a_payment_is_not_acknowledged(stack, order):
    """Apple: of the charge; Bomb: of the void."""
    stack.payment_db_proxy.lose_answers(1)
    assert_order_ends_well(stack, order, stack.payment_db_proxy)


@pytest.mark.parametrize("order", [APPLE, BOMB], ids=["Apple", "Bomb"])
def test_statement_never_reaches_the_payment_database(stack, order):
    stack.payment_db_proxy.lose_requests(1)
    assert_order_ends_well(stack, order, stack.payment_db_proxy)


def test_caller_of_the_payment_service_may_repeat(stack):
    """Without an order service that repeats by itself: 503 or 200, then the one row."""
    payment = {"order_id": DIRECT_ORDER_ID_FIRST, "amount": 7}
    stack.payment_db_proxy.lose_answers(1)
    assert stack.payment.post("/payments/", payment).status_code in (200, 503)
    again = stack.payment.post("/payments/", payment)
    assert (again.status_code, again.json()["status"]) == (200, "PAID")
    assert stack.payment_db.value("SELECT count(*) FROM payments WHERE order_id = %s", (DIRECT_ORDER_ID_FIRST,)) == 1


def test_insert_not_acknowledged_within_the_deadline(make_stack):
    """The client is told 503, so the order that is there nevertheless is cancelled and never charged."""
    stack = make_stack(order_settings={"ORDER_DEADLINE_MS": "1000"}, uses_database_proxies=True)
    proxy = stack.order_db_proxy
    proxy.hold_answers()
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(stack.post_order)
        wait_until(lambda: stack.pending_count() == 1, 20, "the order is inserted")
        proxy.cut_off()
        proxy.release_answers()
        assert call.result().status_code == 503
    proxy.reconnect()
    stack.settle()
    assert stack.order_db.query("SELECT status FROM orders") == [{"status": "CANCELLED"}]
    assert stack.payment_db.value("SELECT count(*) FROM payments") == 0
    wait_until(stack.order.is_ready, 15, "the order service is ready again")
    assert stack.post_order().status_code == 200


def test_move_not_acknowledged_within_the_deadline(make_stack):
    """The client is told 202; the database decides, and the history has one line for it."""
    stack = make_stack(order_settings={"ORDER_DEADLINE_MS": "1000"}, uses_proxy=True, uses_database_proxies=True)
    stack.proxy.hold_answers()
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(stack.post_order)
        wait_until(lambda: stack.payment_db.value("SELECT count(*) FROM payments") == 1, 20, "it is charged")
        stack.order_db_proxy.hold_answers()
        stack.proxy.release_answers()
        wait_until(lambda: stack.pending_count() == 0, 20, "the order is moved")
        stack.order_db_proxy.cut_off()
        stack.order_db_proxy.release_answers()
        assert call.result().status_code == 202
    stack.order_db_proxy.reconnect()
    wait_until(stack.order.is_ready, 15, "the order service is ready again")
    stack.settle()
    assert stack.post_order().status_code == 200


def test_several_orders_share_a_lost_commit(stack):
    """Natural batching puts orders that come together into one commit; it is lost for all of them."""
    for _ in range(5):
        stack.order_db_proxy.lose_answers(2, after=2)
        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda _: stack.post_order(), range(16)))
        stack.order_db_proxy.end_faults()
        assert {answer.status_code for answer in answers} <= {200, 202, 503}
        stack.settle()
    told = [answer.json()["id"] for answer in answers if answer.status_code != 503]
    assert len(told) == len(set(told))
