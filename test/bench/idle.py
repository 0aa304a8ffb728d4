"""Many keep-alive connections to one service, each of which has been answered once and then does nothing."""

import contextlib
import re
import socket

CONNECTION_COUNT = 10_000
# At a time: more than the listener's queue would only be refused.
SLICE_SIZE = 200
ANSWER_SECONDS = 30
FILES_OF_OUR_OWN = 200

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)


def post_order(port):
    body = b'{"item_name":"Apple","quantity":1,"price":100}'
    return (b"POST /orders/ HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (port, len(body), body))


def get_payment(port):
    return b"GET /payments/1 HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % port


def is_whole(answer):
    head, separator, body = answer.partition(b"\r\n\r\n")
    length = LENGTH.search(head)
    return bool(separator) and length is not None and len(body) >= int(length[1])


def _await_answer(connection):
    answer = b""
    while not is_whole(answer):
        received = connection.recv(4096)
        if not received:
            raise ConnectionError(f"closed before its answer was whole: {answer!r}")
        answer += received


@contextlib.contextmanager
def held(port, request, count=CONNECTION_COUNT):
    with contextlib.ExitStack() as connections:
        for first in range(0, count, SLICE_SIZE):
            made = []
            for _ in range(min(SLICE_SIZE, count - first)):
                connection = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS)
                made.append(connections.enter_context(connection))
                connection.sendall(request)
            for connection in made:
                _await_answer(connection)
        yield
