"""The HTTP contract as clients already use it: bytes, keys, codes, and the rows behind them."""

from concurrent.futures import ThreadPoolExecutor
import json

import pytest

from stack import APPLE, BOMB, DIRECT_ORDER_ID_FIRST

UID = "6f1f1a52-7d1b-4f6e-9a58-0d9b6a4c1e01"
OTHER_UID = "6f1f1a52-7d1b-4f6e-9a58-0d9b6a4c1e02"


@pytest.fixture(name="direct_id", scope="module")
def direct_ids():
    ids = iter(range(DIRECT_ORDER_ID_FIRST, DIRECT_ORDER_ID_FIRST + 1000))
    return lambda: next(ids)


def charge(stack, order_id, amount=100, key=None):
    headers = {"Idempotency-Key": key} if key else {}
    return stack.payment.post("/payments/", {"order_id": order_id, "amount": amount}, headers=headers)


def void(stack, order_id, key=None):
    headers = {"Idempotency-Key": key} if key else {}
    return stack.payment.post(f"/payments/{order_id}/void", headers=headers)


@pytest.mark.parametrize("path", ["/orders/", "/orders"])
def test_apple_is_completed(stack, path):
    answer = stack.order.post(path, b'{"item_name": "Apple", "quantity": 1, "price": 100}')
    order_id = answer.json()["id"]
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.text == '{"item_name":"Apple","quantity":1,"price":100,"id":%d,"status":"COMPLETED"}' % order_id
    row, payment = stack.order_row(order_id), stack.payment_row(order_id)
    assert (row["item_name"], row["quantity"], row["price"], row["status"]) == ("Apple", 1, 100, "COMPLETED")
    assert (payment["status"], payment["amount"], payment["uid"]) == ("PAID", 100, row["uid"])
    assert [status for status, _ in stack.events(order_id)] == ["PENDING", "COMPLETED"]


def test_bomb_is_cancelled(stack):
    answer = stack.post_order(BOMB)
    order_id = answer.json()["id"]
    assert answer.status_code == 400
    assert answer.text == ('{"detail":"Payment failed, Order cancelled","item_name":"Bomb","quantity":1,"price":9999,'
                           '"id":%d,"status":"CANCELLED"}' % order_id)
    assert stack.order_row(order_id)["status"] == "CANCELLED"
    assert stack.payment_row(order_id)["status"] == "VOIDED"
    assert [status for status, _ in stack.events(order_id)] == ["PENDING", "CANCELLED"]


def test_order_is_read_back(stack):
    made = stack.post_order(APPLE)
    cancelled = stack.post_order(BOMB).json()["id"]
    read = stack.order.get(f"/orders/{made.json()['id']}")
    assert (read.status_code, read.text) == (200, made.text)
    assert stack.order.get(f"/orders/{made.json()['id']}/").text == made.text
    assert stack.order.get(f"/orders/{cancelled}").text == (
        '{"item_name":"Bomb","quantity":1,"price":9999,"id":%d,"status":"CANCELLED"}' % cancelled)


def test_names_come_back_as_they_were_sent(stack):
    name = 'Äpfel "rot" \\ 🍎 \n\t\x01</script>'
    answer = stack.post_order({"item_name": name, "quantity": 1, "price": 100})
    assert answer.json()["item_name"] == name
    assert stack.order_row(answer.json()["id"])["item_name"] == name
    assert stack.order.get(f"/orders/{answer.json()['id']}").json()["item_name"] == name


@pytest.mark.parametrize("order", [
    {"item_name": "x", "quantity": 1, "price": 0},
    {"item_name": "ä" * 255, "quantity": 2**31 - 1, "price": 2**31 - 1},
    {"item_name": "🍎" * 255, "quantity": 1, "price": 9998},
])
def test_limits_are_inside(stack, order):
    answer = stack.post_order(order)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {**order, "id": answer.json()["id"], "status": "COMPLETED"}


def test_respond_async_answers_at_once(make_stack):
    stack = make_stack(uses_proxy=True)
    stack.proxy.hold_answers()
    answer = stack.post_order(headers={"Prefer": "respond-async"})
    order_id = answer.json()["id"]
    assert answer.status_code == 202
    assert answer.text == '{"item_name":"Apple","quantity":1,"price":100,"id":%d,"status":"PENDING"}' % order_id
    assert answer.headers["Location"] == f"/orders/{order_id}"
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["Preference-Applied"] == "respond-async"
    assert answer.elapsed.total_seconds() < 2
    assert stack.order.get(answer.headers["Location"]).json()["status"] == "PENDING"
    stack.proxy.release_answers()
    assert stack.wait_for_terminal(order_id)["status"] == "COMPLETED"


