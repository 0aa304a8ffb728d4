"""Both services with everything that makes them give each answer that they have: faults by amount, a proxy between them."""

import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))

import document  # noqa: E402
import waiting  # noqa: E402
from conformance import Conformance  # noqa: E402
from fixtures import clusters_of_session, log_folder  # noqa: E402, F401
from service import Service  # noqa: E402
from stack import Stack  # noqa: E402

DECLINED_AMOUNT, LOST_AMOUNT = 402, 8
FAULTS = f"9999=500,{DECLINED_AMOUNT}=decline,{LOST_AMOUNT}=drop"
# So that nobody waits for the usual patience with a request that does not end.
TIMEOUTS = {"REQUEST_HEAD_TIMEOUT_MS": "3000"}
TOKEN = "let-me-in"


@pytest.fixture(scope="session", name="stack")
def stack_of_session(clusters, log_folder):  # noqa: F811
    made = Stack(clusters, log_folder, 1, uses_proxy=True, order_settings={"ORDER_DEADLINE_MS": "20000", **TIMEOUTS})
    made.payment.environment.update(TIMEOUTS, PAYMENT_FAULTS=FAULTS)
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session", name="guarded")
def services_that_ask_for_a_token(stack):
    """service -> one more instance of it on the same database"""
    made = {}
    for name in document.SERVICES:
        other = getattr(stack, name)
        made[name] = Service(other.binary, waiting.free_port(), stack.folder, {**other.environment, "AUTH_TOKEN": f"old,{TOKEN}"})
        made[name].environment["LISTEN"] = f"127.0.0.1:{made[name].port}"
        stack.services.append(made[name])
        made[name].start()
    return made


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
