"""Connections to the order service that are nothing but a burden: half send a byte a second of a request that never
ends, and come back when they are ended; half ask for more than they ever read."""

import contextlib
import socket
import threading
import time

CONNECTION_COUNT = 1000
BYTE_SECONDS = 1.0
PART_COUNT = 10  # they take turns within the second

ENDLESS_HEAD = b"GET /orders/1 HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
NOWHERE = b"GET /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
# Its answers are more than what the service and the system keep for a client that does not read.
UNREAD_REQUEST_COUNT = 4000

PATIENCE_SECONDS = 20
LOOK_SECONDS = 0.5
IDLE_SHARE = 0.04


def _connect(port):
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # before it connects
    connection.connect(("127.0.0.1", port))
    return connection


def _open_unread(port):
    connection = _connect(port)
    connection.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        connection.send(NOWHERE * UNREAD_REQUEST_COUNT)
    return connection


class _Dripping:
    def __init__(self, port):
        self.port = port
        self.connection = None
        self.start()

    def start(self):
        self.close()
        self.connection = _connect(self.port)
        self.connection.send(ENDLESS_HEAD)

    def drip(self):
        try:
            self.connection.send(b"a")
        except OSError:  # it took too long for the service
            self.start()

    def close(self):
        if self.connection is not None:
            self.connection.close()


def _drip_all(dripping, ended):
    part = 0
    while not ended.wait(BYTE_SECONDS / PART_COUNT):
        for one in dripping[part::PART_COUNT]:
            one.drip()
        part = (part + 1) % PART_COUNT


def _await_idle(busy_seconds):
    """Until the service has answered whatever somebody reads or its own limits allow."""
    end = time.monotonic() + PATIENCE_SECONDS
    before = busy_seconds()
    while time.monotonic() < end:
        threading.Event().wait(LOOK_SECONDS)
        after = busy_seconds()
        if after - before < IDLE_SHARE * LOOK_SECONDS:
            return
        before = after
    raise TimeoutError("the service does not come to rest with its slow clients")


@contextlib.contextmanager
def held(port, busy_seconds, count=CONNECTION_COUNT):
    """busy_seconds(): the processor time of the service so far."""
    ended = threading.Event()
    with contextlib.ExitStack() as kept:
        for _ in range(count - count // 2):
            kept.enter_context(_open_unread(port))
        _await_idle(busy_seconds)
        dripping = [kept.enter_context(contextlib.closing(_Dripping(port))) for _ in range(count // 2)]
        thread = threading.Thread(target=_drip_all, args=(dripping, ended))
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
