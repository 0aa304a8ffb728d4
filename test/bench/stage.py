"""The services and databases of one benchmark run: its own, on free ports, in one folder; all gone afterwards."""

import contextlib
import os
import pathlib
import signal
import tempfile

from databases import DurableCluster, floor_database
from stack import SETTLE_SECONDS, Stack
import waiting

# On disk everywhere; /tmp may be memory, where a flush costs nothing.
DISK = "/var/tmp"


def slow_flush(flush_delay_us):
    """Variables for PostgreSQL."""
    if flush_delay_us == 0:
        return {}
    library = os.environ.get("SAGA_SLOW_FLUSH", "")
    if not pathlib.Path(library).is_file():
        raise FileNotFoundError(f"SAGA_SLOW_FLUSH is no file: {library!r}")
    return {"LD_PRELOAD": library, "FLUSH_DELAY_US": str(flush_delay_us)}


class Stage:
    def __init__(self, folder, flush_delay_us):
        self.folder = folder
        self.slow_flush = slow_flush(flush_delay_us)
        self.clusters = {}
        self.stack = None
        self.floor = None

    def start(self):
        for name in ("order", "payment", "floor"):
            self.clusters[name] = DurableCluster(name, self.slow_flush)
            self.clusters[name].start()
        self.floor = floor_database(self.clusters["floor"])
        self.stack = Stack(self.clusters, self.folder, 1)
        self.stack.start()

    def services(self):
        return {"order-service": self.stack.order, "payment-service": self.stack.payment}

    def checkpoint(self):
        """So that none begins by itself in the middle of a case."""
        for cluster in self.clusters.values():
            cluster.checkpoint()

    def restart(self, variables):
        """variables: service name -> settings to start it with."""
        for service in self.stack.services:
            service.stop()
        for name, service in reversed(self.services().items()):
            service.environment.update(variables[name])
            service.start()

    def set_instances(self, count):
        """Of each service; the settings tell how many there are."""
        settings = {"INSTANCES": str(count)}
        if self.stack.order.environment.get("INSTANCES", "1") != settings["INSTANCES"]:
            self.restart({name: settings for name in self.services()})

    def audit(self):
        """Once every order is finished. Returns the violations, and what was looked at."""
        waiting.wait_until(lambda: self.stack.pending_count() == 0, SETTLE_SECONDS, "every order is finished")
        return self.stack.run_audit("--unfinished-max-age", "0")

    def stop(self):
        """The services must end well; returns complaints."""
        complaints = []
        for service in self.stack.services:
            try:
                service.stop_if_started()
            except AssertionError as complaint:
                complaints.append(str(complaint)[:2000])
        return complaints

    def end(self):
        """Whatever state it is in."""
        for service in self.stack.services if self.stack else []:
            if service.process is not None:
                service.kill()
        for cluster in self.clusters.values():
            cluster.remove()


@contextlib.contextmanager
def stage(flush_delay_us):
    with tempfile.TemporaryDirectory(prefix="saga-bench-", dir=DISK) as folder:
        # PostgreSQL's user has its folders in there; and whatever else is temporary is there, too.
        os.chmod(folder, 0o755)
        tempfile.tempdir = folder
        made = Stage(pathlib.Path(folder), flush_delay_us)
        try:
            made.start()
            yield made
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            made.end()
