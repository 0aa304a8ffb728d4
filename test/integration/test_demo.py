"""DEMO: what it lets a person see and change while the services run; and that without it nothing of that is there."""

import subprocess
import sys

import pytest

import events
from stack import APPLE, AUDIT, BOMB
from waiting import wait_until

ON = {"DEMO": "on"}
ROUTES = {
    "order": [("GET", "/demo/faults"), ("PUT", "/demo/faults"), ("GET", "/demo/payments/1"), ("GET", "/demo/log/1"),
              ("GET", "/demo/audit"), ("PUT", "/demo/audit")],
    "payment": [("GET", "/demo/faults"), ("PUT", "/demo/faults"), ("GET", "/demo/payments/1")],
}
ELSEWHERE = [{"Origin": "http://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
             {"Sec-Fetch-Site": "same-site"}]


@pytest.fixture(scope="module", name="demo")
def stack_of_a_demo(stack_of_module):
    return stack_of_module(order_settings=ON, payment_settings=ON)


@pytest.fixture(scope="module", name="guarded")
def stack_of_a_demo_with_tokens(stack_of_module):
    return stack_of_module(order_settings={**ON, "AUTH_TOKEN": "old,new"})


@pytest.fixture(autouse=True)
def usual_faults(request):
    yield
    if "demo" in request.fixturenames:
        set_faults(request.getfixturevalue("demo"), "9999=500")


def put(service, path, body, **headers):
    return service.request("PUT", path, json=body, headers=headers)


def set_faults(stack, rules):
    answer = put(stack.order, "/demo/faults", {"faults": rules})
    assert answer.status_code == 200 and answer.json() == {"faults": rules}, answer.text


def post(stack, price):
    return stack.post_order({"item_name": "Any", "quantity": 1, "price": price}).json()


@pytest.mark.parametrize("service, method, path", [(service, *route) for service, routes in ROUTES.items() for route in routes])
def test_without_it_there_is_nothing(stack, service, method, path):
    one = getattr(stack, service)
    answer = one.request(method, path, json={"faults": "none", "summary": "x", "violation_count": 0})
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})
    assert one.get("/nowhere").json() == answer.json()


def test_the_page_is_told(stack, demo):
    assert stack.order.get("/setup").json()["demo"] is False
    assert demo.order.get("/setup").json()["demo"] is True


def test_faults_change_what_becomes_of_the_next_order(demo):
    assert demo.order.get("/demo/faults").json() == {"faults": "9999=500"}
    assert post(demo, 100)["status"] == "COMPLETED"
    set_faults(demo, "100=decline")
    assert post(demo, 100)["status"] == "CANCELLED"
    assert post(demo, 9999)["status"] == "COMPLETED"
    set_faults(demo, "none")
    assert post(demo, 100)["status"] == "COMPLETED"
    assert demo.payment.get("/demo/faults").json() == demo.order.get("/demo/faults").json() == {"faults": "none"}


@pytest.mark.parametrize("body, field, kind", [
    ({"faults": "1=what"}, "faults", "value_error"), ({"faults": 1}, "faults", "string_type"),
    ({}, "faults", "missing"), ({"faults": "1=hang," * 400}, "faults", "string_too_long"),
])
def test_rules_that_make_no_sense_change_nothing(demo, body, field, kind):
    answer = put(demo.order, "/demo/faults", body)
    (fault,) = answer.json()["detail"]
    assert (answer.status_code, fault["loc"], fault["type"]) == (422, ["body", field], kind)
    assert demo.order.get("/demo/faults").json() == {"faults": "9999=500"}


@pytest.mark.parametrize("headers", ELSEWHERE)
@pytest.mark.parametrize("service", ["order", "payment"])
def test_a_page_from_elsewhere_changes_nothing(demo, service, headers):
    one = getattr(demo, service)
    assert put(one, "/demo/faults", {"faults": "none"}, **headers).status_code == 403
    assert one.get("/demo/faults").json() == {"faults": "9999=500"}
    if service == "order":
        before = one.get("/demo/audit").json()
        assert put(one, "/demo/audit", {"summary": "forged", "violation_count": 0}, **headers).status_code == 403
        assert one.get("/demo/audit").json() == before


@pytest.mark.parametrize("service, method, path", [(service, *route) for service, routes in ROUTES.items() for route in routes])
def test_a_name_that_anybody_may_give_leads_nowhere(demo, service, method, path):
    """To a browser that page is of the same origin, whatever its name server says meanwhile (DNS rebinding)."""
    headers = {"Host": "rebound.example:8000", "Origin": "http://rebound.example:8000", "Sec-Fetch-Site": "same-origin"}
    answer = getattr(demo, service).request(method, path, json={"faults": "none", "summary": "x", "violation_count": 0}, headers=headers)
    assert answer.status_code == 403 and "name without a dot" in answer.json()["detail"]
    assert demo.order.get("/demo/faults", headers={"Host": "devbox"}).json() == {"faults": "9999=500"}


