"""Garbage in the place of the payment service's answers, to each kind of call; then the payment service answers well.

The garbage tells the opposite of what is recorded. An order that ends otherwise than the register says has believed it;
so has one that ends before the register is asked again. What is only unusual may be believed, as it tells the truth.
"""

import psycopg2
import pytest

from front import Front
from garbage import Lie
from garbage_cases import CASES, GARBAGE, WIRE_CASES
from stack import BOMB

PAID = Lie(200, "PAID", 100)
DECLINED = Lie(402, "FAILED", 100)
VOIDED = Lie(200, "VOIDED", None)
REFUNDED = Lie(200, "REFUNDED", 100)
BOMB_PAID = Lie(200, "PAID", BOMB["price"])

# What never comes is waited for so long; other answers come in time, or are asked for again.
SETTINGS = {"PAYMENT_TIMEOUT_MS": "250", "ORDER_DEADLINE_MS": "20000"}


def each(cases, *verbs):
    """All that none of these calls could be answered with."""
    fitting = [case for case in cases if set(verbs) <= set(case.verbs)]
    return pytest.mark.parametrize("case", fitting, ids=[case.name for case in fitting])


@pytest.fixture(name="front", scope="module")
def front_of_module():
    front = Front()
    yield front
    front.stop()


@pytest.fixture(name="stack", scope="module")
def stack_behind_front(front, stack_of_module):
    stack = stack_of_module(order_settings={**SETTINGS, "PAYMENT_SERVICE_URL": front.url})
    front.start(stack.payment.port)
    return stack


@pytest.fixture(autouse=True)
def all_is_used_and_alive(front, stack):
    yield
    assert front.open_plans() == []
    assert front.complaints == []
    assert stack.order.get("/readyz").status_code == 200


@pytest.fixture(name="statuses", scope="module")
def statuses_of_an_answer(stack):
    """statuses(answer): what the client is told, what the order is, and what is recorded."""
    databases = [psycopg2.connect(database.url()) for database in (stack.order_db, stack.payment_db)]

    def look(database, sql, order_id):
        with database, database.cursor() as cursor:
            cursor.execute(sql, (order_id,))
            return cursor.fetchone()

    def statuses(answer):
        order, payment = (look(database, sql, answer.json()["id"]) for database, sql in zip(databases, (
            "SELECT status FROM orders WHERE id = %s", "SELECT status FROM payments WHERE order_id = %s")))
        return answer.status_code, answer.json()["status"], order[0], payment and payment[0]
    yield statuses
    for database in databases:
        database.close()


COMPLETED = (200, "COMPLETED", "COMPLETED", "PAID")
FAILED = (400, "CANCELLED", "CANCELLED", "VOIDED")
TAKEN_BACK = (200, "CANCELLED", "CANCELLED", "REFUNDED")


@each(CASES, "charge")
def test_charge_that_is_not_recorded(stack, front, statuses, case):
    front.plan("charge", case, PAID)
    assert statuses(stack.post_order()) == COMPLETED


@each(WIRE_CASES, "charge")
def test_charge_that_is_recorded(stack, front, statuses, case):
    front.plan("charge", case, DECLINED, is_passed_on=True)
    assert statuses(stack.post_order()) == COMPLETED


@each(CASES, "void")
def test_void(stack, front, statuses, case):
    front.plan("void", case, BOMB_PAID)
    assert statuses(stack.post_order(BOMB)) == FAILED


@each(WIRE_CASES, "void", "refund")
def test_cancel(stack, front, statuses, case):
    """Of an order that is paid: a void that is told so, then a refund."""
    order_id = stack.post_order().json()["id"]
    front.plan("void", case, VOIDED)
    front.plan("refund", case, REFUNDED)
    answer = stack.order.post(f"/orders/{order_id}/cancel")
    assert statuses(answer) == TAKEN_BACK
    assert stack.events(order_id) == [("PENDING", "created"), ("COMPLETED", "paid"), ("CANCELLING", "cancel_requested"),
                                      ("CANCELLED", "refunded")]


def test_answer_before_the_request(stack, front, statuses):
    """It can't know the order, and tells of the last one."""
    last_id = stack.post_order().json()["id"]
    for _ in range(3):
        front.greet(BOMB_PAID.about(last_id).whole())
    front.end_connections()
    answers = [stack.post_order(BOMB) for _ in range(3)]
    assert [statuses(answer) for answer in answers] == [FAILED] * 3


def test_names_are_unique_and_as_many_as_the_documents_say():
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)
    assert len(GARBAGE) >= 180
