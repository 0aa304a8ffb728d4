"""A TCP proxy before a service or a database that can hold, lose and cut what passes."""

import socket
import struct
import threading

import waiting

CHUNK_SIZE = 65536


class Proxy:
    """Forwards all bytes until it is told otherwise. One chunk of a lone call is one whole message."""

    def __init__(self, target_port):
        self.target_port = target_port
        self.port = waiting.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._lock = threading.Lock()
        self._answer_faults = []
        self._request_losses = 0
        self._is_cut_off = False
        self._is_open = threading.Event()
        self._is_open.set()
        self._listener = None
        self._sockets = set()
        self.request_count = 0
        self.last_request = b""
        self.answer_count = 0
        self.fault_count = 0

    def start(self):
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        self._is_open.set()
        if self._listener is not None:
            self._abort(self._listener)
        self.cut_off()

    def cut_off(self):
        """Ends every connection, whatever is under way there, and takes no new one."""
        self._is_cut_off = True
        with self._lock:
            sockets = list(self._sockets)
        for one in sockets:
            self._abort(one)

    def reconnect(self):
        self._is_cut_off = False

    def lose_answers(self, count, after=0):
        """The next answers are swallowed and their connections reset; the requests got through.

        after: so many answers pass before."""
        self._add_faults([None] * after + [0] * count)

    def cut_answers(self, count, kept_size):
        """Of the next answers only the first bytes go on, then the connection ends."""
        self._add_faults([kept_size] * count)

    def lose_requests(self, count):
        """The next requests never reach the other side; their connections are reset."""
        with self._lock:
            self._request_losses += count

    def end_faults(self):
        with self._lock:
            self._answer_faults.clear()
            self._request_losses = 0

    def hold_answers(self):
        self._is_open.clear()

    def release_answers(self):
        self._is_open.set()

    def wait_for_requests(self, count, seconds=30):
        """count: since the start; every chunk from the caller counts as one."""
        waiting.wait_until(lambda: self.request_count >= count, seconds, f"{count} requests have passed")

    def _add_faults(self, faults):
        with self._lock:
            self._answer_faults += faults

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = self._connect()
            if far is None:
                self._abort(near)
                continue
            with self._lock:
                self._sockets |= {near, far}
            for pump in (self._pump_requests, self._pump_answers):
                threading.Thread(target=pump, args=(near, far), daemon=True).start()

    def _connect(self):
        if self._is_cut_off:
            return None
        try:
            far = socket.create_connection(("127.0.0.1", self.target_port), timeout=5)
        except OSError:
            return None
        far.settimeout(None)
        return far

    def _pump_requests(self, near, far):
        while chunk := self._receive(near):
            with self._lock:
                self.request_count += 1
                self.last_request = chunk
                is_lost = self._request_losses > 0
                self._request_losses -= is_lost
                self.fault_count += is_lost
            if is_lost:
                self._reset(near)
            if is_lost or not self._send(far, chunk):
                break
        self._end(near, far)

    def _pump_answers(self, near, far):
        while chunk := self._receive(far):
            self._wait_until_open(near)
            with self._lock:
                self.answer_count += 1
                kept_size = self._answer_faults.pop(0) if self._answer_faults else None
                self.fault_count += kept_size is not None
            if kept_size is not None:
                self._send(near, chunk[:kept_size])
                if kept_size == 0:
                    self._reset(near)
                break
            if not self._send(near, chunk):
                break
        self._end(near, far)

    def _wait_until_open(self, near):
        """Holds an answer back, unless the one who waits for it has gone."""
        while not self._is_open.wait(0.05):
            if self._has_ended(near):
                return

    @staticmethod
    def _has_ended(one):
        try:
            return one.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    @staticmethod
    def _receive(one):
        try:
            return one.recv(CHUNK_SIZE)
        except OSError:
            return b""

    @staticmethod
    def _send(one, chunk):
        try:
            one.sendall(chunk)
        except OSError:
            return False
        return True

    def _end(self, *sockets):
        for one in sockets:
            self._abort(one)
        with self._lock:
            self._sockets -= set(sockets)

    @staticmethod
    def _reset(one):
        """The other side sees RST, not an orderly end."""
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        Proxy._end_half(one, socket.SHUT_RD)
        one.close()

    @staticmethod
    def _end_half(one, half):
        try:
            one.shutdown(half)
        except OSError:
            pass  # it has ended already

    @staticmethod
    def _abort(one):
        """Ends both directions at once, which also wakes whoever reads there."""
        Proxy._end_half(one, socket.SHUT_RDWR)
        one.close()
