"""The feed under load: two instances write, one is restarted, and a transaction commits late. No line is passed over,
and none is told twice."""

import threading

import psycopg2

from events import EventStream, assert_in_order, edges_in, edges_of
from load import Load, assert_answers_hold
from waiting import wait_until

LATE_ORDER_ID = 3_000_000_001


class Watch:
    """A client as browsers have it: whenever its stream ends, it comes back with its last position."""

    def __init__(self, port):
        self.port = port
        self.events = []
        self.first_id = None
        self.connect_count = 0
        self._is_over = threading.Event()
        self._stream = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        wait_until(lambda: self.first_id, 20, "the stream begins")
        return self

    def __exit__(self, *_):
        self._is_over.set()
        self._thread.join(20)

    def _run(self):
        last_event_id = None
        while not self._is_over.is_set():
            try:
                stream = EventStream(self.port, last_event_id=last_event_id)
            except OSError:
                self._is_over.wait(0.02)
                continue
            if stream.answer.status != 200:
                self._is_over.wait(0.02)
                continue
            self.connect_count += 1
            self._follow(stream)
            last_event_id = stream.last_event_id

    def _follow(self, stream):
        seen = 0
        with stream:
            while not self._is_over.is_set():
                is_over = stream.ending is not None
                self.first_id = self.first_id or stream.last_event_id
                fresh = stream.events[seen:]
                seen += len(fresh)
                self.events += fresh
                if is_over and not fresh:
                    return
                self._is_over.wait(0.005)


def line_count(events):
    return sum(edges_of(list(events)).values())


def late_transaction(stack):
    """Has written a line, and holds the feed back until it commits."""
    connection = psycopg2.connect(stack.order_db.url())
    connection.cursor().execute(
        "INSERT INTO order_events (order_id, status, reason) VALUES (%s, 'PENDING', 'created')", (LATE_ORDER_ID,))
    return connection


def wait_until_all_is_told(stack, *watches):
    for watch in watches:
        written = sum(edges_in(stack.order_db, watch.first_id).values())
        wait_until(lambda watch=watch, written=written: line_count(watch.events) >= written, 60, "all is told")


def check(stack, watch):
    assert_in_order(watch.events)
    assert edges_of(watch.events) == edges_in(stack.order_db, watch.first_id)


def run(stack, client_count, served_count):
    other = stack.new_order_service()
    stack.services.append(other)
    other.start()
    with Watch(stack.order.port) as watch, Watch(other.port) as neighbour:
        with Load(stack.order.port, client_count) as first, Load(other.port, client_count) as second:
            wait_until(lambda: min(first.count(200), second.count(200)) > served_count, 60, "both serve")
            late = late_transaction(stack)
            before = second.count(200)
            wait_until(lambda: second.count(200) > before + served_count, 60, "orders go on behind an open transaction")
            stack.order.stop()
            stack.order.start()
            before = first.count(200)
            wait_until(lambda: first.count(200) > before + served_count, 60, "the restarted one serves")
            told_count = line_count(neighbour.events)
            late.commit()
            late.close()
            wait_until(lambda: line_count(neighbour.events) > told_count, 60, "the feed goes on")
            before = first.count(200)
            wait_until(lambda: first.count(200) > before + served_count, 60, "both go on")
        stack.settle()
        wait_until_all_is_told(stack, watch, neighbour)
        assert (watch.connect_count, neighbour.connect_count) == (2, 1)
    for load in (first, second):
        assert_answers_hold(stack, load)
    for one in (watch, neighbour):
        check(stack, one)
    return watch, neighbour


def test_resume_of_single_events(make_stack):
    """So few orders that each is shown, but for what a late commit may have held back."""
    stack = make_stack()
    _, neighbour = run(stack, client_count=1, served_count=20)
    assert [event for event in neighbour.events if event.name == "order"]
    stack.order_db.query("DELETE FROM order_events WHERE order_id = %s", (LATE_ORDER_ID,))


def test_resume_of_folded_events(make_stack):
    """So many that they are counted instead, most times."""
    stack = make_stack()
    run(stack, client_count=16, served_count=1000)
    stack.order_db.query("DELETE FROM order_events WHERE order_id = %s", (LATE_ORDER_ID,))


def test_late_line_is_shown_once(make_stack):
    """What was committed meanwhile waits for it, as its transaction has the lower number."""
    stack = make_stack()
    with EventStream(stack.order.port) as stream:
        wait_until(lambda: stream.last_event_id, 20, "the stream begins")
        late = late_transaction(stack)
        order_id = stack.post_order().json()["id"]
        with EventStream(stack.order.port, last_event_id=stream.last_event_id) as neighbour:
            wait_until(lambda: neighbour.retry_ms, 20, "another stream begins")
            assert stream.events == neighbour.events == []
            late.commit()
            late.close()
            events = stream.wait_for(3)
            assert neighbour.wait_for(3) == events
    assert [event.data["order_id"] for event in events] == [LATE_ORDER_ID, order_id, order_id]
    stack.order_db.query("DELETE FROM order_events WHERE order_id = %s", (LATE_ORDER_ID,))
