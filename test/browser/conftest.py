"""Both services, and one browser for all tests of a file."""

import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "integration"), str(HERE.parent / "openapi")]

from browser import Browser  # noqa: E402
from fixtures import clusters_of_session, log_folder  # noqa: E402, F401
from stack import Stack  # noqa: E402

HANGING_AMOUNT = 7


@pytest.fixture(scope="session", name="stack")
def stack_of_session(clusters, log_folder):  # noqa: F811
    made = Stack(clusters, log_folder, 1)
    made.payment.environment["PAYMENT_FAULTS"] = f"9999=500,{HANGING_AMOUNT}=hang"
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session", name="browser")
def browser_of_session():
    made = Browser()
    yield made
    made.close()
