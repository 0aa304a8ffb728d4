"""What has to happen before a service can give its rarer answers."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

import psycopg2

import flood
import samples
import seed
import wire
from conftest import DECLINED_AMOUNT, LOST_AMOUNT
from waiting import wait_until

KEY, OTHER_KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324", "8e03978e-40d5-43e8-bc93-6894a57f9325"
ASYNC = ("Prefer", "respond-async")
TOO_LARGE_SIZE = 70_000
FIRST_PARKED_ID = 3_000_000_000
FIRST_PAYMENT_ID = 4_000_000_000
FIRST_STORY_ID = 5_000_000_000
FIRST_FLOOD_ID = 6_000_000_000
FLOOD_CONNECTION_COUNT = 250
# What follows PENDING.
STORIES = [[("COMPLETED", "paid"), ("CANCELLING", "cancel_requested"), ("CANCELLED", "refunded")],
           *([("CANCELLED", reason)] for reason in ("declined", "voided", "mismatch", "never_sent"))]
INSERT_ORDER = ("INSERT INTO orders (id, uid, item_name, quantity, price, status, next_attempt_at)"
                " VALUES (%s, gen_random_uuid(), 'Apple', 1, 100, %s, now() + interval '1 hour')")
INSERT_EVENT = "INSERT INTO order_events (order_id, status, reason) VALUES (%s, %s, %s)"


class Calls:
    """Calls of one service whose answers are held against its document."""

    def __init__(self, service, document, conformance):
        self.service = service
        self.document = document
        self.conformance = conformance

    def exchange(self, operation, request, event_count=0):
        answer = wire.exchange(self.service.port, request, event_count)
        self.conformance.check(operation, answer)
        return answer

    def ask(self, operation, path=None, query="", headers=(), body=..., method=None, as_=...):
        """The operation's own example, but for what is given. as_: whose answer is expected; None: nobody's.

        operation: its name will do."""
        operation = self.document.operation(operation) if isinstance(operation, str) else operation
        target = (path or operation.example_path()) + (f"?{query}" if query else "")
        headers = list(headers)
        content = None
        if operation.body:
            headers.append(("Content-Type", operation.content_type))
            content = samples.as_bytes(next(iter(operation.body_examples.values())) if body is ... else body)
        answer = wire.exchange(self.service.port, wire.request_bytes(method or operation.method, target, headers, content))
        if as_ is not None:
            self.conformance.check(operation if as_ is ... else as_, answer)
        return answer

    def begin(self, operation):
        """A request whose head never ends."""
        connection = wire.connect(self.service.port)
        connection.sendall(f"{operation.method} {operation.example_path()} HTTP/1.1\r\nHost: localhost\r\n".encode())
        return connection

    def finish(self, operation, connection):
        answer = wire.read_answer(connection, operation.method)
        self.conformance.check(operation, answer)
        return answer


def refused_requests(operation):
    """code -> a request to this operation that the server refuses so, before it looks at anything else."""
    method, path = operation.method, operation.example_path()
    body = b"{}" if operation.body else None
    json_type = [("Content-Type", operation.content_type)] if operation.body else []
    found = {
        400: f"{method} {path} HTTP/1.1\r\n\r\n".encode(),
        413: wire.request_bytes(method, path, json_type, b"x" * TOO_LARGE_SIZE),
        414: wire.request_bytes(method, f"{path}?{'x' * 8000}", json_type, body),
        417: wire.request_bytes(method, path, [*json_type, ("Expect", "miracles")], body),
        431: wire.request_bytes(method, path, [*json_type, *((f"X-{i}", "") for i in range(65))], body),
        505: wire.request_bytes(method, path, json_type, body, version="HTTP/2.0"),
    }
    if operation.body:
        found[415] = wire.request_bytes(method, path, [("Content-Type", "text/plain")], body)
    return found


def play_orders(call, stack):
    order = {"item_name": "Apple", "quantity": 1, "price": 100}
    completed = call.ask("postOrder", body=order, headers=[("Idempotency-Key", KEY)]).json()
    assert call.ask("postOrder", body=order, headers=[("Idempotency-Key", KEY)]).header("Idempotent-Replayed") == "true"
    assert call.ask("postOrder", body={**order, "price": 1}, headers=[("Idempotency-Key", KEY)]).code == 422
    cancelled = f"/orders/{completed['id']}"
    assert call.ask("resumeOrder", path=f"{cancelled}/resume").code == 409
    assert call.ask("cancelOrder", path=f"{cancelled}/cancel").code == 200
    assert call.ask("postOrder", body=order, headers=[("Idempotency-Key", KEY)]).code == 400
    assert call.ask("getOrder", path=cancelled).json()["status"] == "CANCELLED"
    assert call.ask("getOrder", path="/orders/9223372036854775807").code == 404
    assert call.ask("resumeOrder", path=f"{cancelled}/resume").code == 409
    play_cancel_while_posting(call, stack)
    play_unfinished_orders(call, stack)
    play_parked_orders(call, stack)
    play_cancel_overtaken(call, stack)


def play_cancel_while_posting(call, stack):
    """Whoever still waits is told "Order cancelled"."""
    order = {"item_name": "Slow", "quantity": 1, "price": LOST_AMOUNT}
    with ThreadPoolExecutor(1) as pool:
        posted = pool.submit(call.ask, "postOrder", body=order)
        find = "SELECT max(id) FROM orders WHERE item_name = 'Slow'"
        order_id = wait_until(lambda: stack.order_db.value(find), 20, "the order is there")
        assert call.ask("cancelOrder", path=f"/orders/{order_id}/cancel").code == 200
        assert posted.result().json()["detail"] == "Order cancelled"


def accepts(operation):
    """Headers for each type of a good answer."""
    types = operation.responses.get(200, {}).get("content", {})
    return [[("Accept", one)] for one in types]


def play_events(call, stack):
    """Moves for each reason, and then more at once than are told one by one."""
    def feed(position, event_count):
        request = wire.request_bytes("GET", "/events", [("Last-Event-ID", position)])
        return call.exchange(call.document.operation("getEvents"), request, event_count)

    begin = stack.order_db.value("SELECT pg_current_xact_id()::text") + "-0-0"
    for order_id, story in enumerate(STORIES, FIRST_STORY_ID):
        stack.order_db.query(INSERT_ORDER, (order_id, story[-1][0]))
        for move in [("PENDING", "created"), *story]:
            stack.order_db.query(INSERT_EVENT, (order_id, *move))
        path = f"/orders/{order_id}/events"
        told = call.ask("getOrderEvents", path=path).json()["events"]
        request = wire.request_bytes("GET", path, [("Accept", "text/event-stream")])
        live = call.exchange(call.document.operation("getOrderEvents"), request, len(told)).events()
        assert [event.data["reason"] for event in live] == [line["reason"] for line in told]
    move_count = sum(1 + len(story) for story in STORIES)
    assert len(feed(begin, move_count).events()) == move_count
    seed.add_orders(stack, range(FIRST_STORY_ID + 100, FIRST_STORY_ID + 500), "COMPLETED")
    assert "folded" in [event.name for event in feed(begin, 1).events()]
    assert call.ask("getOrderEvents", path=f"/orders/{FIRST_STORY_ID - 2}/events").code == 404
    assert feed("9223372036854775806-1-1", 0).code == 409


def play_unfinished_orders(call, stack):
    stack.proxy.hold_answers()
    try:
        keyed = [("Idempotency-Key", OTHER_KEY), ASYNC]
        order = call.ask("postOrder", headers=keyed).json()
        assert order["status"] == "PENDING"
        path = f"/orders/{order['id']}"
        assert call.ask("getOrder", path=path).json()["status"] == "PENDING"
        assert call.ask("postOrder", headers=keyed).code == 409
        assert call.ask("cancelOrder", path=f"{path}/cancel", headers=[ASYNC]).code == 202
        assert call.ask("getOrder", path=path).json()["status"] == "CANCELLING"
        assert call.ask("postOrder", headers=keyed).json()["status"] == "CANCELLING"
        for status in ("PENDING", "CANCELLING"):
            assert call.ask("listOrders", query=f"status={status}").code == 200
    finally:
        stack.proxy.release_answers()
    stack.wait_for_terminal(order["id"])


def play_parked_orders(call, stack):
    for order_id, status in enumerate(seed.STORIES, FIRST_PARKED_ID):
        seed.add_orders(stack, [order_id], status, attempts=10, due_in=3600)
        code = 200 if status in ("PENDING", "CANCELLING") else 409
        assert call.ask("resumeOrder", path=f"/orders/{order_id}/resume").code == code
    assert call.ask("resumeOrder", path=f"/orders/{FIRST_PARKED_ID - 1}/resume").code == 404
    assert call.ask("cancelOrder", path=f"/orders/{FIRST_PARKED_ID - 1}/cancel").code == 404


def play_cancel_overtaken(call, stack):
    """Somebody writes to the table by hand, while the cancel waits for the payment service."""
    order_id = call.ask("postOrder").json()["id"]
    stack.proxy.hold_answers()
    try:
        with ThreadPoolExecutor(1) as pool:
            cancel = pool.submit(call.ask, "cancelOrder", path=f"/orders/{order_id}/cancel")
            stack.wait_for_status(order_id, "CANCELLING")
            stack.order_db.query("UPDATE orders SET status = 'COMPLETED', epoch = epoch + 1 WHERE id = %s", (order_id,))
            stack.proxy.release_answers()
            assert cancel.result().code == 409
    finally:
        stack.proxy.release_answers()


def play_payments(call):
    def charge(order_id, amount=100, key=None, **more):
        headers = [("Idempotency-Key", key)] if key else []
        return call.ask("postPayment", body={"order_id": order_id, "amount": amount}, headers=headers, **more)

    def act(name, order_id, key=None):
        verb = "void" if name == "voidPayment" else "refund"
        return call.ask(name, path=f"/payments/{order_id}/{verb}", headers=[("Idempotency-Key", key)] if key else [])

    paid, voided, declined, nothing, faulty = range(FIRST_PAYMENT_ID, FIRST_PAYMENT_ID + 5)
    assert charge(paid, key=KEY).code == charge(paid, key=KEY).code == 200
    assert charge(paid, key=OTHER_KEY).code == charge(paid, amount=101, key=KEY).code == 409
    assert act("voidPayment", paid, KEY).json()["status"] == "PAID"
    assert act("voidPayment", paid, OTHER_KEY).code == act("refundPayment", paid, OTHER_KEY).code == 409
    assert act("refundPayment", paid, KEY).code == act("refundPayment", paid).code == 200
    assert charge(paid, key=KEY).json()["detail"] == "Payment refunded"
    assert act("voidPayment", voided).json()["status"] == "VOIDED"
    assert charge(voided).json()["detail"] == "Payment voided"
    assert act("refundPayment", voided).code == act("refundPayment", nothing).code == 409
    assert charge(declined, DECLINED_AMOUNT).code == 402
    assert act("refundPayment", declined).json()["status"] == "FAILED"
    assert charge(faulty, 9999).code == 500
    for order_id, status in ((paid, "REFUNDED"), (voided, "VOIDED"), (declined, "FAILED")):
        assert call.ask("getPayment", path=f"/payments/{order_id}").json()["status"] == status
        assert call.ask("listPayments", query=f"status={status}").code == 200
    assert call.ask("getPayment", path=f"/payments/{nothing}").code == 404


def play_overload(call, stack):
    """More charges than a locked table takes: the next one is refused, and told that the service lives."""
    def charge(number):
        return flood.post("/payments", {"order_id": FIRST_FLOOD_ID + number, "amount": 1})

    with contextlib.closing(psycopg2.connect(stack.payment_db.url())) as lock:
        lock.cursor().execute("LOCK TABLE payments")
        with flood.Flood(call.service.port, FLOOD_CONNECTION_COUNT, charge) as charges:
            charges.receive_until(lambda _: charges.refusals(), 30, "charges are refused")
            refused = call.ask("postPayment", body={"order_id": FIRST_FLOOD_ID - 1, "amount": 1})
            assert refused.json()["status"] == "BUSY"
            lock.rollback()
            charges.receive_all(30)


def play_outage(calls, stack, clusters):
    """Everything that needs its database is 503, and the rest goes on, the metrics among it."""
    for cluster in clusters.values():
        cluster.stop()
    try:
        for service, call in calls.items():
            wait_until(lambda one=call: one.ask("getReadiness").code == 503, 20, f"{service} knows that its database is gone")
            for operation in call.document.operations:
                needs_database = 503 in operation.responses and operation.name != "getMetrics"
                assert call.ask(operation).code == (503 if needs_database else 200), operation
    finally:
        for cluster in clusters.values():
            cluster.start()
    for service in stack.services:
        wait_until(service.is_ready, 20, "it is ready again")
