"""The verdict finds nothing where all is as it was told, and each lie by itself."""

import pytest

from verdict import Request, Verdict


class Rows:
    """A database that knows its answers beforehand, by the table that is asked."""

    def __init__(self, **tables):
        self.tables = tables

    def query(self, sql):
        return self.tables[sql.rsplit(" ", 1)[1]]


class Books:
    """Order 1: an Apple that was told COMPLETED."""

    def __init__(self):
        self.order = {"id": 1, "item_name": "Apple", "price": 100, "status": "COMPLETED"}
        self.payment = {"order_id": 1, "status": "PAID"}
        self.orders = [self.order]
        self.payments = [self.payment]
        self.keys = []
        self.request = Request("Apple", 100, answers=[(200, 1)])
        self.requests = [self.request]

    def end(self, status, payment):
        self.order["status"], self.payment["status"] = status, payment

    @property
    def order_db(self):
        return Rows(orders=self.orders, idempotency_keys=self.keys)

    @property
    def payment_db(self):
        return Rows(payments=self.payments)

    def lies(self):
        return [text for _, text in Verdict(self, self.requests).judge()]


@pytest.fixture
def books():
    return Books()


@pytest.mark.parametrize("code, cancels, status, payment", [
    (200, [], "COMPLETED", "PAID"),
    (200, ["lost"], "COMPLETED", "PAID"),
    (200, ["lost"], "CANCELLED", "REFUNDED"),
    (200, [503, 200], "CANCELLED", "REFUNDED"),
    (202, [], "COMPLETED", "PAID"),
    (202, [202], "CANCELLED", "VOIDED"),
    (400, [], "CANCELLED", "VOIDED"),
    (400, [], "CANCELLED", "FAILED"),
    ("lost", [], "COMPLETED", "PAID"),
    ("lost", [], "CANCELLED", "VOIDED"),
    (503, [], "CANCELLED", "VOIDED"),
])
def test_truth(books, code, cancels, status, payment):
    books.request.answers = [(code, 1 if code in (200, 202, 400) else None)]
    books.request.cancels = cancels
    books.end(status, payment)
    assert books.lies() == []


@pytest.mark.parametrize("code, cancels, status, payment", [
    (200, [], "COMPLETED", "VOIDED"),
    (200, [], "CANCELLED", "VOIDED"),
    (200, [], "CANCELLED", "REFUNDED"),
    (200, [], "PENDING", "PAID"),
    (200, ["lost"], "CANCELLED", "VOIDED"),
    (202, [], "PENDING", "PAID"),
    (202, [], "CANCELLED", "PAID"),
    (400, [], "CANCELLED", "PAID"),
    (400, [], "COMPLETED", "PAID"),
    (200, [200], "COMPLETED", "PAID"),
    (200, [200], "CANCELLED", "PAID"),
    (200, [202], "CANCELLING", "REFUNDED"),
    (200, ["silent"], "COMPLETED", "PAID"),
    (200, [404], "COMPLETED", "PAID"),
    (503, [], "COMPLETED", "PAID"),
    (500, [], "CANCELLED", "VOIDED"),
    (409, [], "COMPLETED", "PAID"),
    ("silent", [], "COMPLETED", "PAID"),
    ("200 PENDING", [], "COMPLETED", "PAID"),
])
def test_lie(books, code, cancels, status, payment):
    books.request.answers = [(code, 1 if code in (200, 202, 400, 409) else None)]
    books.request.cancels = cancels
    books.end(status, payment)
    assert books.lies()


def test_order_that_was_told_and_is_lost(books):
    books.orders.clear()
    assert books.lies()


def test_answer_without_its_order(books):
    books.request.answers = [(200, None)]
    assert books.lies()


def test_number_given_twice(books):
    books.requests.append(Request("Pear", 100, answers=[(200, 1)]))
    assert any("order 1 was told to Apple too" in lie for lie in books.lies())


@pytest.mark.parametrize("key", [None, "once"])
def test_two_orders_for_one_post_or_key(books, key):
    books.request.key = key
    books.keys += [{"key": "once", "order_id": 1}]
    assert books.lies() == []
    books.orders.append({**books.order, "id": 2})
    books.payments.append({"order_id": 2, "status": "PAID"})
    assert any("but there are the orders [1, 2]" in lie for lie in books.lies())


def test_key_of_another_order(books):
    books.request.key = "once"
    books.keys += [{"key": "once", "order_id": 2}]
    assert books.lies()


def test_key_that_was_told_503_and_then_the_order(books):
    books.request.key = "once"
    books.keys += [{"key": "once", "order_id": 1}]
    books.request.answers = [(503, None), (409, 1), (200, 1)]
    assert books.lies() == []
    books.request.answers = [(503, None), (503, None)]
    assert books.lies()


def test_order_that_nobody_posted_and_wrong_price(books):
    books.request.price = 99
    assert any("another price" in lie for lie in books.lies())
    books.request.price, books.request.name = 100, "Pear"
    books.request.answers = []
    assert books.lies() == ["Apple: nobody has posted it"]
