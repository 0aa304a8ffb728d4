"""The fixtures of these tests, which test/hostile has too."""

from fixtures import (  # noqa: F401
    clusters_of_session, log_folder, make_stack, pytest_runtest_makereport, stack, stack_of_module)
