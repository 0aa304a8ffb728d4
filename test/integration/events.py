"""Clients of the event streams, and what the history in the database comes to."""

import collections
import http.client
import json
import socket
import threading

import waiting

Event = collections.namedtuple("Event", "id name data")
Edge = collections.namedtuple("Edge", "before status reason")

STEPS = ["PENDING", "COMPLETED", "CANCELLING", "CANCELLED"]

# How often each move stands in the history, behind a transaction. The status before is that of the line before in the
# order's own history, and not what the service makes of it.
EDGES_SQL = """
    SELECT before, status, reason, count(*) FROM (
        SELECT status, reason, tx, lag(status) OVER (PARTITION BY order_id ORDER BY
            array_position('{PENDING,COMPLETED,CANCELLING,CANCELLED}'::text[], status)) AS before
        FROM order_events) AS lines
    WHERE tx >= %s::text::xid8 GROUP BY before, status, reason"""


class EventStream:
    """One client; reads in a thread of its own, until the stream ends or the client leaves."""

    def __init__(self, port, path="/events", last_event_id=None):
        headers = {"Accept": "text/event-stream"}
        if last_event_id is not None:
            headers["Last-Event-ID"] = last_event_id
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._connection.request("GET", path, headers=headers)
        self._socket = self._connection.sock  # the answer says Connection: close, and takes it away
        self.answer = self._connection.getresponse()
        self.events = []
        self.comment_count = 0
        self.last_event_id = last_event_id
        self.retry_ms = None
        self.ending = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        if self.answer.status == 200:
            self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.leave()

    def leave(self):
        if self._thread.is_alive():
            self._socket.shutdown(socket.SHUT_RDWR)
            self._thread.join(10)
        self.answer.close()

    def wait_for_end(self, seconds=20):
        """How it ended: "ended" as it should, or "cut"."""
        waiting.wait_until(lambda: self.ending, seconds, "the stream ends")
        return self.ending

    def wait_for(self, count, seconds=30):
        waiting.wait_until(lambda: len(self.events) >= count, seconds, f"{count} events have come")
        return self.events[:count]

    def _read(self):
        try:
            self._read_blocks()
            self.ending = "ended"
        except (OSError, http.client.HTTPException, ValueError):
            self.ending = "cut"

    def _read_blocks(self):
        fields = {}
        while line := self.answer.readline():
            text = line.decode().rstrip("\n")
            if text == "":
                self._take_block(fields)
                fields = {}
                continue
            name, _, value = text.partition(":")
            fields[name] = value.removeprefix(" ")

    def _take_block(self, fields):
        self.comment_count += "" in fields
        if "retry" in fields:
            self.retry_ms = int(fields["retry"])
        self.last_event_id = fields.get("id", self.last_event_id)
        if "data" in fields:
            self.events.append(Event(fields["id"], fields["event"], json.loads(fields["data"])))


def edges_of(events):
    """Edge -> how many lines the events tell of, one by one or folded."""
    counts = collections.Counter()
    for event in events:
        if event.name == "folded":
            folded = {Edge(edge["from"], edge["status"], edge["reason"]): edge["count"] for edge in event.data["edges"]}
            assert sum(folded.values()) == event.data["count"]
            counts.update(folded)
        else:
            counts[Edge(event.data["from"], event.data["status"], event.data["reason"])] += 1
    return counts


def edges_in(database, first_id):
    """The same of the database, from the first position of a stream on."""
    rows = database.query(EDGES_SQL, (first_id.split("-", maxsplit=1)[0],))
    return collections.Counter({Edge(row["before"], row["status"], row["reason"]): row["count"] for row in rows})


def assert_in_order(events):
    """No line twice, and those of one order in the order of its history."""
    steps = collections.defaultdict(list)
    for event in events:
        if event.name == "order":
            steps[event.data["order_id"]].append(STEPS.index(event.data["status"]))
    wrong = {order_id: seen for order_id, seen in steps.items() if seen != sorted(set(seen))}
    assert not wrong, f"out of order, or twice: {wrong}"
