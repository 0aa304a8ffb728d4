"""Both services, and one browser for all tests of a file."""

import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "integration"), str(HERE.parent / "openapi")]

from browser import Browser  # noqa: E402
from fixtures import clusters_of_session, log_folder  # noqa: E402, F401
from page import Page  # noqa: E402
from stack import Stack  # noqa: E402

HANGING_AMOUNT = 7


@pytest.fixture(scope="session", name="make_stack")
def stacks_of_session(clusters, log_folder):  # noqa: F811
    """make_stack(order_settings=…): both services on databases of their own, until the end of the run."""
    made = []

    def make(**options):
        made.append(Stack(clusters, log_folder, 1 + len(made), **options))
        made[-1].start()
        return made[-1]
    yield make
    for one in made:
        one.stop()


@pytest.fixture(scope="session", name="stack")
def stack_of_session(make_stack):
    return make_stack(payment_settings={"PAYMENT_FAULTS": f"9999=500,{HANGING_AMOUNT}=hang"})


@pytest.fixture(scope="session", name="demo_stack")
def stack_of_a_demo(make_stack):
    return make_stack(order_settings={"DEMO": "on"}, payment_settings={"DEMO": "on"})


@pytest.fixture(scope="session", name="browser")
def browser_of_session():
    made = Browser()
    yield made
    made.close()


@pytest.fixture(name="page")
def page_of_a_demo(browser, demo_stack):
    page = Page(browser, demo_stack)
    browser.wait_for(lambda: demo_stack.pending_count() == 0, "the orders of the test before have ended")
    page.open()
    browser.wait_for(lambda: browser.find_shown("#break"), "the faults are known")
    yield page
    browser.run("document.querySelectorAll('dialog[open]').forEach((one) => one.close())")
    demo_stack.order.request("PUT", "/demo/faults", json={"faults": "9999=500"})
