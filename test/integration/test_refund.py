"""POST /payments/{order_id}/refund: PAID to REFUNDED, once, and only for whoever may."""

from concurrent.futures import ThreadPoolExecutor
import itertools
import random

import pytest

from stack import DIRECT_ORDER_ID_FIRST
from waiting import wait_until

UID = "6f1f1a52-7d1b-4f6e-9a58-0d9b6a4c1e01"
OTHER_UID = "6f1f1a52-7d1b-4f6e-9a58-0d9b6a4c1e02"

_order_ids = itertools.count(DIRECT_ORDER_ID_FIRST)


def key_header(key):
    return {"Idempotency-Key": key} if key else {}


def charge(stack, order_id, key=None):
    return stack.payment.post("/payments/", {"order_id": order_id, "amount": 100}, headers=key_header(key))


def void(stack, order_id, key=None):
    return stack.payment.post(f"/payments/{order_id}/void", headers=key_header(key))


def refund(stack, order_id, key=None):
    return stack.payment.post(f"/payments/{order_id}/refund", headers=key_header(key))


def new_payment(stack, key=None):
    order_id = next(_order_ids)
    assert charge(stack, order_id, key).status_code == 200
    return order_id


def status_of(stack, order_id):
    return stack.payment_row(order_id)["status"]


def assert_mismatch(answer):
    assert (answer.status_code, answer.json()["status"]) == (409, "MISMATCH")


@pytest.mark.parametrize("key", [None, UID])
def test_payment_is_refunded_once(stack, key):
    order_id = new_payment(stack, key)
    before = stack.payment_row(order_id)
    first = refund(stack, order_id, key)
    assert first.status_code == 200
    assert first.text == '{"order_id":%d,"amount":100,"id":%d,"status":"REFUNDED"}' % (order_id, before["id"])
    after = stack.payment_row(order_id)
    assert after["updated_at"] > before["updated_at"]
    again = refund(stack, order_id, key)
    assert (again.status_code, again.text) == (200, first.text)
    assert stack.payment_row(order_id) == after
    assert stack.payment.get(f"/payments/{order_id}").text == first.text
    stack.payment.wait_for_line(order_id, "Refund answered (REFUNDED)")


def test_refunded_order_is_never_charged_again(stack):
    order_id = new_payment(stack)
    refund(stack, order_id)
    again = charge(stack, order_id)
    assert (again.status_code, again.json()["status"]) == (409, "REFUNDED")
    voided = void(stack, order_id)
    assert (voided.status_code, voided.json()["status"]) == (200, "REFUNDED")
    assert status_of(stack, order_id) == "REFUNDED"


@pytest.mark.parametrize("recorded, asked", [(UID, OTHER_UID), (None, UID)])
def test_refund_never_touches_another_payment(stack, recorded, asked):
    order_id = new_payment(stack, recorded)
    assert_mismatch(refund(stack, order_id, asked))
    assert status_of(stack, order_id) == "PAID"
    assert refund(stack, order_id, recorded).status_code == 200
    assert_mismatch(refund(stack, order_id, asked))


def test_operator_refunds_whatever_is_there(stack):
    order_id = new_payment(stack, UID)
    assert refund(stack, order_id).json()["status"] == "REFUNDED"


def test_nothing_to_refund(stack):
    order_id = next(_order_ids)
    answer = refund(stack, order_id)
    assert answer.status_code == 409
    assert answer.text == '{"detail":"Nothing to refund","order_id":%d,"status":"NONE"}' % order_id
    assert stack.payment_row(order_id) is None
    assert void(stack, order_id).json()["status"] == "VOIDED"
    for key in (None, UID):  # a tombstone without a key is everybody's
        answer = refund(stack, order_id, key)
        assert (answer.status_code, answer.json()["status"]) == (409, "VOIDED")
        assert answer.json()["detail"] == "Nothing to refund"
    assert status_of(stack, order_id) == "VOIDED"


