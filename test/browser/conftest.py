"""Both services, and one browser for all tests of a file."""

import pathlib
import sys
import tempfile

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "integration"), str(HERE.parent / "openapi")]

import postgres  # noqa: E402
from browser import Browser  # noqa: E402
from stack import Stack  # noqa: E402

HANGING_AMOUNT = 7


@pytest.fixture(scope="session")
def stack():
    with postgres.clusters() as clusters, tempfile.TemporaryDirectory(prefix="saga-logs-") as folder:
        made = Stack(clusters, pathlib.Path(folder), 1)
        made.payment.environment["PAYMENT_FAULTS"] = f"9999=500,{HANGING_AMOUNT}=hang"
        made.start()
        yield made
        made.stop()


@pytest.fixture(scope="session")
def browser():
    made = Browser()
    yield made
    made.close()
