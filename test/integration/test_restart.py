"""Stopping in good order, crashing, starting again, several at once, and starting with bad settings."""

from concurrent.futures import ThreadPoolExecutor
import signal
import subprocess

import pytest

from load import Load, assert_answers_hold
from waiting import Stopwatch, wait_until

IN_FLIGHT = 8


def test_in_flight_orders_finish_on_sigterm(make_stack):
    stack = make_stack(order_settings={"ORDER_DEADLINE_MS": "20000"}, uses_proxy=True)
    stack.proxy.hold_answers()
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        calls = [pool.submit(stack.post_order) for _ in range(IN_FLIGHT)]
        wait_until(lambda: stack.payment_db.value("SELECT count(*) FROM payments") == IN_FLIGHT, 20, "all are charged")
        stack.order.process.send_signal(signal.SIGTERM)
        wait_until(lambda: not stack.order.accepts(), 5, "new connections are refused")
        assert stack.order.is_running()
        stack.proxy.release_answers()
        answers = [call.result() for call in calls]
    assert [answer.status_code for answer in answers] == [200] * IN_FLIGHT
    assert {answer.headers["Connection"].lower() for answer in answers} == {"close"}
    assert stack.order.process.wait(10) == 0
    stack.order.process = None
    stack.settle()


def test_sigterm_ends_in_time_though_the_payment_hangs(make_stack):
    """What can't be finished in time stays PENDING, and its client is told so."""
    stack = make_stack(order_settings={"ORDER_DEADLINE_MS": "20000", "DRAIN_TIMEOUT_MS": "1000"}, uses_proxy=True)
    stack.proxy.hold_answers()
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(stack.post_order)
        wait_until(lambda: stack.payment_db.value("SELECT count(*) FROM payments") == 1, 20, "it is charged")
        watch = Stopwatch()
        stack.order.stop()
        assert watch.seconds < 4
        answer = call.result()
    assert (answer.status_code, answer.json()["status"]) == (202, "PENDING")
    stack.audit()


def test_idle_keep_alive_connections_do_not_delay_sigterm(make_stack):
    stack = make_stack()
    assert stack.order.get("/healthz", headers={"Connection": "keep-alive"}).status_code == 200
    assert stack.payment.get("/healthz", headers={"Connection": "keep-alive"}).status_code == 200
    stack.order.stop()
    stack.payment.stop()


@pytest.mark.parametrize("name", ["order", "payment"])
def test_sigterm_under_load(make_stack, name):
    stack = make_stack()
    service = getattr(stack, name)
    with Load(stack.order.port, client_count=16) as load:
        for _ in range(2):
            before = load.count(200)
            wait_until(lambda goal=before + 50: load.count(200) >= goal, 30, "orders are served")
            service.stop()
            service.start()
        before = load.count(200)
        wait_until(lambda: load.count(200) >= before + 50, 30, "orders are served again")
    stack.settle()
    assert_answers_hold(stack, load)


@pytest.mark.parametrize("name", ["order", "payment"])
def test_kill_under_load(make_stack, name):
    """Killed orders are recovered when their lease ends; none is lost, and none ends wrongly."""
    stack = make_stack()
    service = getattr(stack, name)
    with Load(stack.order.port, client_count=16) as load:
        for _ in range(2):
            before = load.count(200)
            wait_until(lambda goal=before + 50: load.count(200) >= goal, 30, "orders are served")
            service.kill()
            service.start()
        before = load.count(200)
        wait_until(lambda: load.count(200) >= before + 50, 30, "orders are served again")
    stack.settle()
    assert_answers_hold(stack, load)


def test_order_numbers_are_not_given_twice_after_a_kill(make_stack):
    stack = make_stack(uses_proxy=True)
    stack.proxy.hold_answers()
    ids = [stack.post_order(headers={"Prefer": "respond-async"}).json()["id"] for _ in range(5)]
    wait_until(lambda: stack.payment_db.value("SELECT count(*) FROM payments") == 5, 20, "all are charged")
    stack.order.kill()
    stack.proxy.release_answers()
    stack.order.start()
    answer = stack.post_order()
    assert answer.status_code == 200
    assert answer.json()["id"] not in ids
    stack.settle()
    assert {stack.order_row(order_id)["status"] for order_id in ids} == {"COMPLETED"}


def test_instances_started_at_once_on_an_empty_database(make_stack):
    """One of them makes the schema, and their order numbers never meet."""
    stack = make_stack()
    stack.order.stop()
    stack.order_db.query("DROP SCHEMA public CASCADE")
    stack.order_db.query("CREATE SCHEMA public")
    stack.payment_db.query("TRUNCATE payments")
    instances = [stack.order, *(stack.new_order_service() for _ in range(3))]
    stack.services[1:1] = instances[1:]
    for instance in instances:
        instance.start(wait=False)
    for instance in instances:
        wait_until(instance.is_ready, 20, "it is ready")
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(instance.post, "/orders/", {"item_name": "Apple", "quantity": 1, "price": 1})
                 for instance in instances * 10]
        answers = [call.result() for call in calls]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == len(answers)
    for instance in instances:
        assert instance.get(f"/orders/{answers[0].json()['id']}").status_code == 200
    stack.settle()


@pytest.mark.parametrize("name", ["order", "payment"])
@pytest.mark.parametrize("variable, value", [
    ("LISTEN", "nowhere"), ("LISTEN", "127.0.0.1:99999"), ("DATABASE_URL", ""), ("LOG_LEVEL", "loud"),
])
def test_bad_setting_stops_the_start(stack, name, variable, value):
    service = getattr(stack, name)
    done = subprocess.run([str(service.binary)], env={**service.environment, variable: value},
                          capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode not in (0, -signal.SIGABRT, -signal.SIGSEGV)
    assert variable in done.stdout + done.stderr


@pytest.mark.parametrize("variable, value", [
    ("ORDER_DEADLINE_MS", "soon"), ("ORDER_DEADLINE_MS", "-1"), ("PAYMENT_SERVICE_URL", "not a url"),
])
def test_bad_setting_of_the_order_service(stack, variable, value):
    test_bad_setting_stops_the_start(stack, "order", variable, value)


def test_taken_port_stops_the_start(stack):
    done = subprocess.run([str(stack.order.binary)], env=stack.order.environment, capture_output=True, text=True,
                          timeout=20, check=False)
    assert done.returncode not in (0, -signal.SIGABRT)
    assert str(stack.order.port) in done.stdout + done.stderr