def test_declined_payment_has_nothing_to_refund(make_stack):
    stack = make_stack()
    stack.payment.stop()
    stack.payment.environment["PAYMENT_FAULTS"] = "100=decline"
    stack.payment.start()
    order_id = next(_order_ids)
    assert charge(stack, order_id, UID).status_code == 402
    answer = refund(stack, order_id, UID)
    assert (answer.status_code, answer.json()["status"]) == (409, "FAILED")
    assert_mismatch(refund(stack, order_id, OTHER_UID))
    assert status_of(stack, order_id) == "FAILED"


def test_bad_calls(stack):
    order_id = new_payment(stack)
    assert refund(stack, order_id, "mine").status_code == 400
    assert stack.payment.get(f"/payments/{order_id}/refund").status_code == 405
    assert refund(stack, 0).status_code == 404
    assert status_of(stack, order_id) == "PAID"


def test_charges_and_refunds_of_the_same_orders_at_once(stack):
    """On both connections that write, in all orders: no deadlock, and nobody is told anything untrue."""
    order_ids = [new_payment(stack, UID) for _ in range(40)]

    def refund_all(seed):
        mine = random.Random(seed).sample(order_ids, len(order_ids))
        return [(charge if (seed + order_id) % 3 == 0 else refund)(stack, order_id, UID) for order_id in mine]
    with ThreadPoolExecutor(8) as pool:
        answers = list(itertools.chain(*pool.map(refund_all, range(8))))
    told = {(answer.status_code, answer.json()["status"]) for answer in answers}
    assert told <= {(200, "PAID"), (200, "REFUNDED"), (409, "REFUNDED")}, told
    assert {status_of(stack, order_id) for order_id in order_ids} == {"REFUNDED"}
    assert "deadlock" not in stack.payment.log()


def test_refunds_that_share_a_statement_are_judged_one_by_one(make_stack):
    """While the database does not answer, calls gather; then all of them leave as one statement."""
    stack = make_stack(uses_database_proxies=True)
    order_ids = [new_payment(stack, UID) for _ in range(3)]
    calls = [(order_ids[0], UID), (order_ids[0], OTHER_UID), (order_ids[0], None), (order_ids[1], OTHER_UID),
             (order_ids[1], OTHER_UID), (order_ids[2], UID), (order_ids[2], UID)]
    blockers = [next(_order_ids), next(_order_ids)]
    stack.payment_db_proxy.hold_answers()
    with ThreadPoolExecutor(16) as pool:
        for count, order_id in enumerate(blockers, 4):  # one for each of the connections that write
            pool.submit(charge, stack, order_id)
            wait_until(lambda seen=count: stack.payment_db.value("SELECT count(*) FROM payments") == seen, 10,
                       "it is under way")
        answers = [pool.submit(refund, stack, *call) for call in calls]
        stack.payment_db_proxy.release_answers()
        told = [(answer.result().status_code, answer.result().json()["status"]) for answer in answers]
    done, other = (200, "REFUNDED"), (409, "MISMATCH")
    assert told == [done, other, done, other, other, done, done]
    assert [status_of(stack, order_id) for order_id in order_ids] == ["REFUNDED", "PAID", "REFUNDED"]


@pytest.mark.parametrize("lose", ["lose_answers", "lose_requests"])
def test_refund_whose_commit_is_not_acknowledged(make_stack, lose):
    stack = make_stack(uses_database_proxies=True)
    order_id = new_payment(stack, UID)
    getattr(stack.payment_db_proxy, lose)(1)
    assert refund(stack, order_id, UID).status_code in (200, 503)
    assert stack.payment_db_proxy.fault_count == 1
    answer = refund(stack, order_id, UID)
    assert (answer.status_code, answer.json()["status"]) == (200, "REFUNDED")


def test_refund_without_database(make_stack):
    stack = make_stack(uses_database_proxies=True)
    order_id = new_payment(stack, UID)
    stack.payment_db_proxy.cut_off()
    answer = refund(stack, order_id, UID)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    stack.payment_db_proxy.reconnect()
    wait_until(stack.payment.is_ready, 15, "the payment service is ready again")
    assert status_of(stack, order_id) == "PAID"
    assert refund(stack, order_id, UID).status_code == 200
