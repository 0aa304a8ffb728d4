"""More than can be done: what exceeds the bounds is refused at once, what was accepted ends, and nothing is left behind."""

import collections

from flood import Flood, post
from stack import APPLE, DIRECT_ORDER_ID_FIRST
from waiting import wait_until

# Far more than what is taken before the service knows how fast its database is.
CONNECTION_COUNT = 250
MEMORY_MAX_MB = 400  # a sanitized build takes several times what a usual one does
PATIENCE_SECONDS = 60


def memory_mb(service):
    with open(f"/proc/{service.process.pid}/status", encoding="utf-8") as file:
        (line,) = [line for line in file if line.startswith("VmRSS:")]
    return int(line.split()[1]) / 1024


def flood_orders(stack, price=100):
    return Flood(stack.order.port, CONNECTION_COUNT, lambda _: post("/orders/", {**APPLE, "price": price}))


def wait_for_refusals(flood, count):
    flood.receive_until(lambda _: len(flood.refusals()) >= count, PATIENCE_SECONDS, f"{count} are refused")


def assert_refused_for_good_reason(flood):
    # The other one: the numbers at hand are used up, and further ones are on their way from the database.
    assert {refusal.body["detail"] for refusal in flood.refusals()} <= {
        "Too many orders are waiting", "The database is not available"}


def assert_told_truly(stack, answers):
    """What was told 200 is COMPLETED, what was told 202 exists, and what was refused is not charged."""
    told = collections.Counter(answer.status for answer in answers)
    assert set(told) <= {200, 202, 503}, told
    numbers = [answer.body["id"] for answer in answers if answer.status in (200, 202)]
    assert len(numbers) == len(set(numbers))
    completed = stack.order_db.value("SELECT count(*) FROM orders WHERE status = 'COMPLETED'")
    assert told[200] <= completed <= told[200] + told[202]
    return told


def test_order_database_that_answers_nothing(make_stack):
    stack = make_stack(order_settings={"ORDER_DEADLINE_MS": "8000"}, uses_database_proxies=True)
    stack.order_db_proxy.hold_answers()
    with flood_orders(stack) as flood:
        wait_for_refusals(flood, 1000)
        assert_refused_for_good_reason(flood)
        assert memory_mb(stack.order) < MEMORY_MAX_MB
        assert stack.order.get("/healthz").status_code == 200
        stack.order_db_proxy.release_answers()
        flood.receive_all(PATIENCE_SECONDS)
        told = assert_told_truly(stack, flood.answers)
        assert told[200] > 0, told
    assert stack.order.log().count("Order refused: those under way take too long (503)") <= 3
    stack.settle()
    assert stack.post_order().status_code == 200


def test_payment_database_that_answers_nothing(make_stack):
    """Charges are refused; voids are not, and an order that is told so waits for better times."""
    # None of its charges counts as hanging, and makes room, before the test is over.
    stack = make_stack(order_settings={"ORDER_DEADLINE_MS": "20000"}, payment_settings={"OVERLOAD_DELAY_MS": "60000"},
                       uses_database_proxies=True)
    stack.payment_db_proxy.hold_answers()

    def charge(number):
        return post("/payments/", {"order_id": DIRECT_ORDER_ID_FIRST + number, "amount": 1})

    def void(number):
        return post(f"/payments/{DIRECT_ORDER_ID_FIRST + 100000 + number}/void", None)
    with Flood(stack.payment.port, CONNECTION_COUNT, charge) as charges:
        wait_for_refusals(charges, 1000)
        assert charges.refusals()[0].body == {"detail": "Too many payments are waiting", "status": "BUSY"}
        with Flood(stack.payment.port, 50, void) as voids:
            order = stack.post_order(headers={"Prefer": "respond-async"}).json()["id"]
            wait_until(lambda: "Payment Busy (503), to be tried again" in stack.order.log_lines(order), 20,
                       "its charge is refused")
            assert memory_mb(stack.payment) < MEMORY_MAX_MB
            assert not voids.receive(), "a void was refused"
            stack.payment_db_proxy.release_answers()
            voids.receive_all(PATIENCE_SECONDS)
            assert {(answer.status, answer.body["status"]) for answer in voids.answers} == {(200, "VOIDED")}
        charges.receive_all(PATIENCE_SECONDS)
        paid = [answer for answer in charges.answers if answer.status == 200]
        assert len(paid) + len(charges.refusals()) == charges.request_count
    assert stack.wait_for_terminal(order)["status"] == "COMPLETED"
    assert "circuit breaker open" not in stack.order.log()
    stack.settle()


def test_more_orders_than_the_payment_takes(make_stack):
    """The queue is behind the calls to the payment service: the orders are refused at the door all the same."""
    stack = make_stack(order_settings={"ORDER_DEADLINE_MS": "20000", "PAYMENT_TIMEOUT_MS": "9000"}, uses_proxy=True)
    stack.proxy.hold_answers()
    with flood_orders(stack) as flood:
        wait_for_refusals(flood, 1000)
        assert_refused_for_good_reason(flood)
        assert memory_mb(stack.order) < MEMORY_MAX_MB
        stack.proxy.release_answers()
        flood.receive_all(PATIENCE_SECONDS)
        told = assert_told_truly(stack, flood.answers)
        assert told[200] > 0, told
    stack.settle()
    assert stack.post_order().status_code == 200


def test_cancels_are_taken_while_orders_are_refused(make_stack):
    stack = make_stack(order_settings={"ORDER_DEADLINE_MS": "20000", "PAYMENT_TIMEOUT_MS": "9000"}, uses_proxy=True)
    order = stack.post_order().json()["id"]
    stack.proxy.hold_answers()
    with flood_orders(stack) as flood:
        wait_for_refusals(flood, 1000)
        answer = stack.order.post(f"/orders/{order}/cancel", headers={"Prefer": "respond-async"})
        assert answer.status_code == 202, answer.text
        assert answer.json()["status"] == "CANCELLING"
        stack.proxy.release_answers()
        flood.receive_all(PATIENCE_SECONDS)
    assert stack.wait_for_terminal(order)["status"] == "CANCELLED"
    stack.settle()
