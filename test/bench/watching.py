"""Clients that watch the feed of all orders, as pages do: they read whatever comes, and do nothing with it."""

import contextlib
import selectors
import socket
import threading

WATCHER_COUNT = 10
REQUEST = b"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n"
BEGUN = b"retry:"
READ_SIZE = 1 << 20
PATIENCE_SECONDS = 20
LOOK_SECONDS = 0.2


class Watchers:
    def __init__(self, port, count):
        self.sockets = [socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) for _ in range(count)]
        self.ended_count = 0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def start(self):
        """Returns once every stream has begun."""
        for one in self.sockets:
            one.sendall(REQUEST)
            seen = b""
            while BEGUN not in seen:
                part = one.recv(READ_SIZE)
                assert part and seen.count(b"\r\n") < 50, f"no stream: {seen[:500]!r}"
                seen += part
            one.setblocking(False)
        self._thread.start()

    def _read(self):
        scratch = memoryview(bytearray(READ_SIZE))
        with selectors.DefaultSelector() as selector:
            for one in self.sockets:
                selector.register(one, selectors.EVENT_READ)
            while not self._is_over.is_set():
                for key, _ in selector.select(LOOK_SECONDS):
                    if key.fileobj.recv_into(scratch) == 0:
                        selector.unregister(key.fileobj)
                        self.ended_count += 1

    def stop(self):
        self._is_over.set()
        if self._thread.is_alive():
            self._thread.join()
        for one in self.sockets:
            one.close()


@contextlib.contextmanager
def held(port, count):
    """Yields; afterwards every stream must still have been there."""
    if count == 0:
        yield
        return
    watchers = Watchers(port, count)
    try:
        watchers.start()
        yield
        assert watchers.ended_count == 0, f"{watchers.ended_count} of {count} streams ended"
    finally:
        watchers.stop()
