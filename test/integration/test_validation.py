"""Everything a client can get wrong: the codes of the contract, and nothing written."""

import http.client
import json

import pytest

GOOD = {"item_name": "Apple", "quantity": 1, "price": 100}
GOOD_PAYMENT = {"order_id": 1, "amount": 100}
WRONG_FIELDS = [
    ({"item_name": ""}, ["item_name"]),
    ({"item_name": "x" * 256}, ["item_name"]),
    ({"item_name": 5}, ["item_name"]),
    ({"item_name": None}, ["item_name"]),
    ({"item_name": ["Apple"]}, ["item_name"]),
    ({"quantity": 0}, ["quantity"]),
    ({"quantity": -1}, ["quantity"]),
    ({"quantity": 2**31}, ["quantity"]),
    ({"quantity": "5"}, ["quantity"]),
    ({"quantity": 1.0}, ["quantity"]),
    ({"quantity": True}, ["quantity"]),
    ({"price": -1}, ["price"]),
    ({"price": 2**31}, ["price"]),
    ({"price": "100"}, ["price"]),
    ({"price": 1.5}, ["price"]),
    ({"price": {}}, ["price"]),
    ({"item_name": "", "quantity": "5", "price": -1}, ["item_name", "quantity", "price"]),
]
WRONG_PAYMENTS = [
    ({"order_id": 0}, ["order_id"]),
    ({"order_id": -1}, ["order_id"]),
    ({"order_id": "1"}, ["order_id"]),
    ({"order_id": 1.0}, ["order_id"]),
    ({"amount": -1}, ["amount"]),
    ({"amount": 2**31}, ["amount"]),
    ({"amount": "1"}, ["amount"]),
    ({"order_id": None, "amount": None}, ["order_id", "amount"]),
]
UNREADABLE = [
    b"", b"{", b"[]", b"5", b"null", b'"text"', b'{"item_name":"Apple","quantity":1,"price":100} x',
    b'{"item_name":"Apple","item_name":"Pear","quantity":1,"price":100}',
    b'{"item_name":"\xff\xfe","quantity":1,"price":100}',
    b'{"item_name":"a\\u0000b","quantity":1,"price":100}',
    b'{"item_name":"Apple","quantity":1,"price":99999999999999999999999}',
    b"[" * 3000, b'{"a":' * 3000,
]


@pytest.fixture(autouse=True, scope="module")
def nothing_is_written(stack):
    yield
    assert stack.order_db.value("SELECT count(*) FROM orders") == 0
    assert stack.order_db.value("SELECT count(*) FROM order_events") == 0
    assert stack.payment_db.value("SELECT count(*) FROM payments") == 0


def assert_faults(answer, fields):
    assert answer.status_code == 422, answer.text
    detail = answer.json()["detail"]
    assert [fault["loc"] for fault in detail] == [["body", field] for field in fields]
    for fault in detail:
        assert list(fault) == ["loc", "msg", "type"]
        assert fault["msg"] and fault["type"]


@pytest.mark.parametrize("wrong, fields", WRONG_FIELDS)
def test_wrong_fields_of_an_order(stack, wrong, fields):
    assert_faults(stack.order.post("/orders/", {**GOOD, **wrong}), fields)


@pytest.mark.parametrize("missing", [["item_name"], ["quantity"], ["price"], ["item_name", "quantity", "price"]])
def test_missing_fields_of_an_order(stack, missing):
    body = {name: value for name, value in GOOD.items() if name not in missing}
    assert_faults(stack.order.post("/orders/", body), missing)


def test_missing_and_wrong_fields_in_one_answer(stack):
    assert_faults(stack.order.post("/orders/", {"item_name": 1, "price": "x"}), ["item_name", "quantity", "price"])


@pytest.mark.parametrize("wrong, fields", WRONG_PAYMENTS)
def test_wrong_fields_of_a_payment(stack, wrong, fields):
    assert_faults(stack.payment.post("/payments/", {**GOOD_PAYMENT, **wrong}), fields)


def test_missing_fields_of_a_payment(stack):
    assert_faults(stack.payment.post("/payments/", {}), ["order_id", "amount"])


