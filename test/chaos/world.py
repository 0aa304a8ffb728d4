"""The two databases, the services and the proxies of a chaos run, and the audit at its end."""

import contextlib
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

# Found there: so whoever imports from there, imports this module first.
from postgres import Cluster
from stack import REPOSITORY, Stack

AUDIT = REPOSITORY / "scripts" / "audit.py"
LOG_LINE_COUNT_MAX = 40


@contextlib.contextmanager
def clusters():
    made = {}
    try:
        for name in ("order", "payment"):
            made[name] = Cluster(name)
            made[name].start()
        yield made
    finally:
        for cluster in made.values():
            cluster.remove()


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


def audit(stack):
    """Returns what scripts/audit.py complains of, or "" if it finds both databases in order."""
    result = subprocess.run(
        [sys.executable, "-B", str(AUDIT), "--order-database", stack.order_db.url(),
         "--payment-database", stack.payment_db.url()],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    print(result.stdout.strip().splitlines()[-1] if result.stdout.strip() else "audit: silent")
    return result.stdout if result.returncode != 0 else ""


def story(stack, order_id):
    """All that both databases and all logs tell about an order."""
    lines = [f"  order    {stack.order_row(order_id)}", f"  payment  {stack.payment_row(order_id)}"]
    lines += [f"  event    {event}" for event in stack.events(order_id)]
    needle = f" order_id={order_id} "
    for service in stack.services:
        told = [line for line in service.log().splitlines() if needle in line + " "]
        lines += [f"  {service.port}  {line}" for line in told[:LOG_LINE_COUNT_MAX]]
    return "\n".join(lines)
