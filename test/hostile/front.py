"""What stands in the payment service's place: it passes calls on to the real one, or answers garbage to those that are told.

So the register is the real one, and the audit of the two databases tells whether anybody believed the garbage.
"""

import dataclasses
import http.client
import json
import re
import socket
import threading

import waiting
from garbage import REASONS, VERBS, Told, Wire

CALL = re.compile(rb"POST (?:/payments/|/payments/([1-9]\d*)/(void|refund)) HTTP/1\.1")
HEADER = re.compile(rb"([A-Za-z-]+): ([!-~](?:[ -~]*[!-~])?)")
WAIT_SECONDS = 30


@dataclasses.dataclass(frozen=True)
class Call:
    verb: str  # charge, void, refund
    target: str
    order_id: int
    headers: dict
    body: bytes


@dataclasses.dataclass
class Plan:
    garbage: object
    lie: Told
    is_passed_on: bool  # so that the payment service records it, whatever is answered


def read_call(received):
    """Takes a whole call off the bytearray, as strictly as any server may; None where there is none yet."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    first, *lines = bytes(received[:end]).split(b"\r\n")
    fields = [HEADER.fullmatch(line) for line in lines]
    call = CALL.fullmatch(first)
    assert call and all(fields), f"no good call: {bytes(received[:end])!r}"
    headers = {field.group(1).decode(): field.group(2).decode() for field in fields}
    assert len(headers) == len(fields) and {"Host", "Content-Length", "Idempotency-Key"} <= set(headers)
    size = int(headers["Content-Length"])
    if len(received) < end + 4 + size:
        return None
    body = bytes(received[end + 4:end + 4 + size])
    del received[:end + 4 + size]
    order_id = int(call.group(1)) if call.group(1) else json.loads(body)["order_id"]
    return Call((call.group(2) or b"charge").decode(), first.split()[1].decode(), order_id, headers, body)


class Front:
    def __init__(self):
        self.port = waiting.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.complaints = []
        self._payment_port = None
        self._plans = {verb: [] for verb in VERBS}
        self._greetings = []
        self._lock = threading.Lock()
        self._listener = None
        self._peers = set()

    def start(self, payment_port):
        self._payment_port = payment_port
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.end_connections()

    def end_connections(self):
        with self._lock:
            peers = list(self._peers)
        for peer in peers:
            self._shut(peer)

    def plan(self, verb, garbage, lie, is_passed_on=False):
        """The next call of that verb is answered so."""
        with self._lock:
            self._plans[verb].append(Plan(garbage, lie, is_passed_on))

    def greet(self, answer):
        """The next connection is told that, before it has asked anything."""
        with self._lock:
            self._greetings.append(answer)

    def open_plans(self):
        with self._lock:
            return [verb for verb, plans in self._plans.items() if plans] + self._greetings

    def _take(self, plans):
        with self._lock:
            return plans.pop(0) if plans else None

    def _accept(self):
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peer.settimeout(WAIT_SECONDS)
            with self._lock:
                self._peers.add(peer)
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        try:
            self._serve_calls(peer)
        except OSError:
            pass  # the order service has ended the connection, as it should after most garbage
        except AssertionError as complaint:
            self.complaints.append(str(complaint))
        finally:
            with self._lock:
                self._peers.discard(peer)
            peer.close()

    def _serve_calls(self, peer):
        greeting = self._take(self._greetings)
        if greeting is not None:
            peer.sendall(greeting)
        received = bytearray()
        is_open = True
        while is_open:
            call = read_call(received)
            if call is not None:
                is_open = self._answer(peer, call)
                continue
            chunk = peer.recv(65536)
            is_open = chunk != b""
            received += chunk

    def _answer(self, peer, call):
        """Whether the connection goes on."""
        plan = self._take(self._plans[call.verb])
        is_honest = plan is None or plan.garbage.is_honest
        truth = self._pass_on(call) if is_honest or plan.is_passed_on else None
        if plan is None or (is_honest and truth.code not in REASONS):
            peer.sendall(truth.whole())  # also a refusal, which tells of no payment
            return True
        return plan.garbage.play(Wire(peer), truth if is_honest else plan.lie.about(call.order_id))

    def _pass_on(self, call):
        connection = http.client.HTTPConnection("127.0.0.1", self._payment_port, timeout=WAIT_SECONDS)
        connection.request("POST", call.target, body=call.body, headers={**call.headers, "Host": "a"})
        answer = connection.getresponse()
        told = Told(answer.status, answer.reason, answer.read())
        connection.close()
        return told

    @staticmethod
    def _shut(peer):
        try:
            peer.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it has ended already


