"""Charges that hang, among others that do not: nobody else's order fails for them."""

import threading
from concurrent.futures import ThreadPoolExecutor

from stack import APPLE
from waiting import wait_until

HANGING = {"item_name": "Pear", "quantity": 1, "price": 3}


def start(make_stack):
    stack = make_stack()
    stack.payment.stop()
    stack.payment.environment["PAYMENT_FAULTS"] = f"{HANGING['price']}=hang"
    stack.payment.start()
    return stack


def hang_one(stack):
    answer = stack.post_order(HANGING, headers={"Prefer": "respond-async"})
    assert answer.status_code == 202
    wait_until(lambda: "Fault by amount (hang)" in stack.payment.log(), 10, "it hangs")
    return answer.json()["id"]


def post_paced(stack, orders, seconds):
    """One order each so many seconds, however long the answers take."""
    never = threading.Event()
    posted = []
    with ThreadPoolExecutor(max_workers=len(orders)) as clients:
        for order in orders:
            posted.append(clients.submit(stack.post_order, order))
            never.wait(seconds)
    return [future.result() for future in posted]


def assert_all_completed(stack, answers):
    codes = [answer.status_code for answer in answers]
    assert codes == [200] * len(codes)
    assert "circuit breaker open" not in stack.order.log()


def count_unknown(stack, answers):
    log = stack.order.log_lines
    return sum("Payment Unknown (no definite answer)" in log(answer.json()["id"]) for answer in answers)


def test_orders_one_by_one_while_a_charge_hangs(make_stack):
    stack = start(make_stack)
    hanging = hang_one(stack)
    answers = post_paced(stack, [APPLE] * 100, 0.02)
    assert_all_completed(stack, answers)
    assert count_unknown(stack, answers) <= 10, "so many were sent behind it"
    assert stack.wait_for_terminal(hanging)["status"] == "CANCELLED"
    stack.settle()


def test_every_tenth_charge_hangs(make_stack):
    stack = start(make_stack)
    answers = post_paced(stack, ([HANGING] + [APPLE] * 9) * 10, 0.04)
    assert_all_completed(stack, [answer for answer in answers if answer.json()["price"] == APPLE["price"]])
    stack.settle()
