"""Many clients at once, each on one keep-alive connection, and what each was answered."""

import collections
import http.client
import itertools
import json
import threading

from stack import APPLE, BOMB

JSON = {"Content-Type": "application/json"}
SECONDS_BETWEEN_TRIES = 0.02


class Load:
    """Posts Apples and Bombs from many threads until it is stopped, or each has posted its share.

    answers: status code -> list of order ids; 503 has none. A lost connection counts as "lost".
    """

    def __init__(self, port, client_count, orders_each=None):
        self.port = port
        self.answers = collections.defaultdict(list)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._orders_each = orders_each
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(client_count)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self._stop.set()
        self.join()

    def join(self, seconds=120):
        for thread in self._threads:
            thread.join(seconds)
            assert not thread.is_alive(), "a client never got its answer"

    def count(self, *codes):
        with self._lock:
            return sum(len(self.answers[code]) for code in codes or list(self.answers))

    def ids(self, *codes):
        with self._lock:
            return [order_id for code in codes for order_id in self.answers[code]]

    def _run(self, number):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        # One order in eight is a Bomb, elsewhere in each client's row.
        orders = itertools.islice(itertools.cycle([APPLE] * 7 + [BOMB]), number % 8, None)
        for order in itertools.islice(orders, self._orders_each):
            if self._stop.is_set():
                break
            code, order_id = self._post(connection, order)
            with self._lock:
                self.answers[code].append(order_id)
            if code in (503, "lost"):
                self._stop.wait(SECONDS_BETWEEN_TRIES)
        connection.close()

    @staticmethod
    def _post(connection, order):
        try:
            connection.request("POST", "/orders/", json.dumps(order), JSON)
            answer = connection.getresponse()
            body = json.loads(answer.read())
        except (OSError, http.client.HTTPException):
            connection.close()
            return "lost", None
        return answer.status, body.get("id")


def assert_answers_hold(stack, load):
    """What a client was told is what the database says."""
    rows = {row["id"]: row["status"] for row in stack.order_db.query("SELECT id, status FROM orders")}
    for code, expected in {200: {"COMPLETED"}, 400: {"CANCELLED"}, 202: {"COMPLETED", "CANCELLED"}}.items():
        wrong = [order_id for order_id in load.ids(code) if rows.get(order_id) not in expected]
        assert not wrong, f"answered {code}, but not {expected}: {wrong[:10]}"
    told = load.ids(200, 202, 400)
    assert len(told) == len(set(told)), "an order number was given twice"
    strange = set(load.answers) - {200, 202, 400, 503, "lost"}
    assert not strange, f"codes {strange}"
