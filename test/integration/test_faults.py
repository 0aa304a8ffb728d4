"""PAYMENT_FAULTS: what each fault does to a charge, and what becomes of the order behind it."""

import itertools
import json
import socket
import subprocess

import pytest
import requests

from stack import DIRECT_ORDER_ID_FIRST
from waiting import Stopwatch, wait_until

DECLINE, ERROR, HANG, DELAY, COMMIT_ERROR, COMMIT_DROP, DROP, LONG_DELAY = range(7001, 7009)
RULES = (f"{DECLINE}=decline,{ERROR}=500,{HANG}=hang,{DELAY}=delay:300,{COMMIT_ERROR}=commit-500,"
         f"{COMMIT_DROP}=commit-drop,{DROP}=drop,{LONG_DELAY}=delay:600000")
SYSTEM_ERROR = '{"detail":"Payment System Error occurred!"}'

_order_ids = itertools.count(DIRECT_ORDER_ID_FIRST)


def set_payment(stack, **environment):
    stack.payment.stop()
    stack.payment.environment.update(environment)
    stack.payment.start()
    return stack


@pytest.fixture(name="stack", scope="module")
def stack_with_faults(stack_of_module):
    return set_payment(stack_of_module(), PAYMENT_FAULTS=RULES)


def charge(stack, amount, order_id=None, **headers):
    body = {"order_id": order_id or next(_order_ids), "amount": amount}
    return stack.payment.post("/payments/", body, headers=headers)


