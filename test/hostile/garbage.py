"""What may stand in the place of an answer, and how it is sent: the words of the table in garbage_cases.py.

In the bytes these stand for what is told, which is a lie but where the garbage is honest:

    @code       200 OK                              @json      the body
    @size, @hex the size of the body                @id        the order's number; @next the one behind it
    @status     "PAID", without quotes              @amount    100
"""

import dataclasses
import json
import re
import socket
import struct
import threading

VERBS = ("charge", "void", "refund")
WORD = re.compile(rb"@(code|json|size|hex|id|next|status|amount)")
# Of the answers that tell of a payment.
REASONS = {200: "OK", 402: "Payment Required", 409: "Conflict"}


@dataclasses.dataclass(frozen=True)
class Told:
    """An answer of the payment service, true or not."""

    code: int
    reason: str
    body: bytes

    def whole(self):
        return b"HTTP/1.1 %d %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
            self.code, self.reason.encode(), len(self.body), self.body)


@dataclasses.dataclass(frozen=True)
class Lie:
    """What would be told if it were true."""

    code: int
    status: str
    amount: int  # None, as it is of a row that is VOIDED

    def about(self, order_id):
        row = {"order_id": order_id, "amount": self.amount, "id": 1, "status": self.status}
        return Told(self.code, REASONS[self.code], json.dumps(row, separators=(",", ":")).encode())


class Wire:
    """The order service's end of the line, seen from here."""

    def __init__(self, peer):
        self._peer = peer

    def send(self, data):
        self._peer.sendall(data)

    def wait_for_end(self):
        """Until the order service has enough of it."""
        while self._peer.recv(65536):
            continue

    def reset(self):
        self._peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


KEEP = "the connection goes on"
CLOSE = "it is closed"
RESET = "it is reset"
HOLD = "nothing more comes"
REPEAT = "the same comes again and again"
DRIP = "it comes byte by byte, slowly"


class Framed:
    """A good head for a body that is none."""

    def __init__(self, body, code=b"@code"):
        self.body = body
        self.code = code


def _fill(answer, told):
    if isinstance(answer, Framed):
        body = _fill(answer.body, told)
        return b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
            _fill(answer.code, told), len(body), body)
    row = json.loads(told.body)
    words = {
        b"code": b"%d %b" % (told.code, told.reason.encode()),
        b"json": told.body,
        b"size": b"%d" % len(told.body),
        b"hex": b"%x" % len(told.body),
        b"id": b"%d" % row["order_id"],
        b"next": b"%d" % (row["order_id"] + 1),
        b"status": row["status"].encode(),
        b"amount": json.dumps(row["amount"]).encode(),
    }
    return WORD.sub(lambda word: words[word.group(1)], answer)


@dataclasses.dataclass(frozen=True)
class Garbage:
    """is_honest: no garbage in truth, only unusual; what it tells is recorded, and may be believed."""

    name: str
    answer: object
    then: str = KEEP
    is_honest: bool = False
    verbs: tuple = VERBS  # of the calls to which it is none that could be given

    def play(self, wire, told):
        """Whether the connection goes on."""
        answer = _fill(self.answer, told)
        if self.then == DRIP:
            return self._drip(wire, answer)
        wire.send(answer)
        while self.then == REPEAT:
            wire.send(answer)
        if self.then == HOLD:
            wire.wait_for_end()
        if self.then == RESET:
            wire.reset()
        return self.then == KEEP

    @staticmethod
    def _drip(wire, answer):
        """Until the order service has lost its patience."""
        pause = threading.Event()
        for at in range(len(answer)):
            wire.send(answer[at:at + 1])
            pause.wait(0.02)
        return True
