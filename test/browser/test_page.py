"""The page at / as a person uses it, on the real services: places orders, watches them, breaks the payment, and restarts."""

import pathlib

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from page import BURST_SECONDS, Page

PARTS = (pathlib.Path(__file__).resolve().parent / "page_parts.js").read_text(encoding="utf-8")
BURST_COUNT = 5000

# What a screen reader is told; WORDS_MS of main.js is 5 s.
COUNT_ANNOUNCEMENTS = """
window.told = { count: 0, beginMs: performance.now() };
const observer = new MutationObserver(() => { told.count += 1; });
document.querySelectorAll("[role=status], [role=alert], [aria-live]").forEach((one) =>
    observer.observe(one, { childList: true, characterData: true, subtree: true }));"""


def test_an_apple_and_a_bomb(page):
    page.place("apple")
    page.place("bomb")
    page.wait_for_counts(PENDING=0, COMPLETED=1, CANCELLED=1, CANCELLING=0)
    assert page.moves() == {"created": 2, "paid": 1, "voided": 1}
    chips = [one.text for one in page.browser.find_all("#orders .chip")[:2]]
    assert sorted(chips) == ["CANCELLED", "COMPLETED"]
    page.browser.assert_quiet(page.url)


def test_a_story_by_keyboard(page):
    page.place("bomb")
    page.wait_for_counts(CANCELLED=1)
    number = page.newest().text.split()[1]
    page.newest().send_keys(Keys.ENTER)
    told = page.story()
    page.browser.wait_for(lambda: "Void answered" in page.browser.text("#story-log"), "the payment service's log is shown")
    told = page.browser.text("#story")
    assert f"Order {number}" in told and "1 × Bomb for 9999" in told and "Compensating Transaction executed" in told
    assert [one.text.split()[0] for one in page.browser.find_all("#story-steps li")] == ["PENDING", "CANCELLED"]
    assert "VOIDED" in page.browser.text("#payment-row") and "CANCELLED" in page.browser.text("#order-row")
    trace = page.stack.order_db.value("SELECT replace(trace_id::text, '-', '') FROM order_events WHERE order_id = %s LIMIT 1", (number,))
    assert page.browser.text("#story-trace") == trace
    page.browser.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    page.browser.wait_for(lambda: not page.browser.find_shown("#story"), "the story is closed")
    assert page.browser.driver.switch_to.active_element == page.newest()
    page.browser.assert_quiet(page.url)


def test_an_order_by_its_number(page):
    page.place("apple")
    page.wait_for_counts(COMPLETED=1)
    page.browser.find("#look-up input").send_keys(page.newest().text.split()[1] + Keys.ENTER)
    assert "paid" in page.story()


def test_a_dot_leads_to_its_story(page):
    page.fault("Apple", "hangs")
    page.place("apple")
    page.wait_for_counts(PENDING=1)
    place = page.browser.driver.execute_async_script(
        "const done = arguments[0]; import('/page/layout.js').then(({ layOut, restingPlace }) => {"
        " const { width, height } = document.querySelector('#diagram svg').getBoundingClientRect();"
        " done({ width, height, ...restingPlace(layOut(width, height), 'PENDING', 0) }); });")
    canvas = page.browser.find("#dots")

    def click():
        chain = ActionChains(page.browser.driver)
        chain.move_to_element_with_offset(canvas, place["x"] - place["width"] / 2, place["y"] - place["height"] / 2)
        chain.click().perform()
        return page.browser.find_shown("#story")
    page.browser.wait_for(click, "the dot has come to rest, and is clicked")
    assert "PENDING" in page.story()


