"""Fixtures: two private PostgreSQL clusters for the whole run, and stacks of both services on them.

Every stack ends with the audit of its two databases, when its services have stopped and nothing moves any more.
"""

import itertools
import pathlib
import shutil
import tempfile

import pytest

import postgres
from stack import Stack

LOG_TAIL_SIZE = 6000
_numbers = itertools.count(1)
_running_stacks = []


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A red test shows the end of the services' logs."""
    outcome = yield
    report = outcome.get_result()
    if not report.failed:
        return
    for stack in _running_stacks:
        for service in stack.services:
            if service.log_path.exists():
                report.sections.append((f"log of {service.binary.name}", service.log()[-LOG_TAIL_SIZE:]))


@pytest.fixture(scope="session", name="clusters")
def clusters_of_session():
    with postgres.clusters() as made:
        yield made


@pytest.fixture(scope="session")
def log_folder():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="saga-logs-"))
    yield folder
    shutil.rmtree(folder)


def _stop_stacks(stacks):
    complaints = []
    for stack in stacks:
        for step in (stack.stop, stack.audit):
            try:
                step()
            except AssertionError as complaint:
                complaints.append(str(complaint))
        _running_stacks.remove(stack)
    assert not complaints, "\n".join(complaints)


def _stacks(clusters, log_folder):
    made = []

    def make(**options):
        stack = Stack(clusters, log_folder, next(_numbers), **options)
        made.append(stack)
        _running_stacks.append(stack)
        stack.start()
        return stack
    try:
        yield make
    finally:
        _stop_stacks(made)


@pytest.fixture(scope="module")
def stack_of_module(clusters, log_folder):
    """stack_of_module(order_settings=…, uses_proxy=…): for tests that disturb nobody."""
    yield from _stacks(clusters, log_folder)


@pytest.fixture(scope="module")
def stack(stack_of_module):
    """Both services with their defaults."""
    return stack_of_module()


@pytest.fixture
def make_stack(clusters, log_folder):
    """make_stack(order_settings=…, uses_proxy=…): a stack of the test's own."""
    yield from _stacks(clusters, log_folder)
