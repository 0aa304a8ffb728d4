"""Requests as bytes, so that they can be wrong in every way, and their answers."""

import http.client
import json
import socket

ANSWER_SECONDS = 60


class Answer:
    def __init__(self, response):
        self.code = response.status
        self.headers = response.getheaders()
        self.body = response.read()

    def header(self, name):
        """None where it is missing."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) <= 1, f"{name} stands several times"
        return values[0] if values else None

    def json(self):
        return json.loads(self.body, object_pairs_hook=_unique)

    def __str__(self):
        return f"{self.code} {dict(self.headers)} {self.body[:500]!r}"


def _unique(pairs):
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), f"a key stands twice: {names}"
    return dict(pairs)


def request_bytes(method, target, headers=(), body=None, version="HTTP/1.1"):
    """headers: (name, value) pairs. Host and the body's length are added."""
    lines = [f"{method} {target} {version}", "Host: localhost", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b"")


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS)


def read_answer(connection, method):
    """To the first request on a connection, which is closed then."""
    with connection:
        response = http.client.HTTPResponse(connection, method=method)
        response.begin()
        return Answer(response)


def exchange(port, request):
    connection = connect(port)
    connection.sendall(request)
    return read_answer(connection, request.split(b" ", 1)[0].decode())


def send(port, method, target, headers=(), body=None):
    """body: bytes as they are, or anything else as JSON."""
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
    return exchange(port, request_bytes(method, target, headers, body))
