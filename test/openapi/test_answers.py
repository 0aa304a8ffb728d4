"""Each call of each service, right and wrong in every way that the document tells apart, and each answer held against it.

The tests of this file run in their order: the last one asks what was never answered.
"""

import concurrent.futures

import pytest

import samples
import scenes
import wire
from conftest import TOKEN

CALLS_AT_ONCE = 8
REFUSALS = {400, 404, 405, 415, 422}
# Promises of a document that no test here keeps, each with its reason.
NO_MEMORY = "only where memory runs out, which chaos/allocations makes happen"
NOT_SEEN = {f"('{name}', 503{header})": NO_MEMORY for name in ("getMetrics", "x-other-requests") for header in ("", ", 'retry-after'")}


@pytest.fixture(name="calls", scope="module")
def calls_of_services(stack, documents, conformances):
    return {service: scenes.Calls(getattr(stack, service), documents[service], conformances[service])
            for service in documents}


@pytest.fixture(name="call")
def calls_of_service(calls, service):
    return calls[service]


@pytest.fixture(name="late", scope="module", autouse=True)
def requests_that_do_not_end(calls):
    """Sent at the start, for the service has so much patience."""
    return {service: [(operation, call.begin(operation)) for operation in call.document.operations]
            for service, call in calls.items()}


def each_body(call, operation, bodies):
    """Every body with its answer. Some at a time, or it would take too long."""
    bodies = list(bodies)
    with concurrent.futures.ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        return list(zip(bodies, pool.map(lambda body: call.ask(operation, body=body), bodies)))


def assert_accepted(answer, sample):
    """Read and carried out; that an order was cancelled, or is not there, is an answer too."""
    is_told = answer.code == 400 and "id" in answer.json()
    is_missing = answer.code == 404 and answer.json()["detail"] in ("Order not found", "Payment not found")
    assert answer.code not in REFUSALS or is_told or is_missing, f"{sample}: {answer}"


def test_examples_and_good_values_are_accepted(call):
    for operation in call.document.operations:
        for path in samples.good_paths(operation):
            assert_accepted(call.ask(operation, path=path), path)
        for accept in scenes.accepts(operation):
            for query in samples.good_queries(operation):
                assert_accepted(call.ask(operation, query=query, headers=accept), query)
            for name, value in samples.good_headers(operation):
                assert_accepted(call.ask(operation, headers=[*accept, (name, value)]), (name, value))
        for body, answer in each_body(call, operation, samples.good_bodies(operation)):
            assert_accepted(answer, body)


def test_bad_values_are_refused(call):
    for operation in call.document.operations:
        for path in samples.bad_paths(operation):
            assert call.ask(operation, path=path, as_=call.document.other).code == 404, path
        accept = scenes.accepts(operation)[-1]
        for query in samples.bad_queries(operation):
            expected = 422 if 422 in operation.responses else 400
            assert call.ask(operation, query=query, headers=accept).code == expected, query
        for name, value in samples.bad_headers(operation):
            assert call.ask(operation, headers=[*accept, (name, value)]).code == 400, (name, value)
        for body, answer in each_body(call, operation, samples.bad_bodies(operation)):
            assert answer.code == 422, f"{body}: {answer}"


def test_each_refusal_of_the_server(call):
    for operation in call.document.operations:
        for code, request in scenes.refused_requests(operation).items():
            answer = call.exchange(operation, request)
            assert answer.code == code, f"{operation} {request[:200]}: {answer}"


def test_tokens_are_asked_for(call, guarded, service):
    guard = scenes.Calls(guarded[service], call.document, call.conformance)
    for operation in call.document.operations:
        is_open = operation.node.get("security") == []
        for headers in ([], [("Authorization", "Bearer other")], [("Authorization", f"Basic {TOKEN}")]):
            assert (guard.ask(operation, headers=headers).code == 401) != is_open, f"{operation} {headers}"
        assert guard.ask(operation, headers=[("Authorization", f"Bearer {TOKEN}")]).code != 401, operation
    assert guard.exchange(call.document.other, wire.request_bytes("GET", "/unknown")).code == 401


def test_pages_of_other_servers_are_refused(call):
    for operation in call.document.operations:
        if 403 in operation.responses:
            assert call.ask(operation, headers=[("Origin", "http://elsewhere.example")]).code == 403, operation


def test_head_is_get_without_a_body(call):
    for operation in call.document.operations:
        if operation.method != "GET":
            continue
        got, head = call.ask(operation), call.ask(operation, method="HEAD", as_=None)
        assert (head.code, head.body) == (got.code, b"")
        assert [name for name, _ in head.headers] == [name for name, _ in got.headers]
        if operation.name != "getMetrics":  # which count the call before
            assert head.header("Content-Length") == got.header("Content-Length")


def test_what_is_no_operation(call):
    document = call.document
    assert call.exchange(document.other, wire.request_bytes("GET", "/unknown")).code == 404
    for path in document.tree["paths"]:
        operations = [one for one in document.operations if one.path == path]
        allowed = {one.method for one in operations}
        allowed |= {"HEAD"} if "GET" in allowed else set()
        target = operations[0].example_path()
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - allowed:
            answer = call.exchange(document.other, wire.request_bytes(method, target))
            assert answer.code == 405 and set(answer.header("Allow").split(", ")) == allowed, f"{method} {target}: {answer}"
        assert call.exchange(document.other, wire.request_bytes("BREW", target)).code == 501


def test_files_are_sent_once(call):
    for operation in call.document.operations:
        if 304 not in operation.responses:
            continue
        etag = call.ask(operation).header("ETag")
        for known in (etag, f"W/{etag}", f'"other", {etag}', f'{etag},"other"', "*"):
            answer = call.ask(operation, headers=[("If-None-Match", known)])
            assert (answer.code, answer.header("ETag")) == (304, etag), known
        for known in ('"other"', etag.strip('"'), etag[:-2] + '"', "", '"*"'):
            assert call.ask(operation, headers=[("If-None-Match", known)]).code == 200, known
        head = call.ask(operation, method="HEAD", headers=[("If-None-Match", etag)], as_=None)
        assert (head.code, head.body) == (304, b"")


def test_the_document_is_the_one_in_the_repository(call):
    assert call.ask(call.document.operation("getOpenapi")).json() == call.document.tree


def test_orders_in_every_state(calls, stack):
    scenes.play_orders(calls["order"], stack)


def test_events_of_every_kind(calls, stack):
    scenes.play_events(calls["order"], stack)


def test_payments_in_every_state(calls, stack):
    scenes.play_payments(calls["payment"])


def test_more_charges_than_can_be_made(calls, stack):
    scenes.play_overload(calls["payment"], stack)


def test_without_a_database(calls, stack, clusters):
    scenes.play_outage(calls, stack, clusters)


def test_requests_that_do_not_end_are_timed_out(calls, late, service):
    for operation, connection in late[service]:
        answer = calls[service].finish(operation, connection)
        assert answer.code == 408, f"{operation}: {answer}"


def test_every_promise_was_kept_once(conformances, service):
    missing = conformances[service].missing()
    unexplained = [promise for promise in missing if promise not in NOT_SEEN]
    assert not unexplained, "the document promises what was never answered:\n" + "\n".join(unexplained)
    assert set(NOT_SEEN) <= set(missing), "an exception is none"
