"""/docs as a person uses it: to read the API, and to send requests."""

import json

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

import document
from conftest import HANGING_AMOUNT


@pytest.fixture(params=document.SERVICES)
def service(request, stack, browser):
    """One of the services, with its page open."""
    one = getattr(stack, request.param)
    open_page(browser, one)
    one.document = document.read(request.param)
    return one


@pytest.fixture
def order(stack, browser):
    open_page(browser, stack.order)
    return stack.order


def open_page(browser, service, fragment=""):
    browser.open(f"{service.url}/docs{fragment}")
    browser.wait_for(lambda: browser.find_all("details.operation"), "the page shows the calls")


def unfold(browser, name):
    """As the keyboard does it."""
    browser.find(f"#{name} > summary").send_keys(Keys.ENTER)
    browser.wait_for(lambda: browser.find_shown(f"#{name} .content"), f"{name} is open")


def send(browser, name):
    """The answer's code as it is shown, and its body."""
    browser.find(f"#{name} button[type=submit]").click()
    browser.wait_for(lambda: browser.find_all(f"#{name} .answer .code") and browser.find(f"#{name} button[type=submit]").is_enabled(),
                     f"{name} is answered")
    return browser.text(f"#{name} .answer .code"), browser.text(f"#{name} .answer .body")


def field(browser, name, place, parameter=None):
    return browser.find(f"#{name} [data-in={place}]" + (f'[data-name="{parameter}"]' if parameter else ""))


def fill(browser, element, text):
    browser.run("arguments[0].value = ''", element)
    element.send_keys(text)


def test_it_shows_every_call_and_code(browser, service):
    assert browser.text("h1").split() == [service.document.tree["info"]["title"], service.document.tree["info"]["version"]]
    shown = {one.get_attribute("id"): one for one in browser.find_all("details.operation")}
    assert set(shown) == {operation.name for operation in service.document.operations}
    for operation in service.document.operations:
        text = shown[operation.name].get_attribute("textContent")
        assert operation.method in text and operation.path in text and operation.node["summary"] in text
        codes = [one.get_attribute("textContent") for one in shown[operation.name].find_elements("css selector", "summary strong")]
        assert codes == [str(code) for code in operation.responses]
        names = [one["name"] for one in operation.parameters]
        fields = shown[operation.name].find_elements("css selector", "[data-in]:not([data-in=body], [data-name=Accept])")
        assert [one.get_attribute("data-name") for one in fields] == names


def test_it_is_quiet_and_for_everybody(browser, service):
    """With everything unfolded."""
    browser.run("for (const one of document.querySelectorAll('details')) one.open = true")
    browser.assert_accessible()
    browser.assert_quiet(service.url)


def test_an_order_is_sent(browser, stack, order):
    unfold(browser, "postOrder")
    code, body = send(browser, "postOrder")
    assert code == "200 OK"
    told = json.loads(body)
    assert told["status"] == "COMPLETED" and stack.order_row(told["id"])["status"] == "COMPLETED"
    assert "content-type: application/json" in browser.text("#postOrder .answer .headers")
    browser.assert_accessible()
    browser.assert_quiet(order.url)


def test_another_example_and_headers_are_sent(browser, stack, order):
    unfold(browser, "postOrder")
    Select(browser.find("#postOrder-body-example")).select_by_index(1)
    fill(browser, field(browser, "postOrder", "header", "Idempotency-Key"), "from-the-page")
    code, body = send(browser, "postOrder")
    assert code.startswith("400 ") and json.loads(body)["status"] == "CANCELLED"
    assert "not paid" in browser.text("#postOrder .answer p")
    send(browser, "postOrder")
    assert "idempotent-replayed: true" in browser.text("#postOrder .answer .headers")
    assert stack.order_db.value("SELECT count(*) FROM idempotency_keys WHERE key = 'from-the-page'") == 1


def test_path_and_query_are_sent(browser, stack, order):
    order_id = stack.post_order().json()["id"]
    unfold(browser, "getOrder")
    fill(browser, field(browser, "getOrder", "path"), str(order_id))
    assert json.loads(send(browser, "getOrder")[1])["id"] == order_id
    unfold(browser, "listOrders")
    fill(browser, field(browser, "listOrders", "query", "limit"), "1")
    Select(field(browser, "listOrders", "query", "status")).select_by_visible_text("COMPLETED")
    page = json.loads(send(browser, "listOrders")[1])
    assert [one["id"] for one in page["orders"]] == [order_id]
    browser.assert_quiet(order.url)


