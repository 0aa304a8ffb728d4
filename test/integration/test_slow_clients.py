"""Clients that are slow, silent, many, or do not read: each ends in time, and others are served meanwhile."""

import os
import socket
import subprocess
import time

from stack import APPLE
from waiting import wait_until

HEAD = b"POST /orders/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"
GET = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
# Answered at once, so the pipeline never fills: only the client's own reading does.
NOWHERE = b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"
BYTE_SECONDS = 0.05
PATIENCE_SECONDS = 20


def connect(service):
    return socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE_SECONDS)


def receive_until_end(connection):
    received = b""
    while True:
        part = connection.recv(4096)
        if not part:
            return received
        received += part


def drip(connection, data):
    """A byte now and then, until the service answers; returns its answer."""
    connection.settimeout(BYTE_SECONDS)
    for _ in range(int(PATIENCE_SECONDS / BYTE_SECONDS)):
        connection.sendall(data[:1])
        data = data[1:] or b"x"
        try:
            answer = connection.recv(4096)
        except TimeoutError:
            continue
        connection.settimeout(PATIENCE_SECONDS)
        return answer + receive_until_end(connection)
    raise AssertionError("no answer")


def ask(connection):
    connection.sendall(GET)
    return connection.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n")


def is_ended(connection):
    connection.settimeout(PATIENCE_SECONDS)
    try:
        return connection.recv(4096) == b""
    except ConnectionResetError:
        return True


def test_head_and_body_that_drip_in_are_408(make_stack):
    limits = {"REQUEST_HEAD_TIMEOUT_MS": "500", "REQUEST_BODY_TIMEOUT_MS": "600"}
    stack = make_stack(order_settings=limits, payment_settings=limits)
    for service in stack.services:
        for first in (b"", HEAD + b"\r\n"):
            with connect(service) as connection:
                connection.sendall(first)
                answer = drip(connection, b'GET / HTTP/1.1\r\nHost: a\r\nX: ' if not first else b'{"item_name":"')
                assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n"), answer
                assert b"Connection: close\r\n" in answer
        with connect(service) as silent:
            assert silent.recv(4096) == b""
    assert stack.order_db.value("SELECT count(*) FROM orders") == 0
    assert stack.post_order().status_code == 200


def test_hundred_slow_clients_are_few_lines_in_the_log(make_stack):
    stack = make_stack(order_settings={"REQUEST_HEAD_TIMEOUT_MS": "500"})
    connections = [connect(stack.order) for _ in range(100)]
    for connection in connections:
        connection.sendall(HEAD)
    for connection in connections:
        assert receive_until_end(connection).startswith(b"HTTP/1.1 408 ")
        connection.close()
    assert stack.order.log().count("its request did not come in time") == 1
    assert stack.post_order().status_code == 200


def test_idle_connection_ends(make_stack):
    stack = make_stack(order_settings={"IDLE_TIMEOUT_MS": "500"})
    with connect(stack.order) as connection:
        assert ask(connection)
        assert ask(connection)
        assert is_ended(connection)


def test_client_that_never_reads_ends(make_stack):
    stack = make_stack(order_settings={"WRITE_TIMEOUT_MS": "1000"})
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", stack.order.port))
    connection.settimeout(PATIENCE_SECONDS)
    try:
        while True:
            connection.sendall(NOWHERE * 100)
    except ConnectionError:
        pass  # the service has cut it
    connection.close()
    wait_until(lambda: "it does not read its answers" in stack.order.log(), 10, "the log tells")
    assert stack.post_order().status_code == 200


def test_longest_idle_makes_room(make_stack):
    stack = make_stack(order_settings={"CONNECTIONS_MAX": "8"})
    idle = [connect(stack.order) for _ in range(8)]
    for connection in idle:
        assert ask(connection)
    assert ask(idle[0])
    with connect(stack.order) as another:
        assert ask(another)
    assert is_ended(idle[1])
    for connection in (idle[0], *idle[2:]):
        assert ask(connection)
        connection.close()
    assert "Idle client ended: there are as many connections as there can be" in stack.order.log()


def test_clients_wait_while_nobody_is_idle(make_stack):
    stack = make_stack(order_settings={"CONNECTIONS_MAX": "8", "REQUEST_HEAD_TIMEOUT_MS": "2000"})
    slow = [connect(stack.order) for _ in range(8)]
    for connection in slow:
        connection.sendall(HEAD)
    begin = time.monotonic()
    assert stack.post_order().status_code == 200
    assert time.monotonic() - begin > 1, "it was served before the others' time was over"
    for connection in slow:
        assert receive_until_end(connection).startswith(b"HTTP/1.1 408 ")
        connection.close()


def start_with_few_files(service, count):
    service.stop()
    service.wrapper = ["prlimit", f"--nofile={count}:{count}", "--"]
    service.start()


def test_service_that_may_open_few_files(make_stack):
    limits = {"REQUEST_HEAD_TIMEOUT_MS": "1000"}
    stack = make_stack(order_settings=limits, payment_settings=limits)
    for service in stack.services:
        start_with_few_files(service, 100)
    crowd = [connect(service) for service in stack.services for _ in range(100)]
    for _ in range(3):
        assert stack.post_order().status_code == 200
    for connection in crowd:
        connection.close()
    assert stack.post_order().status_code == 200
    for service in stack.services:
        assert "Can't accept connections" not in service.log(), "its own limit is lower than the system's"


def open_files(service):
    return len(os.listdir(f"/proc/{service.process.pid}/fd"))


def test_service_that_runs_out_of_files(make_stack):
    """The limit is lowered under its feet: what it had reckoned with is not there any more."""
    stack = make_stack()
    assert stack.post_order().status_code == 200
    with connect(stack.order) as kept:
        assert ask(kept)
        files = open_files(stack.order)
        subprocess.run(["prlimit", f"--pid={stack.order.process.pid}", f"--nofile={files}:{files}"], check=True)
        with connect(stack.order) as waiting:
            waiting.sendall(GET)
            wait_until(lambda: "Can't accept connections: too many open files" in stack.order.log(), 10, "the log tells")
            assert ask(kept)
            kept.close()
            assert waiting.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n")
    answer = stack.post_order()
    assert answer.status_code == 200 and answer.json()["item_name"] == APPLE["item_name"]
    assert stack.order.log().count("Can't accept connections") == 1
