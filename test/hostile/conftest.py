"""The fixtures of the integration tests: the real services on private databases."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from fixtures import (  # noqa: E402, F401
    clusters_of_session, log_folder, make_stack, pytest_runtest_makereport, stack, stack_of_module)
