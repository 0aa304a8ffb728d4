"""Both services with everything that makes them give each answer that they have: faults by amount, a proxy between them."""

import pathlib
import sys
import tempfile

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))

import document  # noqa: E402
import postgres  # noqa: E402
from conformance import Conformance  # noqa: E402
from stack import Stack  # noqa: E402

DECLINED_AMOUNT, LOST_AMOUNT = 402, 8
FAULTS = f"9999=500,{DECLINED_AMOUNT}=decline,{LOST_AMOUNT}=drop"


@pytest.fixture(scope="session", name="clusters")
def clusters_of_session():
    with postgres.clusters() as made:
        yield made


@pytest.fixture(scope="session", name="stack")
def stack_of_session(clusters):
    with tempfile.TemporaryDirectory(prefix="saga-logs-") as folder:
        made = Stack(clusters, pathlib.Path(folder), 1, uses_proxy=True, order_settings={"ORDER_DEADLINE_MS": "20000"})
        made.payment.environment["PAYMENT_FAULTS"] = FAULTS
        made.start()
        yield made
        made.stop()


# Not of the session: pytest would run all tests of one service before those of the other, whatever their order.
@pytest.fixture(params=document.SERVICES, name="service")
def service_name(request):
    return request.param


@pytest.fixture(scope="session", name="documents")
def documents_by_service():
    return {service: document.read(service) for service in document.SERVICES}


@pytest.fixture(scope="session", name="conformances")
def conformances_by_service(documents):
    return {service: Conformance(one) for service, one in documents.items()}
