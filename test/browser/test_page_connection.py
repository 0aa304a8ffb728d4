"""The page at / while something between it and the orders is away: it tells so, comes back by itself, and has missed nothing."""

import concurrent.futures

import pytest
from selenium.webdriver.common.keys import Keys

from page import Page
from scrape import Scrape

ORDER_COUNT = 400  # each has two moves: more than the 500 lines that a client who comes back is told one by one
LARGE_ID = 2**53 + 1

# Answers one path as if the service did, once.
ANSWER_INSTEAD = """
const [path, body, status] = arguments;
const ask = window.fetch;
window.isAnswered = false;
window.fetch = (asked, options) => {
    if (asked !== path || window.isAnswered) {
        return ask(asked, options);
    }
    window.isAnswered = true;
    return Promise.resolve(new Response(body, { status }));
};"""

# Somebody looks at another window; the time until the page believes it is a hundredth.
HIDE = """
const wait = window.setTimeout;
window.setTimeout = (what, ms) => wait(what, ms / 100);
Object.defineProperty(document, "hidden", { configurable: true, value: true });
document.dispatchEvent(new Event("visibilitychange"));
window.setTimeout = wait;"""
SHOW = """delete document.hidden; document.dispatchEvent(new Event("visibilitychange"));"""


def restart(page):
    page.stack.order.stop()
    page.wait_for_state("stale")
    page.stack.order.start()
    page.wait_for_state("live")


def watcher_count(stack):
    return Scrape(stack.order).value("order_watchers")


def test_a_service_that_has_stopped_moving(page):
    """Its connections stay open, and nobody says that it is gone."""
    page.stack.order.hang()
    try:
        page.wait_for_state("stale")
        assert "does not answer" in page.browser.text("#stale")
        page.browser.find("#look-up input").send_keys("1" + Keys.ENTER)
        page.browser.wait_for(lambda: "No answer came" in page.browser.text("#story-message"), "whoever asks is told in the end")
        page.browser.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    finally:
        page.stack.order.go_on()
    page.wait_for_state("live")
    page.place("apple")
    page.wait_for_counts(COMPLETED=1)


def test_a_crash_of_the_service(page):
    page.place("apple")
    page.wait_for_counts(COMPLETED=1)
    page.stack.order.kill()
    page.wait_for_state("stale")
    page.place("bomb")
    page.browser.wait_for(lambda: page.browser.text("#place-message") == "The order service does not answer.", "the order is refused")
    page.stack.order.start()
    page.wait_for_state("live")
    page.place("apple")
    page.wait_for_counts(COMPLETED=2)


def test_thousands_at_once_are_counts(page):
    """The page was away, and is told the sum: it counts each, and lists the newest."""
    page.stack.order.hang()
    page.wait_for_state("stale")
    page.browser.run(HIDE)
    page.stack.order.go_on()
    page.browser.wait_for(lambda: watcher_count(page.stack) == 0, "the page has left")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert {one.status_code for one in pool.map(lambda _: page.stack.post_order(), range(ORDER_COUNT))} == {200}
    page.browser.run(SHOW)
    page.wait_for_counts(PENDING=0, COMPLETED=ORDER_COUNT)
    assert page.moves() == {"created": ORDER_COUNT, "paid": ORDER_COUNT}
    page.browser.wait_for(lambda: len(page.browser.find_all("#orders .chip")) == 40, "the newest are listed")
    assert {one.text for one in page.browser.find_all("#orders .chip")} == {"COMPLETED"}


def test_nobody_watches_a_page_that_is_hidden(page):
    page.browser.wait_for(lambda: watcher_count(page.stack) == 1, "the page watches, and nobody else any more")
    page.browser.run(HIDE)
    page.browser.wait_for(lambda: watcher_count(page.stack) == 0, "the page has left")
    before = Scrape(page.stack.order)
    page.stack.post_order()
    page.browser.run("return new Promise((resolve) => setTimeout(resolve, 2500))")  # the page's own pace, if it had one
    after = Scrape(page.stack.order)
    asked, asked_before = [one.counted("http_server_requests_total", "method", "route", "code") for one in (after, before)]
    asked_between = {what: count - asked_before.get(what, 0) for what, count in asked.items()}
    assert {what: count for what, count in asked_between.items() if count != 0} == \
        {("GET", "/metrics", "200"): 1, ("POST", "/orders", "200"): 1}
    page.browser.run(SHOW)
    page.wait_for_state("live")
    page.wait_for_counts(COMPLETED=1)


