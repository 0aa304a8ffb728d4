"""GET /orders/{id}/events and GET /events: what happened, as JSON and live."""

from concurrent.futures import ThreadPoolExecutor
import re
import socket
import uuid

import pytest

from events import Edge, EventStream, assert_in_order, edges_in, edges_of
from stack import APPLE, BOMB
from waiting import wait_until

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = {"traceparent": f"00-{TRACE_ID}-00f067aa0ba902b7-01"}

STORY_OF_A_REFUND = [("PENDING", "created"), ("COMPLETED", "paid"), ("CANCELLING", "cancel_requested"),
                     ("CANCELLED", "refunded")]


def story(stack, order_id):
    answer = stack.order.get(f"/orders/{order_id}/events")
    assert answer.status_code == 200
    body = answer.json()
    assert (list(body), body["order_id"]) == (["order_id", "events"], order_id)
    for line in body["events"]:
        assert list(line) == ["at", "status", "reason", "trace_id"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["at"])
    assert [line["at"] for line in body["events"]] == sorted(line["at"] for line in body["events"])
    return body["events"]


def moves(lines):
    return [(line["status"], line["reason"]) for line in lines]


def test_stories_of_an_apple_and_a_bomb(stack):
    apple = stack.post_order(headers=TRACEPARENT).json()["id"]
    bomb = stack.post_order(BOMB).json()["id"]
    assert moves(story(stack, apple)) == [("PENDING", "created"), ("COMPLETED", "paid")]
    assert moves(story(stack, bomb)) == [("PENDING", "created"), ("CANCELLED", "voided")]
    assert {line["trace_id"] for line in story(stack, apple)} == {TRACE_ID}
    (own_trace_id,) = {line["trace_id"] for line in story(stack, bomb)}
    assert re.fullmatch("[0-9a-f]{32}", own_trace_id)


def test_story_of_a_refund_has_the_trace_of_each_request(stack):
    order_id = stack.post_order().json()["id"]
    assert stack.order.post(f"/orders/{order_id}/cancel", headers=TRACEPARENT).status_code == 200
    lines = story(stack, order_id)
    assert moves(lines) == STORY_OF_A_REFUND
    assert [line["trace_id"] == TRACE_ID for line in lines] == [False, False, True, True]


def test_orders_of_one_batch_keep_their_traces(stack):
    def post(number):
        headers = {"traceparent": f"00-{number:032x}-00f067aa0ba902b7-01"}
        if number % 2 == 0:
            headers["Idempotency-Key"] = f"batch-{number}"
        return number, stack.post_order(headers=headers).json()["id"]

    with ThreadPoolExecutor(32) as pool:
        posted = list(pool.map(post, range(1, 257)))
    assert stack.order_db.value("SELECT max(count) FROM (SELECT count(*) FROM order_events WHERE status = 'PENDING'"
                                " GROUP BY tx) AS sizes") > 1
    rows = stack.order_db.query("SELECT order_id, array_agg(DISTINCT trace_id::text) AS traces FROM order_events GROUP BY 1")
    traces = {row["order_id"]: row["traces"] for row in rows}
    for number, order_id in posted:
        assert traces[order_id] == [str(uuid.UUID(int=number))]


def test_line_from_before_the_traces(stack):
    order_id = 4_000_000_001
    stack.order_db.query(
        "INSERT INTO orders (id, uid, item_name, quantity, price, status, next_attempt_at)"
        " VALUES (%s, gen_random_uuid(), 'Old', 1, 1, 'PENDING', now() + interval '1 day')", (order_id,))
    stack.order_db.query(
        "INSERT INTO order_events (order_id, status, reason, tx) VALUES (%s, 'PENDING', 'created', NULL)", (order_id,))
    (line,) = story(stack, order_id)
    assert line["trace_id"] is None
    stack.order_db.query("DELETE FROM orders WHERE id = %s", (order_id,))


@pytest.mark.parametrize("accept", ["*/*", "text/event-stream"])
def test_unknown_order_is_404(stack, accept):
    answer = stack.order.get("/orders/987654321/events", headers={"Accept": accept})
    assert (answer.status_code, answer.json()) == (404, {"detail": "Order not found"})


@pytest.mark.parametrize("path, position", [
    ("/events", "1"), ("/events", "1-2"), ("/events", "1-2-3-4"), ("/events", "-1-2-3"), ("/events", "1-2-x"),
    ("/events", "9223372036854775807-0-0"), ("/events", "01-0-0"), ("/orders/1/events", "1-2-3"),
    ("/orders/1/events", "10"), ("/orders/1/events", "x"),
])
def test_position_that_makes_no_sense_is_400(stack, path, position):
    headers = {"Accept": "text/event-stream", "Last-Event-ID": position}
    assert stack.order.get(path, headers=headers).status_code == 400