def request_bytes(order_id, amount):
    body = json.dumps({"order_id": order_id, "amount": amount}).encode()
    return (b"POST /payments/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            % len(body)) + body


def connect(stack):
    return socket.create_connection(("127.0.0.1", stack.payment.port), timeout=30)


def receive_paid(client, count):
    """Reads the answers of that many charges."""
    received = b""
    while received.count(b'"status":"PAID"}') < count:
        chunk = client.recv(65536)
        assert chunk, f"closed after {received}"
        received += chunk
    return received


def hears_nothing(client):
    client.setblocking(False)
    try:
        client.recv(1)
    except BlockingIOError:
        return True
    finally:
        client.settimeout(30)
    return False


def log_has(stack, order_id, line):
    return lambda: line in stack.payment.log_lines(order_id)


@pytest.mark.parametrize("amount, code, status, recorded", [
    (DECLINE, 400, "CANCELLED", "FAILED"),
    (ERROR, 400, "CANCELLED", "VOIDED"),
    (DELAY, 200, "COMPLETED", "PAID"),
    (COMMIT_ERROR, 200, "COMPLETED", "PAID"),
    (COMMIT_DROP, 200, "COMPLETED", "PAID"),
    (DROP, 400, "CANCELLED", "VOIDED"),
    (9999, 200, "COMPLETED", "PAID"),
], ids=["decline", "500", "delay", "commit-500", "commit-drop", "drop", "no rule"])
def test_order_behind_a_fault(stack, amount, code, status, recorded):
    watch = Stopwatch()
    answer = stack.post_order({"item_name": "Pear", "quantity": 1, "price": amount})
    assert (answer.status_code, answer.json()["status"]) == (code, status)
    assert amount != DELAY or watch.seconds >= 0.3
    assert stack.payment_row(answer.json()["id"])["status"] == recorded
    stack.settle()


@pytest.mark.parametrize("headers, code", [({}, 400), ({"Prefer": "respond-async"}, 202)], ids=["waiting", "async"])
def test_order_behind_a_hanging_charge(make_stack, headers, code):
    """The client is not kept waiting; the void, which does not hang, decides."""
    stack = set_payment(make_stack(order_settings={"ORDER_DEADLINE_MS": "2000"}), PAYMENT_FAULTS=RULES)
    answer = stack.post_order({"item_name": "Pear", "quantity": 1, "price": HANG}, headers=headers)
    assert answer.status_code == code, answer.text
    assert stack.wait_for_terminal(answer.json()["id"])["status"] == "CANCELLED"
    assert stack.payment_row(answer.json()["id"])["status"] == "VOIDED"
    stack.settle()


def test_declined_charge_is_recorded(stack):
    order_id = next(_order_ids)
    for _ in range(2):
        answer = charge(stack, DECLINE, order_id)
        assert answer.status_code == 402
        assert answer.text == ('{"detail":"Payment declined","order_id":%d,"amount":%d,"id":%d,"status":"FAILED"}'
                               % (order_id, DECLINE, answer.json()["id"]))
    assert stack.payment.post(f"/payments/{order_id}/void").json()["status"] == "FAILED"


@pytest.mark.parametrize("amount, recorded", [(ERROR, None), (COMMIT_ERROR, "PAID")])
def test_error_tells_nothing_of_the_row(stack, amount, recorded):
    order_id = next(_order_ids)
    for _ in range(2):
        answer = charge(stack, amount, order_id)
        assert (answer.status_code, answer.text) == (500, SYSTEM_ERROR)
    row = stack.payment_row(order_id)
    assert (row and row["status"]) == recorded


@pytest.mark.parametrize("amount, recorded", [(DROP, None), (COMMIT_DROP, "PAID")])
def test_dropped_charge_and_its_neighbours(stack, amount, recorded):
    """The connection ends without a byte, though a charge behind the dropped one was answerable."""
    dropped, behind, order_id = next(_order_ids), next(_order_ids), next(_order_ids)
    with connect(stack) as client:
        client.sendall(request_bytes(dropped, amount) + request_bytes(behind, 100))
        try:
            assert client.recv(65536) == b""
        except ConnectionResetError:
            pass
    with pytest.raises(requests.ConnectionError):
        charge(stack, amount, order_id)
    row = stack.payment_row(order_id)
    assert (row and row["status"]) == recorded
    assert charge(stack, 100).status_code == 200


def test_voids_refunds_and_reads_have_no_faults(stack):
    order_id = next(_order_ids)
    with pytest.raises(requests.ConnectionError):
        charge(stack, COMMIT_DROP, order_id)
    assert stack.payment.get(f"/payments/{order_id}").json()["status"] == "PAID"
    assert stack.payment.post(f"/payments/{order_id}/void").json()["status"] == "PAID"
    assert stack.payment.post(f"/payments/{order_id}/refund").json()["status"] == "REFUNDED"


def test_hanging_charge_holds_back_what_is_behind_it(stack):
    """It is handled nevertheless; other connections notice nothing."""
    hanging, behind = next(_order_ids), next(_order_ids)
    with connect(stack) as client:
        client.sendall(request_bytes(hanging, HANG) + request_bytes(behind, 100))
        wait_until(log_has(stack, behind, "Charge answered (PAID)"), 10, "the charge behind it is handled")
        assert charge(stack, 100).status_code == 200
        assert hears_nothing(client)
        assert stack.payment_row(hanging) is None


def test_delayed_charge_holds_back_what_is_behind_it(stack):
    delayed, behind = next(_order_ids), next(_order_ids)
    with connect(stack) as client:
        client.sendall(request_bytes(delayed, DELAY) + request_bytes(behind, 100))
        wait_until(log_has(stack, behind, "Charge answered (PAID)"), 10, "the charge behind it is handled")
        received = receive_paid(client, 2)
        assert received.index(b'"order_id":%d' % delayed) < received.index(b'"order_id":%d' % behind)


def test_late_charge_meets_the_tombstone(stack):
    """A charge that is on its way when its client has gone and the order is voided."""
    order_id = next(_order_ids)
    with connect(stack) as client:
        client.sendall(request_bytes(order_id, DELAY))
        wait_until(log_has(stack, order_id, "Fault by amount (delay)"), 10, "the charge has come")
    assert stack.payment.post(f"/payments/{order_id}/void").json()["status"] == "VOIDED"
    wait_until(log_has(stack, order_id, "Charge answered (VOIDED)"), 10, "the late charge is told so")
    assert stack.payment_row(order_id)["status"] == "VOIDED"


def test_client_that_leaves_frees_its_hanging_charge(make_stack):
    stack = set_payment(make_stack(), PAYMENT_FAULTS=RULES, DRAIN_TIMEOUT_MS="9000")
    order_ids = [next(_order_ids), next(_order_ids)]
    with connect(stack) as client:
        client.sendall(request_bytes(order_ids[0], HANG) + request_bytes(order_ids[1], LONG_DELAY))
        wait_until(log_has(stack, order_ids[1], "Fault by amount (delay)"), 10, "both have come")
    watch = Stopwatch()
    stack.payment.stop()
    assert watch.seconds < 4
    assert stack.payment_db.value("SELECT count(*) FROM payments") == 0


def test_client_that_stays_is_cut_off_when_the_drain_ends(make_stack):
    stack = set_payment(make_stack(), PAYMENT_FAULTS=RULES, DRAIN_TIMEOUT_MS="1000")
    order_id = next(_order_ids)
    with connect(stack) as client:
        client.sendall(request_bytes(order_id, HANG))
        wait_until(log_has(stack, order_id, "Fault by amount (hang)"), 10, "it has come")
        watch = Stopwatch()
        stack.payment.stop()
        assert 0.9 < watch.seconds < 5
        assert client.recv(1) == b""


@pytest.mark.parametrize("timeout_ms, code, recorded", [("1", 503, None), ("250", 503, None), ("20000", 200, "PAID")])
def test_charge_for_a_caller_who_waits_no_longer(stack, timeout_ms, code, recorded):
    """The charge takes 300 ms to come to its turn."""
    order_id = next(_order_ids)
    answer = charge(stack, DELAY, order_id, **{"Request-Timeout-Ms": timeout_ms})
    assert answer.status_code == code
    row = stack.payment_row(order_id)
    assert (row and row["status"]) == recorded
    unrecorded = "Charge not recorded (its caller waits no longer)"
    if recorded:
        assert unrecorded not in stack.payment.log_lines(order_id)
    else:
        stack.payment.wait_for_line(order_id, unrecorded)


def test_saga_that_a_cancel_has_overtaken_claims_no_move(stack):
    """It wants CANCELLED too, and finds it there: but under another epoch, so another worker has moved the order."""
    order = {"item_name": "Pear", "quantity": 1, "price": DROP}
    order_id = stack.post_order(order, headers={"Prefer": "respond-async"}).json()["id"]
    assert stack.order.post(f"/orders/{order_id}/cancel").status_code == 200
    ends = ("Compensating Transaction executed (CANCELLED)", "Order was moved on by another worker")

    def told():
        return tuple(line for line in stack.order.log_lines(order_id) if line in ends)
    wait_until(lambda: len(told()) == 2, 20, "both who had it have let go of it")
    assert told() == ends


def test_charge_that_waits_for_the_database_too_long_is_not_recorded(make_stack):
    stack = make_stack(uses_database_proxies=True)
    assert charge(stack, 100).status_code == 200
    stack.payment_db_proxy.hold_answers()
    with connect(stack) as first, connect(stack) as second:
        for count, client in enumerate((first, second), 2):  # one for each of the connections that write
            client.sendall(request_bytes(next(_order_ids), 100))
            wait_until(lambda seen=count: stack.payment_db.value("SELECT count(*) FROM payments") == seen, 10,
                       "it is under way")
        order_id = next(_order_ids)
        watch = Stopwatch()
        answer = charge(stack, 100, order_id, **{"Request-Timeout-Ms": "300"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert 0.3 <= watch.seconds < 3
        stack.payment_db_proxy.release_answers()
        for client in (first, second):
            assert receive_paid(client, 1).startswith(b"HTTP/1.1 200 OK")
    assert stack.payment_row(order_id) is None
    assert charge(stack, 100, order_id).status_code == 200


@pytest.mark.parametrize("value", ["", "0", "-1", "soon", "1.5", "600001", "99999999999999999999"])
def test_malformed_timeout_is_refused(stack, value):
    order_id = next(_order_ids)
    answer = charge(stack, 100, order_id, **{"Request-Timeout-Ms": value})
    assert answer.status_code == 400
    assert "Request-Timeout-Ms" in answer.json()["detail"]
    assert stack.payment_row(order_id) is None


@pytest.mark.parametrize("text, rule", [
    ("7001=lose", "7001=lose"), ("9999=500,7001", "7001"), ("1=500,1=drop", "1=drop"), ("1=delay", "1=delay"),
])
@pytest.mark.parametrize("uses_flag", [False, True], ids=["variable", "flag"])
def test_bad_rule_stops_the_start(stack, text, rule, uses_flag):
    command, environment = [str(stack.payment.binary)], {**stack.payment.environment, "PAYMENT_FAULTS": text}
    if uses_flag:
        command.append(f"--payment-faults={text}")
        environment["PAYMENT_FAULTS"] = "none"
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert "PAYMENT_FAULTS" in done.stderr and f'"{rule}"' in done.stderr


@pytest.mark.parametrize("text", ["", "none"])
def test_no_faults_at_all(make_stack, text):
    stack = set_payment(make_stack(), PAYMENT_FAULTS=text)
    assert charge(stack, 9999).status_code == 200
