"""At level info the log tells the story in the words that users of the pattern know."""

import json

import pytest

from stack import BOMB
from waiting import wait_until

CREATED = "Order Created (PENDING)"
STORY_OF_A_BOMB = [CREATED, "Payment Failed (500 Error)", "Compensating Transaction executed (CANCELLED)"]


def story(lines):
    """The lines that users know; what else is logged between them is free."""
    return [line for line in lines if line in STORY_OF_A_BOMB]


def test_story_of_a_bomb_in_text(stack):
    order_id = stack.post_order(BOMB).json()["id"]
    wait_until(lambda: STORY_OF_A_BOMB[-1] in stack.order.log_lines(order_id), 5, "the story is in the log")
    assert story(stack.order.log_lines(order_id)) == STORY_OF_A_BOMB


def test_story_of_an_apple_in_text(stack):
    order_id = stack.post_order().json()["id"]
    wait_until(lambda: stack.order.log_lines(order_id), 5, "the story is in the log")
    assert story(stack.order.log_lines(order_id)) == [CREATED]


@pytest.fixture(name="json_stack", scope="module")
def stack_that_logs_json(stack_of_module):
    return stack_of_module(order_settings={"LOG_FORMAT": "json"})


def json_lines(stack, order_id):
    lines = [json.loads(line) for line in stack.order.log().splitlines()]
    return [line for line in lines if line.get("order_id") == order_id]


def test_story_of_a_bomb_in_json(json_stack):
    order_id = json_stack.post_order(BOMB).json()["id"]
    wait_until(lambda: STORY_OF_A_BOMB[-1] in [line["message"] for line in json_lines(json_stack, order_id)],
               5, "the story is in the log")
    lines = json_lines(json_stack, order_id)
    assert story(line["message"] for line in lines) == STORY_OF_A_BOMB
    assert {line["service"] for line in lines} == {"order"}
    (trace_id,) = {line["trace_id"] for line in lines}
    assert len(trace_id) == 32 and int(trace_id, 16) != 0


def test_a_caller_s_trace_is_kept(json_stack):
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    answer = json_stack.post_order(headers={"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"})
    order_id = answer.json()["id"]
    wait_until(lambda: json_lines(json_stack, order_id), 5, "the story is in the log")
    assert {line["trace_id"] for line in json_lines(json_stack, order_id)} == {trace_id}


def test_log_can_not_be_forged(json_stack):
    """What a client sends can't begin a line of its own."""
    forged = 'x\n{"message":"forged","order_id":1}'
    assert json_stack.post_order({"item_name": forged, "quantity": 1, "price": 9999}).status_code == 400
    assert json_stack.order.get("/orders/%0a%7b").status_code == 404
    assert not [line for line in json_stack.order.log().splitlines() if json.loads(line).get("message") == "forged"]
