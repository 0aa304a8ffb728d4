"""The page at / is for everybody, and a pleasure to look at: names, roles, contrast, keyboard, sizes; and pictures of it."""

import base64
import concurrent.futures
import itertools
import os
import pathlib
import threading

import pytest
from selenium.webdriver.common.keys import Keys

from page import BURST_SECONDS, SIZES

PICTURE_SECONDS = 150


def test_it_is_for_everybody(page):
    """Also with everything unfolded, and with a story open."""
    page.place("bomb")
    page.wait_for_counts(CANCELLED=1)
    page.browser.run("for (const one of document.querySelectorAll('details')) one.open = true")
    page.browser.assert_accessible()
    for scheme in ("light", "dark"):
        page.browser.use_colours(scheme)
        assert page.check("faintDiagramTexts") == [] and page.check("faintShapes") == [], scheme
    page.browser.use_colours("light")
    for width, height in [*SIZES.values(), (320, 640), (720, 450)]:  # a small phone; a desk at 200 %
        page.browser.resize(width, height)
        assert page.check("smallTargets") == [] and page.check("wideElements") == []
        page.browser.wait_for(lambda: page.check("crowdedTexts") == [], f"the diagram's words have their places at {width}")
    page.newest().click()
    page.story()
    assert all(one.accessible_name.strip() for one in page.browser.find_shown("#story button"))
    assert page.browser.find("#story").aria_role == "dialog" and page.browser.find("#story").accessible_name.startswith("Order ")
    for scheme in ("dark", "light"):
        page.browser.use_colours(scheme)
        assert page.browser.check("faintTexts") == [], scheme
    page.browser.assert_quiet(page.url)


def test_roles_and_names(page):
    """As a screen reader finds them."""
    found = page.browser.run(
        "return [...document.querySelectorAll('main section')].map((one) =>"
        " document.getElementById(one.getAttribute('aria-labelledby')).textContent)")
    assert found == ["Place orders", "Every order, as its transitions commit", "Break it", "Newest orders", "The system"]
    roles = {"#state": "status", "#stale": "alert", "#diagram-words": "status", "#place-message": "status", "#break-message": "status"}
    for selector, role in roles.items():
        assert page.browser.run("return document.querySelector(arguments[0]).closest('[role]').getAttribute('role')", selector) == role
    assert page.browser.find("#diagram svg").aria_role == "img" or page.browser.find("#diagram svg").get_attribute("role") == "img"
    assert page.browser.find("#dots").get_attribute("aria-hidden") == "true"
    page.place("apple")
    page.browser.wait_for(lambda: "1 completed" in page.browser.run("return document.querySelector('#diagram-words').textContent"),
                          "the counts are told in words")


def test_the_keyboard_goes_from_top_to_bottom(page):
    page.place("apple")
    page.wait_for_counts(COMPLETED=1)
    page.open()
    page.browser.wait_for(lambda: page.browser.find_all("#orders button") and page.browser.find_shown("#break"), "everything is there")
    sections = []
    for _ in range(24):
        page.browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        focused = page.browser.driver.switch_to.active_element
        if focused.tag_name == "body":
            break
        assert page.browser.run("return getComputedStyle(arguments[0]).outlineStyle", focused) != "none"
        section = page.browser.run("return arguments[0].closest('section, header, .skip')?.className", focused)
        if section not in sections:
            sections.append(section)
    assert sections == ["skip", "top", "card place", "card stage", "card break", "card newest"]


def take_picture(browser, path):
    """The whole page, and of what is beside the scroll bar nothing is cut."""
    width, height = browser.run("return [window.innerWidth, document.documentElement.scrollHeight]")
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
    taken = browser.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True, "clip": clip})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(base64.b64decode(taken["data"]))


def test_pictures(page):
    """For people to look at, in the build folder."""
    browser = page.browser
    browser.find("#burst-start").click()
    browser.wait_for(lambda: "orders are placed" in browser.text("#place-message"), "the burst is over", BURST_SECONDS)
    folder = pathlib.Path(os.environ["SAGA_BUILD_DIR"]) / "test" / "browser" / "pictures"
    for size, scheme in itertools.product(SIZES, ("light", "dark")):
        browser.resize(*SIZES[size])
        browser.use_colours(scheme)
        for name in ("apple", "bomb", "apple", "apple"):
            page.place(name)
        take_picture(browser, folder / f"page-{size}-{scheme}.png")
        page.newest().click()
        page.story()
        take_picture(browser, folder / f"story-{size}-{scheme}.png")
        browser.find("#story-close").click()
    browser.use_colours("light")


def customers(stack, is_over, between_seconds=0.012):
    """Who come one after the other; some cancel, some meet a payment that hangs."""
    prefer = {"Prefer": "respond-async"}
    for number in itertools.count(1):
        if is_over.wait(between_seconds):
            return
        price = 7 if number % 40 == 0 else 9999 if number % 11 == 0 else 402 if number % 29 == 0 else 100
        order = stack.post_order({"item_name": "Pear", "quantity": 1, "price": price}, headers=prefer).json()
        if number % 17 == 0:
            stack.order.post(f"/orders/{order['id']}/cancel", headers=prefer)


@pytest.mark.skipif("SAGA_PAGE_PICTURE" not in os.environ, reason="only on request: SAGA_PAGE_PICTURE=docs/page.png")
def test_the_picture_of_the_readme(page):
    """When the charts are full."""
    page.stack.order.request("PUT", "/demo/faults", json={"faults": "9999=500,402=decline,7=hang"})
    page.open()
    is_over = threading.Event()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        done = pool.submit(customers, page.stack, is_over)
        try:
            points = "return document.querySelector('#charts path').getAttribute('d').split('L').length"
            page.browser.wait_for(lambda: page.browser.run(points) >= 80, "the charts are full", PICTURE_SECONDS)
            page.stack.run_audit("--in-flight-ok", "--report-to", page.url)
            page.browser.wait_for(lambda: "violation" in page.browser.text("#audit"), "the audit is shown")
            page.browser.wait_for(lambda: page.counts()["PENDING"] not in ("0", "1", "2"), "some orders wait")
            take_picture(page.browser, pathlib.Path(os.environ["SAGA_PAGE_PICTURE"]))
        finally:
            is_over.set()
        done.result()
