"""Requests as bytes, so that they can be wrong in every way, and their answers."""

import collections
import http.client
import json
import socket

ANSWER_SECONDS = 60


Event = collections.namedtuple("Event", "id name data")


class Answer:
    """Of a stream of events so much is read: its first block, and then up to the wanted number of events."""

    def __init__(self, response, event_count=0):
        self.code = response.status
        self.headers = response.getheaders()
        if self.header("Content-Type") != "text/event-stream":
            self.body = response.read()
            return
        self.body = b""
        while response.length != 0 and (b"\n\n" not in self.body or len(self.events()) < event_count):
            line = response.readline()
            assert line, f"the stream has ended: {self}"
            self.body += line

    def header(self, name):
        """None where it is missing."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) <= 1, f"{name} stands several times"
        return values[0] if values else None

    def json(self):
        return json.loads(self.body, object_pairs_hook=_unique)

    def events(self):
        """All that are whole."""
        found = []
        for block in self.body.decode().split("\n\n")[:-1]:
            fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
            if "data" in fields:
                found.append(Event(fields["id"], fields["event"], json.loads(fields["data"], object_pairs_hook=_unique)))
        return found

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


def read_answer(connection, method, event_count=0):
    """To the first request on a connection, which is closed then."""
    with connection:
        response = http.client.HTTPResponse(connection, method=method)
        response.begin()
        return Answer(response, event_count)


def exchange(port, request, event_count=0):
    connection = connect(port)
    connection.sendall(request)
    return read_answer(connection, request.split(b" ", 1)[0].decode(), event_count)
