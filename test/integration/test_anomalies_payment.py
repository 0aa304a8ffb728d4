"""The payment register where its callers race, break off, or mean another order: docs/saga.md, "When something fails"."""

from concurrent.futures import ThreadPoolExecutor
import itertools
import uuid

import psycopg2

from service import Service
from stack import APPLE, DIRECT_ORDER_ID_FIRST
import waiting
from waiting import wait_until

UID = "6f1f1a52-7d1b-4f6e-9a58-0d9b6a4c1e01"
SHORT_DEADLINE = {"ORDER_DEADLINE_MS": "1500"}

_order_ids = itertools.count(DIRECT_ORDER_ID_FIRST)


def charge(service, order_id):
    return service.post("/payments/", {"order_id": order_id, "amount": 100}, headers={"Idempotency-Key": UID})


def void(service, order_id):
    return service.post(f"/payments/{order_id}/void", headers={"Idempotency-Key": UID})


def second_payment_service(stack):
    environment = {name: value for name, value in stack.payment.environment.items() if name != "LISTEN"}
    other = Service(stack.payment.binary, waiting.free_port(), stack.folder, environment)
    stack.services.append(other)
    other.start()
    return other


class OpenCharge:
    """A charge whose transaction is not committed yet."""

    def __init__(self, stack):
        self.order_id = next(_order_ids)
        self.database = stack.payment_db
        self.connection = psycopg2.connect(stack.payment_db.url())
        with self.connection.cursor() as cursor:
            cursor.execute("INSERT INTO payments (order_id, uid, amount, status) VALUES (%s, %s, 100, 'PAID')",
                           (self.order_id, UID))

    def wait_for_waiters(self, count):
        wait_until(lambda: self.database.value("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                               " AND datname = current_database()") >= count, 10,
                   f"{count} statements wait for the charge")

    def end(self, commits):
        (self.connection.commit if commits else self.connection.rollback)()
        self.connection.close()


def test_reset_on_a_kept_connection_is_no_word_of_the_payment(make_stack):
    """A3: the charge left on a connection that was open already, was recorded, and the connection broke. Then
    nobody listens any more: taken for never sent, the order would be cancelled although it is paid."""
    stack = make_stack(order_settings=SHORT_DEADLINE, uses_database_proxies=True)
    assert stack.post_order().status_code == 200
    stack.payment_db_proxy.hold_answers()
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(stack.post_order)
        stack.wait_for_payments(2)
        stack.payment.kill()
        stack.payment_db_proxy.release_answers()
        answer = call.result()
    assert (answer.status_code, answer.json()["status"]) == (202, "PENDING")
    assert "Preference-Applied" not in answer.headers
    stack.payment.start()
    assert stack.wait_for_terminal(answer.json()["id"])["status"] == "COMPLETED"
    stack.settle()


def test_one_charge_at_two_payment_services_at_once(make_stack):
    """A4: both are told the one row."""
    stack = make_stack()
    services = [stack.payment, second_payment_service(stack)]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(20):
            order_id = next(_order_ids)
            calls = [pool.submit(charge, service, order_id) for service in services * 4]
            assert len({call.result().text for call in calls}) == 1
            assert stack.payment_db.value("SELECT count(*) FROM payments WHERE order_id = %s", (order_id,)) == 1


def test_charge_waits_for_the_same_charge_at_another_payment_service(stack):
    """A4: the second one neither pays once more nor answers before the first is committed."""
    first = OpenCharge(stack)
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(charge, stack.payment, first.order_id)
        first.wait_for_waiters(1)
        assert not call.done()
        first.end(commits=True)
        answer = call.result()
    assert (answer.status_code, answer.json()["status"]) == (200, "PAID")
    assert stack.payment_db.value("SELECT count(*) FROM payments WHERE order_id = %s", (first.order_id,)) == 1


def test_void_waits_for_a_charge_that_is_not_committed(stack):
    """A8: a void that looked first and wrote then would see no row, and answer VOIDED."""
    for commits, expected in ((True, "PAID"), (False, "VOIDED")):
        first = OpenCharge(stack)
        with ThreadPoolExecutor(1) as pool:
            call = pool.submit(void, stack.payment, first.order_id)
            first.wait_for_waiters(1)
            assert not call.done()
            first.end(commits)
            assert call.result().json()["status"] == expected
        assert stack.payment_row(first.order_id)["status"] == expected


def test_order_whose_number_has_an_old_payment(make_stack):
    """A19: the order database was set back, and gives numbers that the payment service has seen."""
    stack = make_stack()
    last = stack.post_order().json()["id"]
    olds = {last + distance: str(uuid.uuid4()) for distance in range(1, 20)}
    stack.foreign_order_ids |= set(olds)
    for order_id, uid in olds.items():
        stack.payment_db.query("INSERT INTO payments (order_id, uid, amount, status) VALUES (%s, %s, %s, 'PAID')",
                               (order_id, uid, APPLE["price"]))
    answer = stack.post_order()
    order_id = answer.json()["id"]
    assert order_id in olds, "the number was not used before: the test tests nothing"
    assert (answer.status_code, answer.json()["status"]) == (400, "CANCELLED")
    assert stack.events(order_id)[-1] == ("CANCELLED", "mismatch")
    row = stack.payment_row(order_id)
    assert (row["status"], str(row["uid"])) == ("PAID", olds[order_id])
