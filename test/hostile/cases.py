"""What a hostile request is, and what may come of it: the words of the tables in cases_*.py.

The tables are written once for both services; in the bytes that are sent, these stand for a service's own:

    @path       /orders or /payments; @one, one of them that is not there
    @request    a whole good POST, and @body the body of one; each has a mark of its own
    @size       the size of any @body; @hex and @HEX, as a chunk has it; @wrap and @wraphex, 2^64 more
    @chunks     a @body as one chunk, and the last chunk; @pieces, in chunks of one byte
    @smuggled   a whole good POST that must never be understood as one; @whole and @wholehex, its size
    @others     the fields of a good body but "@number", which may be any number
    @rest       the fields of a good body but "@text", in which @mark stands for the mark of this body
"""

import dataclasses
import itertools
import re

from stack import DIRECT_ORDER_ID_FIRST

END = "end of sending"
RESET = "reset"

# The longer ones first, where one begins as another.
WORD = re.compile(rb"@(path|one|request|body|size|hex|HEX|chunks|pieces|smuggled|wholehex|whole|wraphex|wrap|others|number"
                  rb"|rest|text|mark)")
HEAD_LINES = b" HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
POST = b"POST @path/" + HEAD_LINES
GET = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
SIZED = POST + b"Content-Length: @size\r\n"
GOOD_GET = GET + b"\r\n"


class Answers:
    """A step of a script: waits until so many answers have come, 100 Continue included."""

    def __init__(self, count):
        self.count = count


class Post:
    """A step: a whole POST with that body, whose length is told."""

    def __init__(self, body):
        self.body = body


@dataclasses.dataclass(frozen=True)
class Outcome:
    codes: tuple  # of the answers, in their order
    is_open: bool  # the connection
    written_count: int = 0  # of the case's requests: the first ones


def answered(*codes, written=0):
    """And the connection goes on."""
    return Outcome(codes, True, written)


def ended(*codes, written=0):
    """And the server closes the connection, in good order."""
    return Outcome(codes, False, written)


TAKEN = answered(200, written=1)
REFUSED = ended(400)
SILENT = ended()


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    steps: tuple
    outcomes: tuple
    heads: tuple
    services: tuple


def case(name, send, *outcomes, heads=(), services=("order", "payment")):
    """send: a step or a list of steps: bytes, Post(…), Answers(…), END, RESET. heads: which answers are to HEAD."""
    assert outcomes
    return Case(name, tuple(send) if isinstance(send, list) else (send,), outcomes, heads, services)


MARK_FIRST = DIRECT_ORDER_ID_FIRST  # it is the number of a payment's order too
MARK_COUNT = 100  # of one case
SMUGGLED = 90
FOLLOWING = 95  # the good requests after the case


class Script:
    """A case's bytes for one service."""

    def __init__(self, service, number):
        self._service = service
        self.mark_first = MARK_FIRST + number * MARK_COUNT
        self._marks = itertools.count(self.mark_first)
        self._mark = None

    def _next_mark(self):
        self._mark = next(self._marks)
        return self._mark

    def _request(self, mark):
        return self._post(self._service.body(mark))

    def _post(self, body):
        return b"POST %b/%bContent-Length: %d\r\n\r\n%b" % (self._service.path, HEAD_LINES, len(body), body)

    def _chunks(self, size):
        body = self._service.body(self._next_mark())
        pieces = [body[at:at + size] for at in range(0, len(body), size)]
        return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"

    def _stand_in(self, word):
        service = self._service
        size = len(service.body(MARK_FIRST))
        smuggled = self._request(self.mark_first + SMUGGLED)
        words = {
            b"path": lambda: service.path,
            b"one": lambda: service.path + b"/9000000000",
            b"request": lambda: self._request(self._next_mark()),
            b"body": lambda: service.body(self._next_mark()),
            b"size": lambda: b"%d" % size,
            b"hex": lambda: b"%x" % size,
            b"HEX": lambda: b"%X" % size,
            b"chunks": lambda: self._chunks(size),
            b"pieces": lambda: self._chunks(1),
            b"smuggled": lambda: smuggled,
            b"wrap": lambda: b"%d" % (2**64 + size),
            b"wraphex": lambda: b"%x" % (2**64 + size),
            b"whole": lambda: b"%d" % len(smuggled),
            b"wholehex": lambda: b"%x" % len(smuggled),
            b"others": lambda: service.others(self._next_mark()),
            b"number": lambda: service.number,
            b"mark": lambda: b"%d" % self._next_mark(),
            b"rest": lambda: service.rest(self._mark or self._next_mark()),
            b"text": lambda: service.text,
        }
        return words[word.group(1)]()

    def bytes_of(self, step):
        if isinstance(step, Post):
            return self._post(self.bytes_of(step.body))
        return WORD.sub(self._stand_in, step)

    def following(self, number):
        """A good request with that number, and its mark."""
        mark = self.mark_first + FOLLOWING + number
        return self._request(mark), mark