def test_large_numbers_are_shown_as_they_came(browser, stack):
    order_id = 2**63 - 1
    stack.payment.post("/payments", {"order_id": order_id, "amount": 1})
    open_page(browser, stack.payment)
    unfold(browser, "getPayment")
    fill(browser, field(browser, "getPayment", "path"), str(order_id))
    assert f'"order_id":{order_id},' in send(browser, "getPayment")[1]


def test_the_token_goes_with_requests_and_is_not_kept(browser, stack):
    guarded = stack.new_order_service()
    guarded.environment["AUTH_TOKEN"] = "let-me-in"
    stack.services.append(guarded)
    guarded.start()
    open_page(browser, guarded)
    unfold(browser, "listOrders")
    assert send(browser, "listOrders")[0] == "401 Unauthorized"
    fill(browser, browser.find("#token"), "let-me-in")
    assert send(browser, "listOrders")[0] == "200 OK"
    assert browser.run("return localStorage.length + sessionStorage.length + document.cookie.length") == 0
    open_page(browser, guarded)
    assert browser.find("#token").get_attribute("value") == ""


def test_text_never_becomes_part_of_the_page(browser, order):
    name = "<img src=x onerror=\"document.title='seized'\">"
    unfold(browser, "postOrder")
    fill(browser, field(browser, "postOrder", "body"), json.dumps({"item_name": name, "quantity": 1, "price": 1}))
    assert json.loads(send(browser, "postOrder")[1])["item_name"] == name
    assert not browser.find_all("img") and browser.driver.title != "seized"


def test_a_script_in_the_page_is_not_run(browser, order):
    browser.run("const one = document.createElement('script'); one.textContent = 'document.title = \"seized\"';"
                "document.body.append(one)")
    assert browser.driver.title != "seized"
    browser.read_logs()
    assert "Content Security Policy" in browser.complaints[0]["message"]


def test_a_request_can_be_stopped(browser, stack):
    open_page(browser, stack.payment)
    unfold(browser, "postPayment")
    fill(browser, field(browser, "postPayment", "body"), json.dumps({"order_id": 2**40, "amount": HANGING_AMOUNT}))
    browser.find("#postPayment button[type=submit]").click()
    stop = browser.find("#postPayment button.second")
    browser.wait_for(stop.is_displayed, "the request is under way")
    stop.click()
    browser.wait_for(lambda: "Stopped." in browser.text("#postPayment .answer"), "the request is stopped")
    assert browser.find("#postPayment button[type=submit]").is_enabled() and not browser.find_shown("#postPayment button.second")


def test_a_stream_is_shown_as_it_comes(browser, stack, order):
    order_id = stack.post_order().json()["id"]
    unfold(browser, "getOrderEvents")
    fill(browser, field(browser, "getOrderEvents", "path"), str(order_id))
    Select(field(browser, "getOrderEvents", "header", "Accept")).select_by_visible_text("text/event-stream")
    browser.find("#getOrderEvents button[type=submit]").click()
    browser.wait_for(lambda: '"COMPLETED"' in browser.text("#getOrderEvents .answer .body"), "what was recorded is shown")
    stack.order.post(f"/orders/{order_id}/cancel")
    browser.wait_for(lambda: '"CANCELLED"' in browser.text("#getOrderEvents .answer .body"), "what happens is shown")
    browser.find("#getOrderEvents button.second").click()
    browser.wait_for(lambda: "Stopped." in browser.text("#getOrderEvents .answer"), "the stream is stopped")
    assert '"COMPLETED"' in browser.text("#getOrderEvents .answer .body")


def test_a_link_leads_to_a_call(browser, order):
    open_page(browser, order, "#cancelOrder")
    browser.wait_for(lambda: browser.find_shown("#cancelOrder .content"), "the linked call is open")
    browser.run("location.hash = 'getOrder'")
    browser.wait_for(lambda: browser.find_shown("#getOrder .content"), "the next one is open")


def test_the_keyboard_reaches_everything(browser, order):
    """From the top of the page: the link that skips, the document, the token, and then the first call."""
    reached = []
    for _ in range(5):
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        focused = browser.driver.switch_to.active_element
        reached.append(focused.tag_name)
        assert browser.run("return getComputedStyle(arguments[0]).outlineStyle", focused) != "none"
    assert reached[:4] == ["a", "a", "input", "summary"]