@pytest.mark.parametrize("headers", [{"Content-Type": "text/plain"}, {}])
def test_what_a_form_can_send_changes_nothing(demo, headers):
    assert demo.order.request("PUT", "/demo/faults", data='{"faults":"none"}', headers=headers).status_code == 415
    assert demo.order.request("OPTIONS", "/demo/faults").status_code == 405
    assert "Access-Control-Allow-Origin" not in demo.order.get("/demo/faults").headers


def test_both_sides_of_an_order(demo):
    order = demo.post_order(BOMB).json()
    other = demo.order.get(f"/demo/payments/{order['id']}").json()
    row = demo.payment_row(order["id"])
    assert other["payment"] == {"order_id": order["id"], "amount": None, "id": row["id"], "status": "VOIDED"}
    own = demo.order.get(f"/demo/log/{order['id']}").json()["log"]
    assert [line["message"] for line in own if line["service"] == "order"][-1] == "Compensating Transaction executed (CANCELLED)"
    assert [line["message"] for line in other["log"]] == ["Fault by amount (500)", "Void answered (VOIDED)"]
    assert {line["trace_id"] for line in own + other["log"]} == {own[0]["trace_id"]} != {""}


def test_an_order_that_nobody_knows(demo):
    assert demo.order.get("/demo/payments/4000000000").json() == {"payment": None, "log": []}
    assert demo.order.get("/demo/log/4000000000").json() == {"log": []}


def test_all_instances_obey(make_stack):
    two = {**ON, "INSTANCES": "2"}
    stack = make_stack(order_settings=two, payment_settings=two)
    for round_number in range(3):
        for rules, status in (("100=decline", "CANCELLED"), ("none", "COMPLETED")):
            set_faults(stack, rules)
            for _ in range(12):  # each on a connection of its own, so that both instances have their share
                order = post(stack, 100)
                assert order["status"] == status, (round_number, order)
                lines = stack.order.get(f"/demo/log/{order['id']}").json()["log"]
                assert lines[0]["message"] == "Order Created (PENDING)"
    assert put(stack.order, "/demo/audit", {"summary": "told to one", "violation_count": 3}).status_code == 200
    for _ in range(8):
        assert stack.order.get("/demo/audit").json()["audit"]["summary"] == "told to one"


def test_the_payment_service_may_be_away_or_without_it(make_stack):
    stack = make_stack(order_settings=ON)
    assert stack.order.get("/demo/faults").status_code == 404
    stack.payment.stop()
    answer = stack.order.get("/demo/faults")
    assert (answer.status_code, answer.json()) == (503, {"detail": "The payment service does not answer"})
    stack.payment.environment.update(ON)
    stack.payment.start()
    wait_until(lambda: stack.order.get("/demo/faults").status_code == 200, 20, "the payment service answers again")


def test_hanging_charges_and_then_the_cure(demo):
    """As a person plays: break it, see orders wait and be voided, repair it."""
    with events.EventStream(demo.order.port) as stream:
        set_faults(demo, "100=hang")
        waiting = demo.post_order(APPLE, headers={"Prefer": "respond-async"}).json()
        assert waiting["status"] == "PENDING"
        demo.wait_for_status(waiting["id"], "CANCELLED")
        set_faults(demo, "none")
        assert post(demo, 100)["status"] == "COMPLETED"
        stream.wait_for(4)


def run_audit(stack, *options):
    return subprocess.run([sys.executable, "-B", str(AUDIT), "--order-database", stack.order_db.url(), "--payment-database",
                           stack.payment_db.url(), *options], capture_output=True, text=True, check=False)


def test_the_audit_tells_the_page(demo, stack):
    done = run_audit(demo, "--report-to", demo.order.url)
    audit = demo.order.get("/demo/audit").json()["audit"]
    assert done.returncode == audit["violation_count"] == 0
    assert done.stdout.splitlines()[-1] == f"audit: {audit['summary']}"
    done = run_audit(stack, "--report-to", stack.order.url)
    assert done.returncode == 0 and "was not told: HTTP Error 404" in done.stdout


@pytest.mark.parametrize("token, words", [
    ("new", None), ("new,old", None), ("other", "HTTP Error 401"), ("", "HTTP Error 401"), ("n\new", "HTTP Error 401"),
])
def test_the_audit_has_the_token_of_the_page(guarded, monkeypatch, token, words):
    monkeypatch.setenv("AUTH_TOKEN", token)
    done = run_audit(guarded, "--report-to", guarded.order.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert words in done.stdout if words else "was not told" not in done.stdout
    told = guarded.order.get("/demo/audit", headers={"Authorization": "Bearer new"}).json()["audit"]
    assert words or done.stdout.splitlines()[-1] == f"audit: {told['summary']}"