@pytest.mark.parametrize("path, position", [("/events", "1-0-0"), ("/orders/1/events", "1")])
def test_position_that_stands_twice_is_400(stack, path, position):
    with socket.create_connection(("127.0.0.1", stack.order.port)) as client:
        client.settimeout(10)
        line = f"Last-Event-ID: {position}\r\n"
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n{line}{line}\r\n".encode())
        assert client.recv(64).startswith(b"HTTP/1.1 400 ")


def test_position_of_another_database_is_409(stack):
    answer = stack.order.get("/events", headers={"Last-Event-ID": "8000000000000-1-1"})
    assert (answer.status_code, answer.json()) == (409, {"detail": "This Last-Event-ID is not known here"})


@pytest.mark.parametrize("path", ["/events", "/orders/{}/events"])
def test_head_is_answered_at_once(stack, path):
    order_id = stack.post_order().json()["id"]
    answer = stack.order.request("HEAD", path.format(order_id), headers={"Accept": "text/event-stream"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/event-stream")
    assert "Content-Length" not in answer.headers


def test_one_order_live(make_stack):
    """What is recorded first, then each line as it comes, also from another instance; and on from where one was."""
    stack = make_stack(order_settings={"ORDER_DEADLINE_MS": "20000"}, uses_proxy=True)
    other = stack.new_order_service()
    stack.services.append(other)
    other.start()
    stack.proxy.hold_answers()
    order_id = stack.post_order(headers={"Prefer": "respond-async"}).json()["id"]
    path = f"/orders/{order_id}/events"
    with EventStream(other.port, path) as stream:
        assert stream.wait_for(1)[0].data["status"] == "PENDING"
        assert stream.retry_ms == 1000
        stack.proxy.release_answers()
        stream.wait_for(2)
    with EventStream(other.port, path, last_event_id=stream.last_event_id) as stream:
        stack.order.post(f"/orders/{order_id}/cancel")
        events = stream.wait_for(2)
        assert [event.data["status"] for event in events] == ["CANCELLING", "CANCELLED"]
        assert [event.data["from"] for event in events] == ["COMPLETED", "CANCELLING"]
    with EventStream(stack.order.port, path) as stream:
        events = stream.wait_for(4)
    assert moves(event.data for event in events) == STORY_OF_A_REFUND
    assert [event.data["from"] for event in events] == [None, "PENDING", "COMPLETED", "CANCELLING"]
    assert {event.name for event in events} == {"order"}
    lines = story(stack, order_id)
    assert [event.data["at"] for event in events] == [line["at"] for line in lines]
    assert [event.data["trace_id"] for event in events] == [line["trace_id"] for line in lines]


def test_all_orders_live(make_stack):
    stack = make_stack()
    before = stack.post_order().json()["id"]
    with EventStream(stack.order.port) as stream, EventStream(stack.order.port) as neighbour:
        assert stream.answer.headers["Cache-Control"] == "no-store"
        ids = [stack.post_order(order).json()["id"] for order in (APPLE, BOMB, APPLE)]
        stack.order.post(f"/orders/{ids[0]}/cancel")
        events = stream.wait_for(8)
        assert neighbour.wait_for(8) == events
    assert_in_order(events)
    assert before not in [event.data["order_id"] for event in events]
    assert edges_of(events) == {
        Edge(None, "PENDING", "created"): 3, Edge("PENDING", "COMPLETED", "paid"): 2,
        Edge("PENDING", "CANCELLED", "voided"): 1, Edge("COMPLETED", "CANCELLING", "cancel_requested"): 1,
        Edge("CANCELLING", "CANCELLED", "refunded"): 1}
    with EventStream(stack.order.port, last_event_id=events[2].id) as stream:
        assert stream.wait_for(5) == events[3:]
    with EventStream(stack.order.port, f"/events?last_event_id={events[5].id}") as stream:
        assert stream.wait_for(2) == events[6:]


def test_more_than_can_be_shown_is_folded(make_stack):
    """The counts are exactly what was written, and the events go on behind it."""
    stack = make_stack()
    with EventStream(stack.order.port) as stream:
        first_id = wait_until(lambda: stream.last_event_id, 20, "the stream begins")
        order_id = stack.post_order().json()["id"]
        stream.wait_for(2)
        seed = "INSERT INTO order_events (order_id, status, reason) SELECT i, %s, %s FROM generate_series(%s, %s) AS i"
        stack.order_db.query(f"{seed % (repr('PENDING'), repr('created'), 5001, 6700)};"
                             f"{seed % (repr('COMPLETED'), repr('paid'), 5001, 6000)};"
                             f"{seed % (repr('CANCELLED'), repr('voided'), 6001, 6700)}")
        stream.wait_for(3)
        stack.order.post(f"/orders/{order_id}/cancel")
        events = stream.wait_for(5)
    assert [event.name for event in events] == ["order", "order", "folded", "order", "order"]
    assert events[2].data == {"count": 3400, "edges": [
        {"from": None, "status": "PENDING", "reason": "created", "count": 1700},
        {"from": "PENDING", "status": "COMPLETED", "reason": "paid", "count": 1000},
        {"from": "PENDING", "status": "CANCELLED", "reason": "voided", "count": 700}]}
    assert edges_of(events) == edges_in(stack.order_db, first_id)
    with EventStream(stack.order.port, last_event_id=first_id) as stream:
        (folded,) = stream.wait_for(1)
        assert (folded.name, edges_of([folded])) == ("folded", edges_in(stack.order_db, first_id))
    with EventStream(stack.order.port, last_event_id=events[2].id) as stream:
        assert stream.wait_for(2) == events[3:]
    stack.order_db.query("DELETE FROM order_events WHERE order_id BETWEEN 5001 AND 6700")


def test_a_far_position_is_caught_up_with_in_portions(make_stack):
    """Of more than twenty thousand lines each fold has some, and no line is counted twice."""
    stack = make_stack()
    with EventStream(stack.order.port) as stream:
        first_id = wait_until(lambda: stream.last_event_id, 20, "the stream begins")
    for portion in range(5):
        stack.order_db.query(
            "INSERT INTO order_events (order_id, status, reason) SELECT i, 'PENDING', 'created'"
            " FROM generate_series(%s, %s) AS i", (10000 * portion + 1_000_001, 10000 * portion + 1_010_000))
    order_id = stack.post_order().json()["id"]
    with EventStream(stack.order.port, last_event_id=first_id) as stream:
        wait_until(lambda: sum(edges_of(list(stream.events)).values()) >= 50002, 30, "all is told")
        stack.order.post(f"/orders/{order_id}/cancel")
        wait_until(lambda: sum(edges_of(list(stream.events)).values()) >= 50004, 30, "what follows is told")
        assert len([event for event in stream.events if event.name == "folded"]) >= 2
        assert edges_of(stream.events) == edges_in(stack.order_db, first_id)
    stack.order_db.query("DELETE FROM order_events WHERE order_id > 1000000")


def test_watchers_have_a_limit(make_stack):
    stack = make_stack(order_settings={"WATCHERS_MAX": "3"})
    order_id = stack.post_order().json()["id"]
    path = f"/orders/{order_id}/events"
    with EventStream(stack.order.port), EventStream(stack.order.port, path), EventStream(stack.order.port) as third:
        for refused_path in ("/events", path):
            refused = EventStream(stack.order.port, refused_path).answer
            assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
        assert stack.order.get(path).status_code == 200
        third.leave()
        wait_until(lambda: EventStream(stack.order.port, path).answer.status == 200, 20, "there is a place again")


def test_stop_ends_streams_at_once(make_stack):
    """Nobody waits for the time that a drain may take. With their last positions clients go on after it."""
    stack = make_stack(order_settings={"DRAIN_TIMEOUT_MS": "600000"})
    order_id = stack.post_order().json()["id"]
    with EventStream(stack.order.port) as all_orders, EventStream(stack.order.port, f"/orders/{order_id}/events") as one:
        one.wait_for(2)
        stack.order.stop()
        assert (all_orders.wait_for_end(), one.wait_for_end()) == ("ended", "ended")
    stack.order.start()
    with EventStream(stack.order.port, last_event_id=all_orders.last_event_id) as stream:
        stack.post_order()
        assert moves(event.data for event in stream.wait_for(2)) == [("PENDING", "created"), ("COMPLETED", "paid")]


def test_slow_reader_is_dropped_and_others_go_on(make_stack):
    """He may come back, and goes on from where he was."""
    stack = make_stack()
    slow = socket.create_connection(("127.0.0.1", stack.order.port))
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.sendall(b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
    begun = b""
    while b"\nid: " not in begun:
        begun += slow.recv(4096)
    with EventStream(stack.order.port) as stream:
        wait_until(lambda: stream.last_event_id, 20, "the stream begins")
        told = 0
        while "it does not read" not in stack.order.log():
            # Lines that are long as JSON, so that it takes few to fill the system's own buffers.
            stack.order_db.query("INSERT INTO order_events (order_id, status, reason)"
                                 " SELECT i, 'PENDING', repeat(chr(1), 64) FROM generate_series(%s, %s) AS i",
                                 (7_000_001 + told, 7_000_500 + told))
            told += 500
            stream.wait_for(told, 30)
            assert told < 500_000, "the slow reader is never dropped"
        assert stream.ending is None
    assert_in_order(stream.events)
    slow.close()
    stack.order_db.query("DELETE FROM order_events WHERE order_id > 7000000")


def test_streams_outlive_the_database(make_stack):
    stack = make_stack(uses_database_proxies=True)
    with EventStream(stack.order.port) as stream:
        wait_until(lambda: stream.last_event_id, 20, "the stream begins")
        stack.order_db_proxy.cut_off()
        wait_until(lambda: EventStream(stack.order.port).answer.status == 503, 20, "newcomers are refused")
        stack.order_db_proxy.reconnect()
        wait_until(stack.order.is_ready, 20, "the database is there again")
        order_id = stack.post_order().json()["id"]
        assert [event.data["order_id"] for event in stream.wait_for(2)] == [order_id] * 2
