"""The services and the proxies of a chaos run, their logs, and the audit at its end."""

import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

# Found there: so whoever imports from there, imports this module first.
from stack import STORY_COUNT_MAX, Stack


class Logs:
    """A folder for the services' logs, which stays if somebody says so."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="saga-chaos-"))
        self.is_kept = False

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.is_kept or kind is not None:
            print(f"the services' logs: {self.folder}")
        else:
            shutil.rmtree(self.folder)


class ChaosStack(Stack):
    """Two order services on one database, and a proxy wherever two processes talk."""

    def __init__(self, database_clusters, folder):
        super().__init__(database_clusters, folder, 1, uses_proxy=True, uses_database_proxies=True)
        self.other_order = self.new_order_service()
        self.services = [self.order, self.other_order, self.payment]


def start_if_ended(service):
    """Returns a complaint if it had ended by itself."""
    complaint = None
    if service.process is not None and service.process.poll() is not None:
        complaint = f"{service.binary.name} ended by itself with {service.process.poll()}"
        service.process = None
    if service.process is None:
        service.start(wait=False)
    return complaint


def first_ones(complaints, tell=str):
    more = len(complaints) - STORY_COUNT_MAX
    return [tell(complaint) for complaint in complaints[:STORY_COUNT_MAX]] + ([f"and {more} more"] if more > 0 else [])


def audit(stack):
    """Returns complaints."""
    found, summary = stack.run_audit()
    print(summary, flush=True)
    return first_ones(found)


def judge_answers(stack, verdict):
    """Returns complaints about what the clients were told, with the stories of the orders."""
    return first_ones(verdict.judge(), lambda wrong: wrong[1] + (
        "\n" + stack.story(wrong[0]) if wrong[0] is not None else ""))
