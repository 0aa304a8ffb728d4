"""Bearer tokens: who has none reaches nothing but what is open, and no token shows anywhere."""

import subprocess

import pytest

from stack import APPLE, DIRECT_ORDER_ID_FIRST

ORDER_TOKENS = "order-old,order-new"
PAYMENT_TOKEN = "payment-secret=="
GOOD = {"Authorization": "Bearer order-new"}
PAYMENT_GOOD = {"Authorization": f"Bearer {PAYMENT_TOKEN}"}


@pytest.fixture(scope="module", name="guarded")
def stack_with_tokens(stack_of_module):
    return stack_of_module(order_settings={"AUTH_TOKEN": ORDER_TOKENS, "PAYMENT_AUTH_TOKEN": PAYMENT_TOKEN},
                           payment_settings={"AUTH_TOKEN": PAYMENT_TOKEN})


def assert_unauthorized(answer):
    assert answer.status_code == 401, answer.text
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert isinstance(answer.json()["detail"], str)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic b3JkZXItbmV3"},
                                     {"Authorization": "Bearer order-old,order-new"}])
def test_nothing_happens_without_a_good_token(guarded, headers):
    before = guarded.order_db.value("SELECT count(*) FROM orders")
    assert_unauthorized(guarded.post_order(headers=headers))
    assert_unauthorized(guarded.order.get("/orders/1", headers=headers))
    assert_unauthorized(guarded.order.post("/orders/1/cancel", headers=headers))
    assert_unauthorized(guarded.order.get("/nowhere", headers=headers))
    assert guarded.order_db.value("SELECT count(*) FROM orders") == before


def test_payment_service_has_its_own(guarded):
    payment = {"order_id": DIRECT_ORDER_ID_FIRST, "amount": 1}
    for headers in ({}, GOOD):
        assert_unauthorized(guarded.payment.post("/payments/", payment, headers=headers))
        assert_unauthorized(guarded.payment.post(f"/payments/{DIRECT_ORDER_ID_FIRST}/void", headers=headers))
    assert guarded.payment_row(DIRECT_ORDER_ID_FIRST) is None
    assert guarded.payment.post("/payments/", payment, headers=PAYMENT_GOOD).status_code == 200


def test_health_is_open(guarded):
    for service in guarded.services:
        for path in ("/healthz", "/readyz"):
            assert service.get(path).status_code == 200


@pytest.mark.parametrize("token", ORDER_TOKENS.split(","))
def test_whole_orders_with_a_token(guarded, token):
    answer = guarded.post_order(headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    order = answer.json()
    assert order == {**APPLE, "id": order["id"], "status": "COMPLETED"}
    cancelled = guarded.order.post(f"/orders/{order['id']}/cancel", headers={"Authorization": f"bearer {token}"})
    assert cancelled.status_code == 200 and cancelled.json()["status"] == "CANCELLED"
    guarded.settle()


def test_no_token_is_logged(guarded):
    assert_unauthorized(guarded.post_order(headers={"Authorization": "Bearer guessed-at"}))
    for service in guarded.services:
        log = service.log()
        for token in (*ORDER_TOKENS.split(","), PAYMENT_TOKEN, "guessed-at"):
            assert token not in log


def test_order_service_with_a_wrong_token_charges_nobody(make_stack):
    """The payment service refuses all its calls: no order is told paid, and all end when it is set right."""
    stack = make_stack(order_settings={"PAYMENT_AUTH_TOKEN": "wrong", "ORDER_DEADLINE_MS": "1000"},
                       payment_settings={"AUTH_TOKEN": PAYMENT_TOKEN})
    assert stack.post_order().status_code in (202, 400)
    assert stack.payment_db.value("SELECT count(*) FROM payments") == 0
    stack.order.stop()
    stack.order.environment["PAYMENT_AUTH_TOKEN"] = PAYMENT_TOKEN
    stack.order.start()
    assert stack.post_order().status_code == 200
    stack.settle()


@pytest.mark.parametrize("name", ["AUTH_TOKEN", "PAYMENT_AUTH_TOKEN"])
def test_token_that_nobody_can_send_stops_the_start(guarded, name):
    done = subprocess.run([guarded.order.binary], env={**guarded.order.environment, name: "se cret", "LISTEN": "127.0.0.1:0"},
                          capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode == 1
    assert f'{name} is "***", but must be' in done.stderr and "se cret" not in done.stderr + done.stdout


def test_help_shows_no_token(guarded):
    done = subprocess.run([guarded.order.binary, "--help"], env=guarded.order.environment, capture_output=True, text=True,
                          check=True, timeout=20)
    assert "AUTH_TOKEN" in done.stdout and "order-old" not in done.stdout
