"""A thousand clients watch two processes: each is told everything once, and goes on from its last event at either of them."""

import re
import socket

from scrape import Scrape
from waiting import wait_until

WATCHER_COUNT = 1000
RESUMED_COUNT = 100
ID = re.compile(rb"^id: (\S+)$", re.M)


class Watchers:
    """Read all in this thread, whenever somebody waits."""

    def __init__(self, port, count, last_event_id=None):
        line = f"Last-Event-ID: {last_event_id}\r\n" if last_event_id else ""
        self.received = {}
        self._sockets = []
        for _ in range(count):
            client = socket.create_connection(("127.0.0.1", port))
            client.sendall(f"GET /events HTTP/1.1\r\nHost: a\r\n{line}\r\n".encode())
            self._sockets.append(client)
            self.received[client.fileno()] = bytearray()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for client in self._sockets:
            client.close()

    def wait_for(self, words, count):
        """Until each of them was told the words so often."""
        def is_told():
            for client in self._sockets:
                self._read(client)
            return all(text.count(words) >= count for text in self.received.values())
        wait_until(is_told, 60, f"each of them was told {count} times {words}")

    def _read(self, client):
        try:
            self.received[client.fileno()] += client.recv(1 << 20, socket.MSG_DONTWAIT)
        except BlockingIOError:
            pass

    def last_ids(self):
        return {ID.findall(text)[-1].decode() for text in self.received.values()}


def test_a_thousand_watchers(make_stack):
    stack = make_stack(order_settings={"INSTANCES": "2", "WATCHERS_MAX": str(WATCHER_COUNT)})
    with Watchers(stack.order.port, WATCHER_COUNT) as watchers:
        watchers.wait_for(b"\nid: ", 1)
        assert Scrape(stack.order).value("order_watchers") == WATCHER_COUNT
        ids = [stack.post_order().json()["id"] for _ in range(20)]
        watchers.wait_for(b"event: order\n", 2 * len(ids))
        for text in watchers.received.values():
            assert text.startswith(b"HTTP/1.1 200 ")
            assert [text.count(b'"order_id":%d,' % order_id) for order_id in ids] == [2] * len(ids)
        (last_event_id,) = watchers.last_ids()
    wait_until(lambda: Scrape(stack.order).value("order_watchers") == 0, 20, "all have gone")
    missed = [stack.post_order().json()["id"] for _ in range(3)]
    with Watchers(stack.order.port, RESUMED_COUNT, last_event_id) as watchers:
        watchers.wait_for(b"event: order\n", 2 * len(missed))
        for text in watchers.received.values():
            told = [int(number) for number in re.findall(rb'"order_id":(\d+),', text)]
            assert sorted(told) == sorted(2 * missed)
    stack.settle()
