"""INSTANCES=2: processes that share one port, and the parent that watches over them."""

import os
import pathlib
import signal
import socket
import subprocess

from load import Load, assert_answers_hold
from waiting import wait_until

START_SECONDS = 20


def children(service):
    pid = service.process.pid
    return {int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def start_with_two(service):
    service.stop()
    service.environment["INSTANCES"] = "2"
    service.start()
    wait_until(lambda: len(children(service)) == 2, START_SECONDS, "two instances run")


def test_a_crashed_instance_is_started_again_and_nothing_is_lost(make_stack):
    stack = make_stack()
    start_with_two(stack.payment)
    start_with_two(stack.order)
    with Load(stack.order.port, client_count=16) as load:
        wait_until(lambda: load.count(200) > 200, 60, "orders are completed")
        for service in (stack.payment, stack.order):
            before = children(service)
            os.kill(min(before), signal.SIGKILL)
            wait_until(lambda: len(children(service) - before) == 1, START_SECONDS, "another instance runs")
            seen = load.count(200)
            wait_until(lambda: load.count(200) > seen + 200, 60, "orders are completed again")
    assert load.count("lost") > 0, "the order service that was killed had no clients"
    assert stack.order.log().count("was ended by signal 9") == 1
    stack.settle()
    assert_answers_hold(stack, load)


def test_instances_end_with_their_parent(make_stack):
    stack = make_stack()
    start_with_two(stack.order)
    stack.order.kill()
    wait_until(lambda: not stack.order.accepts(), START_SECONDS, "nobody listens any more")
    stack.order.start()


def test_one_that_cannot_start_ends_them_all(make_stack):
    stack = make_stack()
    stack.order.stop()
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", stack.order.port))
        taken.listen()
        environment = {**stack.order.environment, "INSTANCES": "2"}
        done = subprocess.run([stack.order.binary], env=environment, stderr=subprocess.PIPE, text=True,
                              timeout=START_SECONDS, check=False)
    assert done.returncode == 1
    assert "address already in use" in done.stderr
    stack.order.start()
