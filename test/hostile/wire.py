"""A client that sends whatever it is told, and reads answers strictly."""

import select
import socket
import struct
import time

from answers import Malformed, take_answer

# Nothing here measures speed; sanitized builds on a busy machine are slow.
WAIT_SECONDS = 20
CHUNK_SIZE = 65536


class Connection:
    """heads: the numbers of the answers, from 0 on, that are to HEAD. Interim answers count."""

    def __init__(self, port, heads=()):
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=WAIT_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)
        self._heads = heads
        self._received = bytearray()
        self.answers = []
        self.end = None  # "closed" or "reset", by the server

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def send(self, data):
        """Until the server ends the connection: then the rest can't matter any more."""
        rest = memoryview(data)
        deadline = time.monotonic() + WAIT_SECONDS
        while rest and self.end is None:
            assert time.monotonic() < deadline, f"the server takes no more: {len(rest)} bytes are left"
            readable, writable, _ = select.select([self._socket], [self._socket], [], 1)
            if readable:
                self._receive()
            elif writable:
                rest = rest[self._send_some(rest):]

    def _send_some(self, rest):
        try:
            return self._socket.send(rest)
        except BlockingIOError:
            return 0
        except (BrokenPipeError, ConnectionResetError):
            self.end = "reset"
            return 0

    def _receive(self):
        try:
            chunk = self._socket.recv(CHUNK_SIZE)
        except ConnectionResetError:
            self.end = "reset"
            return
        if not chunk:
            self.end = "closed"
        self._received += chunk
        while (answer := take_answer(self._received, len(self.answers) in self._heads)) is not None:
            self.answers.append(answer)

    def end_sending(self):
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            assert self.end is not None

    def reset(self):
        """The server sees RST; nothing can be read any more."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()
        self.end = "reset"

    def read_until(self, is_enough, what):
        """Or until the server has ended the connection; returns whether it was enough."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not is_enough():
            if self.end is not None:
                return False
            rest = deadline - time.monotonic()
            assert rest > 0, f"not within {WAIT_SECONDS} s: {what}; came {self.answers} {bytes(self._received)!r}"
            if select.select([self._socket], [], [], rest)[0]:
                self._receive()
        return True

    def read_answers(self, count):
        """Until so many have come in all."""
        return self.read_until(lambda: len(self.answers) >= count, f"{count} answers")

    def read_to_end(self):
        self.read_until(lambda: False, "the end of the connection")
        if self._received:
            raise Malformed(f"the last answer is cut: {bytes(self._received)!r}")
