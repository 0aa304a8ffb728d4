"""Somebody holds a lock on one row of the payment database: only the order it belongs to waits."""

import psycopg2
import pytest

from load import Load, assert_answers_hold
from waiting import wait_until

CLIENT_COUNT = 64
# Behind the orders that come while the lock is being taken.
DISTANCE = 300
# Of each client, while the lock is held: far from what is possible, far above what waiting for the lock allows.
ORDERS_EACH_MIN = 4


class LockedPayment:
    """Of an order that is still to come: inserted by a transaction that is left open."""

    def __init__(self, stack):
        self.order_id = stack.order_db.value("SELECT max(id) FROM orders") + DISTANCE
        self.connection = psycopg2.connect(stack.payment_db.url())
        with self.connection.cursor() as cursor:
            cursor.execute("INSERT INTO payments (order_id, amount, status) VALUES (%s, 1, 'VOIDED')",
                           (self.order_id,))

    def release(self):
        self.connection.close()


def start(make_stack, writers):
    stack = make_stack()
    stack.payment.stop()
    stack.payment.environment["DATABASE_WRITERS"] = writers
    stack.payment.start()
    return stack


@pytest.mark.parametrize("writers", ["1", "2"])
def test_other_orders_go_on(make_stack, writers):
    stack = start(make_stack, writers)
    with Load(stack.order.port, CLIENT_COUNT) as load:
        wait_until(lambda: load.count(200) > CLIENT_COUNT, 20, "orders complete")
        locked = LockedPayment(stack)
        try:
            wait_until(lambda: stack.order_row(locked.order_id), 20, "the order comes")
            ended_before, told_before = load.count(200, 400), load.count()
            wait_until(lambda: load.count(202), 20, "the order's client is told that it is pending")
            ended, told = load.count(200, 400) - ended_before, load.count() - told_before
            assert stack.order_row(locked.order_id)["status"] == "PENDING"
        finally:
            locked.release()
    assert ended > ORDERS_EACH_MIN * CLIENT_COUNT, (ended, told)
    assert ended > told * 0.9, (ended, told)
    stack.settle()
    assert_answers_hold(stack, load)