def test_what_is_broken_is_seen_and_heals(page):
    page.fault("Apple", "declines")
    page.place("apple")
    page.wait_for_counts(CANCELLED=1)
    assert page.moves() == {"created": 1, "declined": 1}
    page.fault("Apple", "hangs")
    page.place("apple")
    page.wait_for_counts(PENDING=1)
    page.wait_for_counts(PENDING=0, CANCELLED=2)
    page.fault("Apple", "is paid, but the line is cut")
    page.place("apple")
    page.wait_for_counts(COMPLETED=1)
    page.fault("Apple", "works")
    page.place("apple")
    page.wait_for_counts(COMPLETED=2, CANCELLED=2, PENDING=0)
    assert page.moves() == {"created": 4, "declined": 1, "voided": 1, "paid": 2}
    page.browser.assert_quiet(page.url)


def test_rules_as_text(page):
    page.browser.find("#break summary").click()
    field = page.browser.find("#rules input")
    field.clear()
    field.send_keys("250=decline,9999=500" + Keys.ENTER)
    page.browser.wait_for(lambda: page.browser.text("#break-message") == "The rules are in force.", "the rules are set")
    page.browser.find(".place summary").click()
    options = [one.get_attribute("textContent") for one in page.browser.find_all("#faulty-price option")]
    assert options[1:] == ["250: declines", "9999: answers 500"]
    Select(page.browser.find("#faulty-price")).select_by_index(1)
    page.browser.find("#own button").click()
    page.wait_for_counts(CANCELLED=1)
    assert page.moves() == {"created": 1, "declined": 1}


def test_a_customer_cancels(page):
    page.place("apple")
    page.wait_for_counts(COMPLETED=1)
    page.newest().click()
    page.story()
    page.browser.wait_for(lambda: page.browser.find_shown("#story-cancel"), "it can be cancelled")
    page.browser.find("#story-cancel").click()
    page.wait_for_counts(COMPLETED=0, CANCELLING=0, CANCELLED=1)
    assert page.moves() == {"created": 1, "paid": 1, "cancel": 1, "refunded": 1}
    page.browser.wait_for(lambda: page.browser.text("#story-status") == "CANCELLED", "the story goes on by itself")
    assert "REFUNDED" in page.browser.text("#payment-row")
    page.browser.assert_quiet(page.url)


