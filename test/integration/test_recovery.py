"""Orders whose worker is gone: another one, or the next one, finishes them."""

import json

from load import Load, assert_answers_hold
from waiting import wait_until


def test_another_instance_takes_over(make_stack):
    stack = make_stack(order_settings={"ORDER_DEADLINE_MS": "2000"}, uses_proxy=True)
    other = stack.new_order_service()
    stack.services.append(other)
    stack.proxy.hold_answers()
    answer = stack.post_order(headers={"Prefer": "respond-async"})
    order_id = answer.json()["id"]
    stack.wait_for_payments(1)
    stack.order.kill()
    stack.proxy.release_answers()
    other.start()
    row = stack.wait_for_terminal(order_id)
    assert (row["status"], row["epoch"]) == ("COMPLETED", 1)
    stack.audit()


def test_a_recovered_order_goes_on_with_its_trace(make_stack):
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    stack = make_stack(order_settings={"LOG_FORMAT": "json"}, uses_proxy=True)
    stack.proxy.hold_answers()
    headers = {"Prefer": "respond-async", "traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"}
    order_id = stack.post_order(headers=headers).json()["id"]
    stack.wait_for_payments(1)
    stack.order.kill()
    stack.proxy.release_answers()
    stack.order_db.query("UPDATE orders SET next_attempt_at = now()")
    stack.order.start()
    stack.wait_for_terminal(order_id)
    story = stack.order.get(f"/orders/{order_id}/events").json()["events"]
    assert [(line["status"], line["trace_id"]) for line in story] == [("PENDING", trace_id), ("COMPLETED", trace_id)]
    line = wait_until(lambda: [json.loads(line) for line in stack.order.log().splitlines() if "Order Recovered" in line],
                      10, "it is in the log")[0]
    assert line["trace_id"] == trace_id


def test_an_order_held_for_long_is_handed_back_and_finished(make_stack):
    stack = make_stack(order_settings={"ORDER_DEADLINE_MS": "1000", "PAYMENT_TIMEOUT_MS": "200"})
    stack.payment.hang()
    order_id = stack.post_order().json()["id"]
    wait_until(lambda: stack.order_row(order_id)["epoch"] >= 1, 40, "recovery has claimed it")
    assert stack.order_row(order_id)["status"] == "PENDING"
    stack.payment.go_on()
    stack.wait_for_terminal(order_id)
    stack.settle()


def test_two_instances_on_one_database(make_stack):
    stack = make_stack()
    other = stack.new_order_service()
    stack.services.append(other)
    other.start()
    with Load(stack.order.port, client_count=8) as first, Load(other.port, client_count=8) as second:
        wait_until(lambda: min(first.count(200), second.count(200)) > 200, 30, "both serve")
    stack.settle()
    assert_answers_hold(stack, first)
    assert_answers_hold(stack, second)
