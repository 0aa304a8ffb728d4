"""At level info the log tells the story in the words that users of the pattern know; and it never stops the service."""

import json
import os
import re
import socket
import struct
import subprocess

import pytest

from load import Load
from scrape import Scrape
from stack import BOMB
from waiting import wait_until

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"

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
    stack = stack_of_module(order_settings={"LOG_FORMAT": "json"}, uses_proxy=True)
    stack.payment.stop()
    stack.payment.environment["LOG_FORMAT"] = "json"
    stack.payment.log_path.unlink()
    stack.payment.start()
    return stack


def json_lines(stack, order_id, service=None):
    lines = [json.loads(line) for line in (service or stack.order).log().splitlines()]
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
    headers = {"traceparent": f"00-{TRACE_ID}-00f067aa0ba902b7-01", "tracestate": "rojo=00f067aa0ba902b7,congo=t61"}
    order_id = json_stack.post_order(headers=headers).json()["id"]
    for service in (json_stack.order, json_stack.payment):
        lines = wait_until(lambda service=service: json_lines(json_stack, order_id, service), 5, "it is in the log")
        assert {line["trace_id"] for line in lines} == {TRACE_ID}
    sent = json_stack.proxy.last_request.decode()
    (span_id,) = re.findall(rf"\r\ntraceparent: 00-{TRACE_ID}-([0-9a-f]{{16}})-01\r\n", sent)
    assert span_id != "00f067aa0ba902b7"
    assert "\r\ntracestate: rojo=00f067aa0ba902b7,congo=t61\r\n" in sent


@pytest.mark.parametrize("traceparent", ["", f"00-{TRACE_ID}-0000000000000000-01"])
def test_a_new_trace_is_started_without_a_good_one(json_stack, traceparent):
    """A state belongs to the trace that it came with."""
    order_id = json_stack.post_order(headers={"traceparent": traceparent, "tracestate": "rojo=1"}).json()["id"]
    lines = wait_until(lambda: json_lines(json_stack, order_id, json_stack.payment), 5, "it is in the log")
    (trace_id,) = {line["trace_id"] for line in lines}
    assert trace_id != TRACE_ID
    sent = json_stack.proxy.last_request.decode()
    assert f"\r\ntraceparent: 00-{trace_id}-" in sent
    assert "tracestate" not in sent


def test_the_longest_state_is_passed_on(json_stack):
    state = "rojo=" + "x" * 507
    headers = {"traceparent": f"00-{TRACE_ID}-00f067aa0ba902b7-01", "tracestate": state}
    assert json_stack.post_order(headers=headers).status_code == 200
    assert f"\r\ntracestate: {state}\r\n" in json_stack.proxy.last_request.decode()
    headers["tracestate"] += "x"
    assert json_stack.post_order(headers=headers).status_code == 200
    assert "tracestate" not in json_stack.proxy.last_request.decode()


def test_a_client_that_has_gone_is_told(json_stack):
    """By a reset: whoever merely ends its side still gets the answer."""
    json_stack.proxy.hold_answers()
    with socket.create_connection(("127.0.0.1", json_stack.order.port)) as client:
        body = json.dumps({"item_name": "Gone", "quantity": 1, "price": 1}).encode()
        client.sendall(b"POST /orders HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                       b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        find = "SELECT max(id) FROM orders WHERE item_name = 'Gone'"
        order_id = wait_until(lambda: json_stack.order_db.value(find), 20, "the order is there")
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    unanswered = "http_server_unanswered_requests_total"
    wait_until(lambda: Scrape(json_stack.order).value(unanswered) == 1, 20, "its end is counted")
    json_stack.proxy.release_answers()
    told = "Client gone before its answer"
    (line,) = wait_until(lambda: [line for line in json_lines(json_stack, order_id) if line["message"] == told], 20, "it is told")
    assert line["level"] == "info" and len(line["trace_id"]) == 32
    json_stack.wait_for_terminal(order_id)
    assert json_stack.order.get(f"/orders/{order_id}").json()["status"] == "COMPLETED"


def test_log_can_not_be_forged(json_stack):
    """What a client sends can't begin a line of its own."""
    forged = 'x\n{"message":"forged","order_id":1}'
    assert json_stack.post_order({"item_name": forged, "quantity": 1, "price": 9999}).status_code == 400
    assert json_stack.order.get("/orders/%0a%7b").status_code == 404
    assert not [line for line in json_stack.order.log().splitlines() if json.loads(line).get("message") == "forged"]


def test_a_full_pipe_stops_nothing(make_stack):
    """Nobody reads it until the memory for lines is full too, 1 MiB; then what is missing is counted."""
    stack = make_stack()
    stack.order.stop()
    environment = {**stack.order.environment, "LOG_LEVEL": "debug", "LOG_FORMAT": "json"}
    stack.order.process = subprocess.Popen([str(stack.order.binary)], env=environment, stderr=subprocess.PIPE)
    pipe = stack.order.process.stderr
    wait_until(stack.order.is_ready, 20, "it is ready")
    with Load(stack.order.port, client_count=16) as load:
        wait_until(lambda: load.count(200) > 8000, 100, "it works though nobody reads")
    os.set_blocking(pipe.fileno(), False)
    read = bytearray()

    def is_told():
        read.extend(pipe.read() or b"")
        return stack.post_order().status_code == 200 and b"lines dropped" in read
    wait_until(is_told, 30, "what is missing is told")
    lines = [json.loads(line) for line in read.decode().splitlines()[:-1]]
    told = [line["message"] for line in lines if "lines dropped" in line["message"]]
    assert int(re.match(r"\d+", told[0]).group()) > 0
    assert Scrape(stack.order).value("log_dropped_lines_total") >= sum(int(text.split()[0]) for text in told)
    stack.settle()


def log_descriptors_that_are_sockets(pid):
    return [number for number in range(3) if os.readlink(f"/proc/{pid}/fd/{number}").startswith(("socket:", "anon_inode:"))]


@pytest.mark.parametrize("shell", [
    'ulimit -f 1; exec "$@"',        # some kilobytes
    'exec "$@" >/dev/full 2>&1',
    'exec "$@" <&- >&- 2>&-',
])
def test_a_log_that_takes_nothing_stops_nothing(make_stack, shell):
    stack = make_stack()
    stack.order.stop()
    stack.order.wrapper = ["sh", "-c", shell, "sh"]
    stack.order.start()
    for _ in range(20):
        assert stack.post_order().status_code == 200
    assert not log_descriptors_that_are_sockets(stack.order.process.pid)
    stack.order.stop()
    stack.order.wrapper = []
    stack.order.start()
    stack.settle()