def test_a_burst_is_accounted_for(page):
    browser = page.browser
    before = page.stack.order_db.value("SELECT count(*) FROM orders")
    browser.run(COUNT_ANNOUNCEMENTS)
    count = browser.find("#burst [name=count]")
    count.clear()
    count.send_keys(str(BURST_COUNT))
    Select(browser.find("#burst [name=share]")).select_by_visible_text("10 %")
    browser.find("#burst-start").click()
    browser.wait_for(lambda: browser.text("#place-message") == f"{BURST_COUNT:,} orders are placed.", "all are placed", BURST_SECONDS)
    page.wait_for_counts(PENDING=0, COMPLETED=BURST_COUNT * 9 // 10, CANCELLED=BURST_COUNT // 10)
    moves = page.moves()
    assert moves["created"] == BURST_COUNT == moves["paid"] + sum(moves.get(one, 0) for one in ("voided", "never sent", "declined"))
    assert page.stack.order_db.value("SELECT count(*) FROM orders") == before + BURST_COUNT
    told = browser.run("return [told.count, (performance.now() - told.beginMs) / 5000]")
    assert told[0] <= told[1] + 3, told
    assert len(browser.find_all("#orders li")) <= 41 and browser.run("return document.querySelectorAll('*').length") < 1000
    browser.wait_for(lambda: not {"PENDING"} & {one.text for one in browser.find_all("#orders .chip")}, "the list tells the end of each")
    browser.assert_quiet(page.url)


def test_a_page_that_was_left_and_found_again_goes_on(page):
    """More often than a browser has connections to one server: none is kept by a page that nobody sees."""
    for _ in range(8):
        page.browser.driver.get(f"{page.url}/docs")
        page.browser.driver.back()
        page.wait_for_state("live")
        page.browser.run("document.querySelector('#place-message').textContent = ''")
        page.place("apple")
        page.browser.wait_for(lambda: page.browser.text("#place-message"), "an order is placed")
        page.browser.driver.get(f"{page.url}/")
        page.wait_for_state("live")


def test_it_survives_a_restart(page):
    browser = page.browser
    browser.run("window.isTheSame = true")
    page.place("apple")
    page.wait_for_counts(COMPLETED=1)
    page.stack.order.stop()
    page.wait_for_state("stale")
    assert "does not answer" in browser.text("#stale") and browser.text("#state") == "not connected"
    page.stack.order.start()
    page.stack.post_order()  # nobody has told the page yet that the service is back
    page.wait_for_state("live")
    assert not browser.find_shown("#stale")
    page.wait_for_counts(COMPLETED=2)
    page.place("bomb")
    page.wait_for_counts(COMPLETED=2, CANCELLED=1, PENDING=0)
    assert browser.run("return window.isTheSame")
    browser.read_logs()
    others = [one["message"] for one in browser.complaints if "net::ERR_" not in one["message"]]
    assert not others, others


def test_the_system_is_shown(page):
    page.place("apple")
    facts = {"#breaker": "closed", "#parked": "none", "#instances": "1 process"}
    page.browser.wait_for(lambda: all(page.browser.text(one) == words for one, words in facts.items()), "the facts are shown")
    titles = [one.text for one in page.browser.find_all("#charts h3")]
    assert titles == ["Orders per second", "Completed", "Until final", "Writes per commit", "Under way"]
    figures = lambda: [one.text for one in page.browser.find_all("#charts dd")]  # noqa: E731
    page.browser.wait_for(lambda: "–" not in figures()[:1] + figures()[-2:], "the figures are there")
    assert page.browser.text("#audit").startswith("none yet")
    page.stack.order.request("PUT", "/demo/audit", json={"summary": "3 orders: 0 violations", "violation_count": 0})
    page.browser.wait_for(lambda: "3 orders: 0 violations" in page.browser.text("#audit"), "the audit is shown")


@pytest.mark.parametrize("motion, check", [("no-preference", "checkParts"), ("reduce", "checkDotsAlone")])
def test_the_parts_that_need_no_page(page, motion, check):
    page.browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-reduced-motion", "value": motion}]})
    script = f"const done = arguments[0];\n{PARTS}\n{check}().then(done);"
    assert page.browser.driver.execute_async_script(script) == []


def test_without_a_demo_nothing_can_be_broken(browser, stack):
    page = Page(browser, stack)
    page.open()
    page.place("apple")
    page.wait_for_counts(COMPLETED=1)
    page.newest().click()
    assert "paid" in page.story()
    for hidden in ("#break", "#story-log-part", "#payment-column", "#audit-item"):
        assert not browser.find_shown(hidden)
    browser.assert_quiet(page.url)


def test_a_token_is_asked_for(browser, make_stack):
    stack = make_stack(order_settings={"AUTH_TOKEN": "secret"})
    browser.open(f"{stack.order.url}/")
    browser.wait_for(lambda: browser.find_shown("#token-dialog"), "the page asks for a token")
    assert "AUTH_TOKEN" in browser.text("#token-dialog") and browser.text("#token-message") == ""
    browser.find("#token").send_keys("wrong" + Keys.ENTER)
    browser.wait_for(lambda: "does not take" in browser.text("#token-message"), "it asks again, and says why")
    browser.find("#token").send_keys("secret" + Keys.ENTER)  # what was there is selected
    page = Page(browser, stack)
    page.wait_for_state("live")
    page.place("apple")
    page.wait_for_counts(COMPLETED=1)
    stack.order.stop()
    stack.order.environment["AUTH_TOKEN"] = "another"
    stack.order.start()
    browser.wait_for(lambda: browser.find_shown("#token-dialog"), "the page asks for the other token")
    browser.find("#token").send_keys("another" + Keys.ENTER)
    page.wait_for_state("live")
    page.place("apple")
    page.wait_for_counts(COMPLETED=2)