@pytest.mark.parametrize("body", UNREADABLE, ids=lambda body: repr(body[:24]))
@pytest.mark.parametrize("call", ["order /orders/", "payment /payments/"])
def test_unreadable_json(stack, call, body):
    name, path = call.split()
    answer = getattr(stack, name).post(path, body)
    assert answer.status_code == 422, answer.text
    (fault, *_) = answer.json()["detail"]
    assert fault["loc"][0] == "body"
    assert fault["msg"] and fault["type"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""])
@pytest.mark.parametrize("call", ["order /orders/", "payment /payments/"])
def test_wrong_content_type(stack, call, content_type):
    name, path = call.split()
    answer = getattr(stack, name).post(path, json.dumps(GOOD).encode(), headers={"Content-Type": content_type})
    assert answer.status_code == 415
    assert isinstance(answer.json()["detail"], str)


def test_missing_content_type(stack):
    connection = http.client.HTTPConnection("127.0.0.1", stack.order.port, timeout=10)
    connection.request("POST", "/orders/", body=json.dumps(GOOD))
    assert connection.getresponse().status == 415
    connection.close()


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_right_content_types(stack, content_type):
    """Refused for its fields, so not for its type."""
    answer = stack.order.post("/orders/", b"{}", headers={"Content-Type": content_type})
    assert answer.status_code == 422


@pytest.mark.parametrize("path", [
    "/order", "/orders/1/unknown", "/orders/0", "/orders/-1", "/orders/abc", "/orders/1x",
    "/orders/99999999999999999999", "/orders/9223372036854775808", "/orders/77", "/orders/%31",
])
def test_unknown_paths_of_orders(stack, path):
    answer = stack.order.get(path)
    assert answer.status_code == 404
    assert isinstance(answer.json()["detail"], str)


def test_two_slashes_are_not_one(stack):
    """Not sent by requests: its newer versions make one of them."""
    connection = http.client.HTTPConnection("127.0.0.1", stack.order.port, timeout=10)
    connection.request("GET", "//healthz")
    assert connection.getresponse().status == 404
    connection.close()


@pytest.mark.parametrize("path", ["/", "/orders/", "/payments/0", "/payments/x", "/payments/77", "/payments/77/voids"])
def test_unknown_paths_of_payments(stack, path):
    assert stack.payment.get(path).status_code == 404


@pytest.mark.parametrize("name, method, path, allowed", [
    ("order", "PUT", "/orders/", {"POST"}),
    ("order", "DELETE", "/orders/1", {"GET", "HEAD"}),
    ("order", "POST", "/orders/1", {"GET", "HEAD"}),
    ("order", "POST", "/healthz", {"GET", "HEAD"}),
    ("payment", "PATCH", "/payments/", {"POST"}),
    ("payment", "DELETE", "/payments/1", {"GET", "HEAD"}),
    ("payment", "GET", "/payments/1/void", {"POST"}),
])
def test_wrong_method(stack, name, method, path, allowed):
    answer = getattr(stack, name).request(method, path, data=b"{}", headers={"Content-Type": "application/json"})
    assert answer.status_code == 405
    assert allowed <= {one.strip() for one in answer.headers["Allow"].split(",")}
    assert isinstance(answer.json()["detail"], str)


def test_body_too_large(stack):
    body = json.dumps({**GOOD, "item_name": "x" * 70000}).encode()
    answer = stack.order.post("/orders/", body)
    assert answer.status_code == 413
    chunked = stack.order.request("POST", "/orders/", data=iter([body]), headers={"Content-Type": "application/json"})
    assert chunked.status_code == 413


def test_head_too_large(stack):
    assert stack.order.get("/healthz", headers={"X-Long": "x" * 20000}).status_code == 431


@pytest.mark.parametrize("key", ["not a uuid", "6f1f1a52-7d1b-4f6e-9a58", "x" * 300])
def test_wrong_idempotency_key_of_a_payment(stack, key):
    answer = stack.payment.post("/payments/", GOOD_PAYMENT, headers={"Idempotency-Key": key})
    assert answer.status_code in (400, 422)


def test_the_services_still_serve(stack):
    for service in stack.services:
        assert service.get("/healthz").status_code == 200
