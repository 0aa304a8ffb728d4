"""Requests that no honest client sends, against both services.

After each: the answers are those that the case allows, well-formed, and as many as there were requests; exactly the rows
that should be there have been written; and good requests are served, on the same connection where it may go on and on
a new one. The tables are in cases_*.py, their words in cases.py.
"""

import pytest

import cases_chunks
import cases_connections
import cases_headers
import cases_json
import cases_lines
import cases_smuggling
import cases_targets
from cases import END, MARK_COUNT, MARK_FIRST, RESET, Answers, Script
from services import OrderTarget, PaymentTarget
from wire import Connection

TABLES = (cases_smuggling, cases_chunks, cases_lines, cases_targets, cases_headers, cases_connections, cases_json)
CASES = [case for table in TABLES for case in table.CASES]
CALLS = [(service, case) for service in ("order", "payment") for case in CASES if service in case.services]


@pytest.fixture(name="targets", scope="module")
def targets_of_module(stack):
    targets = {"order": OrderTarget(stack.order, stack.order_db), "payment": PaymentTarget(stack.payment, stack.payment_db)}
    yield targets
    for target in targets.values():
        target.close()


@pytest.fixture(name="expected_marks", scope="module")
def all_expected_marks(targets):
    """Each case adds what it should have written."""
    return {name: set() for name in targets}


def play(connection, script, steps):
    for step in steps:
        if step is END:
            connection.end_sending()
        elif step is RESET:
            connection.reset()
        elif isinstance(step, Answers):
            connection.read_answers(step.count)
        else:
            connection.send(script.bytes_of(step))


def outcome_of(connection, outcomes):
    """The allowed outcome that has come about."""
    connection.read_answers(max(len(outcome.codes) for outcome in outcomes))
    if connection.answers and connection.answers[-1].ends_connection or not any(one.is_open for one in outcomes):
        connection.read_to_end()
    codes = tuple(answer.code for answer in connection.answers)
    for outcome in outcomes:
        if (outcome.codes, outcome.is_open) == (codes, connection.end is None):
            return outcome
    raise AssertionError(f"answered {codes}, then {connection.end or 'open'}; allowed: {outcomes}")


def check_end(connection, steps):
    """Who is told nothing of the end can't tell it from an accident."""
    assert connection.end == "closed", "the end was a reset, which may destroy the answer"
    last = connection.answers[-1] if connection.answers else None
    assert last is None or last.ends_connection or END in steps, f"closed without a word: {last}"
    assert all(not answer.ends_connection for answer in connection.answers[:-1])


def assert_serves(connection, target, request, mark):
    count = len(connection.answers)
    connection.send(request)
    assert connection.read_answers(count + 1), f"not open: {connection.end}"
    answer = connection.answers[count]
    assert target.is_good(answer, mark), f"another answer comes before that to the next request: {answer}"


def assert_is_quiet_at_the_end(connection):
    count = len(connection.answers)
    connection.end_sending()
    connection.read_to_end()
    assert connection.answers[count:] == [], "an answer too many"


@pytest.mark.parametrize("name, case", CALLS, ids=[f"{service}: {case.name}" for service, case in CALLS])
def test_request(targets, expected_marks, name, case):
    target = targets[name]
    script = Script(target, CASES.index(case))
    port = target.service.port
    marks = []
    target.new_marks()  # what a case that went red has left is not this one's
    with Connection(port, case.heads) as connection:
        play(connection, script, case.steps)
        outcome = outcome_of(connection, case.outcomes)
        marks += range(script.mark_first, script.mark_first + outcome.written_count)
        if outcome.is_open:
            request, mark = script.following(0)
            marks.append(mark)
            assert_serves(connection, target, request, mark)
            assert_is_quiet_at_the_end(connection)
        elif RESET not in case.steps:
            check_end(connection, case.steps)
    with Connection(port) as connection:
        request, mark = script.following(1)
        marks.append(mark)
        assert_serves(connection, target, request, mark)
    expected_marks[name].update(marks)
    assert target.new_marks() == marks


@pytest.mark.parametrize("name", ["order", "payment"])
def test_nothing_else_was_written(targets, expected_marks, name):
    """Not even late, when its case had been judged already."""
    found = targets[name].all_marks()
    assert len(found) == len(set(found))
    assert [describe(mark) for mark in set(found) - expected_marks[name]] == []


def describe(mark):
    number, which = divmod(mark - MARK_FIRST, MARK_COUNT)
    return f"row {which} of: {CASES[number].name}" if 0 <= number < len(CASES) else f"a row of no case: {mark}"


def test_names_are_unique():
    names = [case.name for case in CASES]
    assert sorted(set(names)) == sorted(names)


def test_there_are_as_many_cases_as_the_documents_say():
    assert len(CASES) >= 750