def test_two_tabs(page):
    browser = page.browser
    first = browser.driver.current_window_handle
    browser.driver.switch_to.new_window("tab")
    try:
        browser.driver.get(f"{page.url}/")
        page.wait_for_state("live")
        page.place("apple")
        page.wait_for_counts(COMPLETED=1)
        browser.driver.switch_to.window(first)
        page.wait_for_counts(COMPLETED=1)
        browser.driver.switch_to.window(browser.driver.window_handles[-1])
    finally:
        browser.driver.close()
        browser.driver.switch_to.window(first)


def test_another_version_answers(page):
    page.browser.run(ANSWER_INSTEAD, "/setup", '{"demo":true,"instances":3,"version":"99.0.0"}', 200)
    restart(page)
    page.browser.wait_for(lambda: page.browser.find_shown("#newer"), "the page tells of it")
    assert page.browser.text("#instances") == "3 processes"


def test_another_database_answers(page):
    page.place("apple")
    page.wait_for_counts(COMPLETED=1)
    page.browser.run(ANSWER_INSTEAD, "/events", '{"detail":"No such position"}', 409)
    page.stack.order.stop()
    page.stack.order.start()
    page.wait_for_counts(COMPLETED=0)
    page.wait_for_state("live")
    page.place("apple")
    page.wait_for_counts(COMPLETED=1)


def test_too_many_watch(page):
    """Not the page's own words: those of the service."""
    page.browser.run(ANSWER_INSTEAD, "/events", '{"detail":"Too many clients are watching"}', 503)
    page.browser.run("window.words = []; new MutationObserver(() => words.push(document.querySelector('#stale').textContent))"
                     ".observe(document.querySelector('#stale'), { childList: true });")
    restart(page)
    assert any("refuses: Too many clients are watching." in words for words in page.browser.run("return window.words"))


def test_large_order_numbers(page):
    """Beyond what a number of JavaScript can hold."""
    database = page.stack.order_db
    database.value("WITH made AS (INSERT INTO orders (id, uid, item_name, quantity, price, status)"
                   " VALUES (%s, gen_random_uuid(), 'Pear', 1, 5, 'COMPLETED') RETURNING id)"
                   " INSERT INTO order_events (order_id, status, reason) SELECT id, 'PENDING', 'created' FROM made RETURNING order_id", (LARGE_ID,))
    try:
        page.open()
        page.browser.wait_for(lambda: page.browser.text("#orders .row-id") == f"Order {LARGE_ID}", "it is listed")
        page.newest().click()
        page.browser.wait_for(lambda: str(LARGE_ID) in page.browser.text("#order-row"), "its row is shown")
        page.browser.find("#story-close").click()
        page.browser.find("#look-up input").send_keys(f"00{LARGE_ID}" + Keys.ENTER)
        page.browser.wait_for(lambda: str(LARGE_ID) in page.browser.text("#order-row"), "it is found by its number")
        assert page.browser.text("#story-title") == f"Order {LARGE_ID}"
        page.browser.find("#story-close").click()
        page.browser.find("#look-up input").clear()
        page.browser.find("#look-up input").send_keys(f"{LARGE_ID + 1}" + Keys.ENTER)
        page.browser.wait_for(lambda: page.browser.text("#story-message") == "Order not found", "its neighbour is another one")
        assert not page.browser.find_shown("#story-told")
    finally:
        database.value("DELETE FROM order_events WHERE order_id = %s RETURNING order_id", (LARGE_ID,))
        database.value("DELETE FROM orders WHERE id = %s RETURNING id", (LARGE_ID,))


@pytest.fixture(name="far_page")
def page_behind_proxies(browser, make_stack):
    stack = make_stack(order_settings={"DEMO": "on"}, payment_settings={"DEMO": "on"}, uses_database_proxies=True)
    page = Page(browser, stack)
    page.open()
    return page


def test_the_database_and_the_payment_service_are_away(far_page):
    page, browser = far_page, far_page.browser
    browser.wait_for(lambda: browser.text("#database") == "connected", "the database is there")
    page.stack.order_db_proxy.cut_off()
    browser.wait_for(lambda: "not connected" in browser.text("#database"), "the page tells of the database")
    page.place("apple")
    browser.wait_for(lambda: browser.find_shown("#place-message[data-state=bad]"), "the order is refused")
    page.stack.order_db_proxy.reconnect()
    browser.wait_for(lambda: browser.text("#database") == "connected", "the database is there again")
    page.place("apple")
    page.wait_for_counts(COMPLETED=1)
    page.stack.payment.stop()
    page.place("apple")
    page.wait_for_counts(PENDING=0, CANCELLED=1)
    assert page.moves()["never sent"] == 1
    page.stack.payment.start()
    browser.wait_for(lambda: "closed" in browser.text("#breaker"), "calls are made again")
    browser.wait_for(lambda: browser.find_shown("#break"), "the faults are known again")
