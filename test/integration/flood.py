"""More requests at once than a service will take: pipelined on many connections, and all their answers."""

import json
import re
import selectors
import socket

import waiting

PIPELINE_DEPTH = 16
HEAD = re.compile(rb"HTTP/1\.1 (\d{3}) .*?\r\n(.*?)\r\n\r\n", re.S)
LENGTH = re.compile(rb"^content-length: *(\d+)", re.I | re.M)


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = json.loads(body)

    def is_refusal(self):
        return self.status == 503 and b"Retry-After:" in self.headers


class Flood:
    """post: the request for each number from 0 on, as bytes."""

    def __init__(self, port, connection_count, request):
        self.answers = []
        self.request_count = connection_count * PIPELINE_DEPTH
        self._selector = selectors.DefaultSelector()
        for number in range(connection_count):
            first = number * PIPELINE_DEPTH
            connection = socket.create_connection(("127.0.0.1", port), timeout=20)
            connection.sendall(b"".join(request(first + i) for i in range(PIPELINE_DEPTH)))
            connection.setblocking(False)
            self._selector.register(connection, selectors.EVENT_READ, bytearray())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()
        self._selector.close()

    def refusals(self):
        return [answer for answer in self.answers if answer.is_refusal()]

    def receive(self):
        """Whatever has come; returns all answers so far."""
        for key, _ in self._selector.select(0):
            part = key.fileobj.recv(1 << 20)
            assert part, "a connection was closed before all was answered"
            key.data.extend(part)
            self._take_answers(key.data)
        return self.answers

    def receive_until(self, is_enough, seconds, what):
        waiting.wait_until(lambda: is_enough(self.receive()), seconds, what)

    def receive_all(self, seconds):
        self.receive_until(lambda answers: len(answers) == self.request_count, seconds, "all is answered")

    def _take_answers(self, received):
        while head := HEAD.match(received):
            length = int(LENGTH.search(head[2])[1])
            end = head.end() + length
            if len(received) < end:
                return
            self.answers.append(Answer(int(head[1]), head[2], bytes(received[head.end():end])))
            del received[:end]


def post(path, body, headers=b""):
    data = json.dumps(body).encode()
    return (b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s"
            % (path.encode(), headers, len(data), data))
