"""Answers and requests lost between the services: paid and completed, or neither, whatever was lost."""

import pytest

from stack import APPLE, BOMB

SHORT_DEADLINE = {"ORDER_DEADLINE_MS": "1500"}


@pytest.fixture(name="stack", scope="module")
def stack_with_proxy(stack_of_module):
    return stack_of_module(uses_proxy=True)


def assert_all_faults_used(stack, count):
    assert stack.proxy.fault_count == count
    stack.audit()


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("fault", [
    lambda proxy, count: proxy.lose_answers(count),
    lambda proxy, count: proxy.cut_answers(count, 1),
    lambda proxy, count: proxy.cut_answers(count, 40),
    lambda proxy, count: proxy.lose_requests(count),
], ids=["answer lost", "one byte of the answer", "answer cut in the middle", "request lost"])
def test_charge_is_repeated_until_it_is_answered(stack, fault, count):
    used = stack.proxy.fault_count
    fault(stack.proxy, count)
    answer = stack.post_order()
    assert (answer.status_code, answer.json()["status"]) == (200, "COMPLETED")
    assert stack.payment_row(answer.json()["id"])["status"] == "PAID"
    assert_all_faults_used(stack, used + count)


def test_answer_cut_behind_its_head(stack):
    """The head is complete, and of the body all but its last byte has come."""
    whole = stack.payment.get(f"/payments/{stack.post_order().json()['id']}")
    used = stack.proxy.fault_count
    head_size = sum(len(f"{name}: {value}\r\n") for name, value in whole.headers.items())
    stack.proxy.cut_answers(1, head_size + len("HTTP/1.1 200 OK\r\n\r\n") + len(whole.content) // 2)
    assert stack.post_order().status_code == 200
    assert_all_faults_used(stack, used + 1)


@pytest.mark.parametrize("count", [1, 2])
def test_bomb_is_cancelled_though_answers_are_lost(stack, count):
    """Lost: the 500 of the charge and, with two, that of its repetition."""
    used = stack.proxy.fault_count
    stack.proxy.lose_answers(count)
    answer = stack.post_order(BOMB)
    assert (answer.status_code, answer.json()["status"]) == (400, "CANCELLED")
    assert stack.payment_row(answer.json()["id"])["status"] == "VOIDED"
    assert_all_faults_used(stack, used + count)


def test_answers_late_but_in_time(stack):
    """A slow answer is waited for; the order is charged once."""
    stack.proxy.hold_answers()
    requests_before = stack.proxy.request_count
    answer = stack.post_order(headers={"Prefer": "respond-async"})
    stack.proxy.wait_for_requests(requests_before + 1)
    stack.proxy.release_answers()
    assert stack.wait_for_terminal(answer.json()["id"])["status"] == "COMPLETED"


@pytest.mark.parametrize("order", [APPLE, BOMB], ids=["Apple", "Bomb"])
def test_all_answers_lost_beyond_the_deadline(make_stack, order):
    """The client gets 202; when answers pass again, the register decides."""
    stack = make_stack(order_settings=SHORT_DEADLINE, uses_proxy=True)
    stack.proxy.lose_answers(10_000)
    answer = stack.post_order(order)
    assert (answer.status_code, answer.json()["status"]) == (202, "PENDING")
    order_id = answer.json()["id"]
    assert stack.order_row(order_id)["status"] == "PENDING"
    stack.proxy.end_faults()
    row, payment = stack.wait_for_terminal(order_id), stack.payment_row(order_id)
    expected = ("COMPLETED", "PAID") if order is APPLE else ("CANCELLED", "VOIDED")
    assert (row["status"], payment["status"]) == expected
    stack.settle()


def test_all_requests_lost_beyond_the_deadline(make_stack):
    """Bytes have left, so nobody knows: never CANCELLED without the void's answer."""
    stack = make_stack(order_settings=SHORT_DEADLINE, uses_proxy=True)
    stack.proxy.lose_requests(10_000)
    answer = stack.post_order()
    assert (answer.status_code, answer.json()["status"]) == (202, "PENDING")
    order_id = answer.json()["id"]
    assert stack.payment_row(order_id) is None
    stack.proxy.end_faults()
    status = stack.wait_for_terminal(order_id)["status"]
    assert stack.payment_row(order_id)["status"] == {"COMPLETED": "PAID", "CANCELLED": "VOIDED"}[status]
    stack.settle()
