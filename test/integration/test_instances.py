"""INSTANCES=2: processes that share one port, and the parent that watches over them."""

import concurrent.futures
import os
import pathlib
import signal
import socket
import subprocess

from load import Load, assert_answers_hold
from waiting import wait_until

START_SECONDS = 20


def children(service):
    return children_of(service.process.pid)


def children_of(pid):
    return {int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def start_with_two(service):
    service.stop()
    service.environment["INSTANCES"] = "2"
    before = service.log().count("serving on")
    service.start()
    # Each listens when it is ready: until both do, one of them has all clients.
    wait_until(lambda: service.log().count("serving on") == before + 2, START_SECONDS, "two instances serve")
    assert len(children(service)) == 2


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
    assert load.count(503) == 0, "an instance took clients before it was ready"
    assert stack.order.log().count("was ended by signal 9") == 1
    stack.settle()
    assert_answers_hold(stack, load)


def test_a_stop_of_the_whole_group_drains(make_stack):
    """As service managers do it: each process is told, and the parent tells its instances once more."""
    stack = make_stack()
    stack.payment.environment["PAYMENT_FAULTS"] = "8=delay:700"
    start_with_two(stack.payment)
    start_with_two(stack.order)
    order = {"item_name": "Slow", "quantity": 1, "price": 8}
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        posted = [pool.submit(stack.post_order, order) for _ in range(12)]
        wait_until(lambda: stack.pending_count() == 12, START_SECONDS, "all are under way")
        process, stack.order.process = stack.order.process, None
        for pid in [process.pid, *children_of(process.pid)]:
            os.kill(pid, signal.SIGTERM)
        assert [answer.result().status_code for answer in posted] == [200] * 12
    assert process.wait(START_SECONDS) == 0
    stack.order.start()
    stack.settle()


def test_an_instance_that_does_not_stop_is_killed(make_stack):
    stack = make_stack(order_settings={"DRAIN_TIMEOUT_MS": "0"})
    start_with_two(stack.order)
    process, stack.order.process = stack.order.process, None
    os.kill(min(children_of(process.pid)), signal.SIGSTOP)
    process.send_signal(signal.SIGTERM)
    assert process.wait(START_SECONDS) == 1
    assert "killing 1 instances that did not stop in time" in stack.order.log()
    stack.order.start()


def test_a_starter_that_ignores_its_children_changes_nothing(make_stack):
    stack = make_stack()
    stack.order.stop()
    stack.order.environment["INSTANCES"] = "2"
    with open(stack.order.log_path, "ab") as log:
        process = subprocess.Popen(["sh", "-c", "trap '' CHLD; exec \"$0\"", str(stack.order.binary)], stderr=log,
                                   env=stack.order.environment)
    stack.order.process = process
    wait_until(stack.order.is_ready, START_SECONDS, "it is ready")
    wait_until(lambda: len(children(stack.order)) == 2, START_SECONDS, "two instances run")
    before = children(stack.order)
    os.kill(min(before), signal.SIGKILL)
    wait_until(lambda: len(children(stack.order) - before) == 1, START_SECONDS, "another instance runs")
    wait_until(stack.order.is_ready, START_SECONDS, "it is ready")


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
