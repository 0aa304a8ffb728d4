"""Many clients that post, repeat and cancel orders all the time, and note every answer."""

import random
import threading
import traceback

from verdict import Request, connect

APPLE_PRICE_MAX = 500
BOMB_PRICE = 9999
TRY_COUNT_MAX = 8
PAUSE_SECONDS_MAX = 0.08
CANCELLABLE_COUNT_MAX = 20


class Client(threading.Thread):
    def __init__(self, number, seed, ports, stop):
        super().__init__(name=f"client {number}", daemon=True)
        self.number = number
        self.random = random.Random(f"{seed}/client {number}")
        self.stop = stop
        self.connections = [connect(port) for port in ports]
        self.requests = []
        self.cancellable = []
        self.failure = None

    def run(self):
        try:
            self._work()
        except Exception:  # else it would end this thread, and nobody would see it
            self.failure = traceback.format_exc()

    def _work(self):
        while not self.stop.wait(self.random.uniform(0, PAUSE_SECONDS_MAX)):
            kind = self.random.random()
            if kind < 0.15 and self.cancellable:
                self._cancel()
            else:
                self._post(has_key=kind > 0.75)
        for connection in self.connections:
            connection.close()

    def _connection(self):
        return self.random.choice(self.connections)

    def _new_request(self, has_key):
        name = f"order {self.number}-{len(self.requests)}"
        is_bomb = self.random.random() < 0.125
        request = Request(name=f"{'Bomb' if is_bomb else 'Apple'} {name}",
                          price=BOMB_PRICE if is_bomb else self.random.randint(0, APPLE_PRICE_MAX),
                          key=name.replace(" ", "-") if has_key else None,
                          is_async=self.random.random() < 0.1)
        self.requests.append(request)
        return request

    def _post(self, has_key):
        request = self._new_request(has_key)
        # Only with a key may the same order be posted again; sometimes although the answer was clear.
        for _ in range(TRY_COUNT_MAX if has_key else 1):
            code = request.post(self._connection())
            if (code in (200, 400) and self.random.random() < 0.8) or self.stop.wait(PAUSE_SECONDS_MAX):
                break
        if request.order_id is not None and len(self.cancellable) < CANCELLABLE_COUNT_MAX:
            self.cancellable.append(request)

    def _cancel(self):
        request = self.cancellable.pop(self.random.randrange(len(self.cancellable)))
        for _ in range(self.random.randint(1, 3)):
            if request.cancel(self._connection()) in (200, 202):
                break


class Clients:
    def __init__(self, count, seed, ports):
        self._stop = threading.Event()
        self._clients = [Client(number, seed, ports, self._stop) for number in range(count)]

    def start(self):
        for client in self._clients:
            client.start()

    def stop(self):
        self._stop.set()
        for client in self._clients:
            client.join(120)
            assert not client.is_alive(), f"{client.name} never got its answer"
            assert client.failure is None, client.failure

    def requests(self):
        return [request for client in self._clients for request in client.requests]