@pytest.mark.parametrize("prefer, is_applied", [
    ("wait=10, respond-async; a=b", True), ("return=minimal", False), ('a="respond-async, respond-async"', False),
])
def test_a_preference_is_told_only_where_it_was_followed(stack, prefer, is_applied):
    answer = stack.post_order(headers={"Prefer": prefer})
    assert (answer.status_code, answer.headers.get("Preference-Applied")) == ((202, "respond-async") if is_applied else (200, None))
    path = answer.headers["Location"]
    stack.wait_for_terminal(answer.json()["id"])
    assert stack.order.post(path + "/cancel").status_code == 200
    again = stack.order.post(path + "/cancel", headers={"Prefer": prefer})
    assert (again.status_code, again.headers.get("Preference-Applied")) == (200, None)


def test_every_answer_about_an_order_tells_whether_it_is_final_and_where_it_is(make_stack):
    stack = make_stack(uses_proxy=True)
    stack.proxy.hold_answers()
    keyed = {"Idempotency-Key": "k"}
    hurried = {"Prefer": "respond-async"}
    first = stack.post_order(headers={**keyed, **hurried})
    path = first.headers["Location"]
    answers = [first, stack.post_order(headers=keyed), stack.order.get(path), stack.order.post(path + "/resume"),
               stack.order.post(path + "/cancel", headers=hurried)]
    assert [answer.status_code for answer in answers] == [202, 409, 200, 200, 202]
    assert {(answer.headers["Order-Final"], answer.headers["Location"]) for answer in answers} == {("false", path)}
    stack.proxy.release_answers()
    stack.wait_for_terminal(first.json()["id"])
    answers = [stack.post_order(), stack.post_order(BOMB), stack.post_order(headers=keyed), stack.order.get(path),
               stack.order.post(path + "/resume"), stack.order.post(path + "/cancel")]
    assert [answer.status_code for answer in answers] == [200, 400, 400, 200, 409, 200]
    for answer in answers:
        assert answer.headers["Order-Final"] == "true"
        assert answer.headers["Location"] == f"/orders/{answer.json()['id']}"


def test_payment_is_made_once(stack, direct_id):
    order_id = direct_id()
    first = charge(stack, order_id)
    assert first.status_code == 200
    assert first.text == '{"order_id":%d,"amount":100,"id":%d,"status":"PAID"}' % (order_id, first.json()["id"])
    again = charge(stack, order_id)
    assert (again.status_code, again.text) == (200, first.text)
    assert stack.payment.get(f"/payments/{order_id}").text == first.text


def test_payment_remembers_amount_and_key(stack, direct_id):
    order_id = direct_id()
    assert charge(stack, order_id, key=UID).status_code == 200
    assert charge(stack, order_id, key=UID).status_code == 200
    assert charge(stack, order_id, amount=101, key=UID).status_code == 409
    assert charge(stack, order_id, key=f'"{UID}"').status_code == 200
    assert charge(stack, order_id, key=OTHER_UID).status_code == 409
    assert charge(stack, order_id).status_code == 409
    assert void(stack, order_id, key=OTHER_UID).json()["status"] == "MISMATCH"
    assert void(stack, order_id, key=UID).json()["status"] == "PAID"
    row = stack.payment_row(order_id)
    assert (row["amount"], row["status"], str(row["uid"])) == (100, "PAID", UID)


def test_built_in_fault_records_nothing(stack, direct_id):
    order_id = direct_id()
    answer = charge(stack, order_id, amount=9999)
    assert (answer.status_code, answer.text) == (500, '{"detail":"Payment System Error occurred!"}')
    assert stack.payment_row(order_id) is None
    assert stack.payment.get(f"/payments/{order_id}").status_code == 404


def test_void_of_nothing_stops_a_later_charge(stack, direct_id):
    order_id = direct_id()
    voided = void(stack, order_id)
    assert voided.status_code == 200
    assert (voided.json()["order_id"], voided.json()["status"]) == (order_id, "VOIDED")
    assert void(stack, order_id).text == voided.text
    late = charge(stack, order_id)
    assert late.status_code == 409
    assert late.json()["status"] == "VOIDED"
    assert stack.payment_row(order_id)["status"] == "VOIDED"


def test_void_of_a_payment_tells_it(stack, direct_id):
    order_id = direct_id()
    paid = charge(stack, order_id)
    voided = void(stack, order_id)
    assert (voided.status_code, voided.json()) == (200, paid.json())
    assert stack.payment_row(order_id)["status"] == "PAID"


def test_charge_and_void_race_has_one_winner(stack, direct_id):
    """Whoever was recorded first, both are told the same."""
    with ThreadPoolExecutor(8) as pool:
        for _ in range(20):
            order_id = direct_id()
            calls = [pool.submit(call, stack, order_id, key=UID) for call in (charge, void) * 4]
            told = {call.result().json()["status"] for call in calls}
            assert told == {stack.payment_row(order_id)["status"]}


@pytest.mark.parametrize("name", ["order", "payment"])
def test_health(stack, name):
    service = getattr(stack, name)
    for path in ("/healthz", "/readyz"):
        answer = service.get(path)
        assert answer.status_code == 200
        assert json.loads(answer.text)
        head = service.request("HEAD", path)
        assert (head.status_code, head.text) == (200, "")


def test_databases_agree(stack):
    stack.settle()
