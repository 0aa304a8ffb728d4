"""What clients were told, and whether both databases say the same afterwards."""

import collections
import dataclasses
import http.client
import json

JSON = {"Content-Type": "application/json"}
ANSWER_SECONDS_MAX = 30

HOLDS_NO_MONEY = (None, "VOIDED", "FAILED", "REFUNDED")
# "lost": the connection ended before the answer did. "silent": it stayed, but no answer came.
POST_CODES = {200, 202, 400, 503, "lost"}
CANCEL_CODES = {200, 202, 503, "lost"}
# What an answer with this code must say of the order.
POST_STATUSES = {200: ("COMPLETED",), 202: ("PENDING", "CANCELLING"), 400: ("CANCELLED",), 409: ("PENDING", "CANCELLING")}
CANCEL_STATUSES = {200: ("CANCELLED",), 202: ("CANCELLING",)}


@dataclasses.dataclass(slots=True)
class Request:
    """One order as a client sees it. The name is given once, so the order can be found without its number."""
    name: str
    price: int
    key: str = None
    is_async: bool = False
    answers: list = dataclasses.field(default_factory=list)
    cancels: list = dataclasses.field(default_factory=list)

    @property
    def order_id(self):
        return next((order_id for _, order_id in self.answers if order_id is not None), None)

    def was_told(self, *codes):
        return any(code in codes for code, _ in self.answers)

    def post(self, connection):
        headers = dict(JSON)
        if self.key:
            headers["Idempotency-Key"] = self.key
        if self.is_async:
            headers["Prefer"] = "respond-async"
        body = json.dumps({"item_name": self.name, "quantity": 1, "price": self.price})
        self.answers.append(call(connection, "/orders/", body, headers, POST_STATUSES))
        return self.answers[-1][0]

    def cancel(self, connection):
        # It counts as sent from here on, whatever becomes of it.
        self.cancels.append("lost")
        self.cancels[-1] = call(connection, f"/orders/{self.order_id}/cancel", None, {}, CANCEL_STATUSES)[0]
        return self.cancels[-1]


def connect(port, seconds=ANSWER_SECONDS_MAX):
    return http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)


def call(connection, path, body, headers, statuses):
    """(code, order id or None). What contradicts itself has no code, and so is judged wrong."""
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        told = json.loads(answer.read())
    except TimeoutError:
        connection.close()
        return "silent", None
    except (OSError, http.client.HTTPException):
        connection.close()
        return "lost", None
    except ValueError:
        return f"{answer.status} unreadable", None
    if answer.status == 503 and answer.getheader("Retry-After") is None:
        return "503 without Retry-After", None
    if told.get("status") not in statuses.get(answer.status, (None,)):
        return f"{answer.status} {told.get('status')}", told.get("id")
    return answer.status, told.get("id")


class Verdict:
    """What the clients were told, held against what is durable."""

    def __init__(self, stack, requests):
        self.requests = requests
        self.orders = {row["id"]: row for row in stack.order_db.query(
            "SELECT id, item_name, price, status FROM orders")}
        self.payments = {row["order_id"]: row["status"] for row in stack.payment_db.query(
            "SELECT order_id, status FROM payments")}
        self.ids_by_name = collections.defaultdict(list)
        for row in self.orders.values():
            self.ids_by_name[row["item_name"]].append(row["id"])
        self.ids_by_key = {row["key"]: row["order_id"] for row in stack.order_db.query(
            "SELECT key, order_id FROM idempotency_keys")}
        self.owners = {}
        self.wrong = []

    def judge(self):
        for request in self.requests:
            self._judge_identity(request)
            for code, order_id in request.answers:
                self._judge_answer(request, code, order_id)
            for code in request.cancels:
                self._judge_cancel(request, code)
        for name in set(self.ids_by_name) - {request.name for request in self.requests}:
            self.wrong.append((self.ids_by_name[name][0], f"{name}: nobody has posted it"))
        return self.wrong

    def _accuse(self, request, text, order_id=None):
        self.wrong.append((order_id, f"{request.name}: {text}; answers {request.answers} cancels {request.cancels}"))

    def _judge_identity(self, request):
        made = self.ids_by_name.get(request.name, [])
        if len(made) > 1:
            self._accuse(request, f"posted once, or with one key, but there are the orders {made}", made[0])
        for order_id in {order_id for _, order_id in request.answers if order_id is not None}:
            if order_id not in made:
                self._accuse(request, f"told of order {order_id}, which is not its own", order_id)
            if self.owners.setdefault(order_id, request.name) != request.name:
                self._accuse(request, f"order {order_id} was told to {self.owners[order_id]} too", order_id)
        for order_id in made:
            if self.orders[order_id]["price"] != request.price:
                self._accuse(request, f"order {order_id} has another price", order_id)
            if request.key and self.ids_by_key.get(request.key) != order_id:
                self._accuse(request, f"its key is that of order {self.ids_by_key.get(request.key)}", order_id)
            # With a key, another post of the same order may have gone through.
            if all(code == 503 for code, _ in request.answers) and self.payments.get(order_id) == "PAID":
                self._accuse(request, f"told only 503, but order {order_id} is paid", order_id)

    def _judge_answer(self, request, code, order_id):
        if code not in POST_CODES | ({409} if request.key else set()):
            self._accuse(request, f"answered {code}", order_id)
        if order_id is None:
            if code in (200, 202, 400, 409):
                self._accuse(request, f"answered {code} without an order")
            return
        row = self.orders.get(order_id)
        status, payment = (row["status"] if row else None), self.payments.get(order_id)
        completed = status == "COMPLETED" and payment == "PAID"
        cancelled = status == "CANCELLED" and payment in HOLDS_NO_MONEY
        refunded = status == "CANCELLED" and payment == "REFUNDED" and request.cancels
        allowed = {200: completed or refunded, 400: cancelled}.get(code, completed or cancelled)
        if not allowed:
            self._accuse(request, f"answered {code}, but order {order_id} is {status} and {payment}", order_id)

    def _judge_cancel(self, request, code):
        order_id = request.order_id
        if code not in CANCEL_CODES:
            self._accuse(request, f"its cancel was answered {code}", order_id)
        status, payment = self.orders.get(order_id, {}).get("status"), self.payments.get(order_id)
        if code in (200, 202) and not (status == "CANCELLED" and payment in HOLDS_NO_MONEY):
            self._accuse(request, f"its cancel was answered {code}, but it is {status} and {payment}", order_id)

    def counts(self):
        told = collections.Counter(str(code) for request in self.requests for code, _ in request.answers)
        cancels = collections.Counter(str(code) for request in self.requests for code in request.cancels)
        return f"posts {dict(sorted(told.items()))}, cancels {dict(sorted(cancels.items()))}"
