"""PostgreSQL as `./dev up` sets it up, unlike that of the tests, which does not sync: private, on disk, gone afterwards."""

import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

# Found there: so whoever imports from there, imports this module first.
from postgres import CONFIGURATION, Cluster, Database, as_owner
from stack import REPOSITORY

FLOOR_SEQUENCE = "CREATE SEQUENCE floor_order_ids"


def settings_of_up():
    """What ./dev writes into postgresql.conf."""
    text = (REPOSITORY / "scripts" / "clusters.sh").read_text(encoding="utf-8")
    match = re.search(r"<<'SETTINGS'\n(.*?)^SETTINGS$", text, re.S | re.M)
    if not match:
        raise ValueError("scripts/clusters.sh has no SETTINGS any more")
    return match[1]


class DurableCluster(Cluster):
    """slow_flush: variables that make each of its flushes slower."""

    def __init__(self, name, slow_flush):
        super().__init__(name)
        self.environment = {**os.environ, **slow_flush}
        data = self.folder / "data"
        command = [str(self.binaries / "pg_checksums"), "--enable", "--no-sync", "-D", str(data)]
        subprocess.run(as_owner(command), check=True, capture_output=True, cwd="/")
        path = data / "postgresql.conf"
        text = path.read_text(encoding="utf-8")
        if CONFIGURATION not in text:
            raise ValueError("the settings of the tests are not where they were")
        path.write_text(text.replace(CONFIGURATION, settings_of_up()), encoding="utf-8")

    def counters(self):
        """Transactions that have written so far, exactly: each takes a number. And the bytes of WAL so far."""
        (row,) = self.query("postgres", "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS commits,"
                            " (pg_current_wal_lsn() - '0/0')::bigint AS wal_bytes")
        return row

    def checkpoint(self):
        self.query("postgres", "CHECKPOINT")


def floor_database(cluster):
    """The tables of both services, by their own migrations, in one database: pgbench speaks to one."""
    database = Database(cluster, "floor")
    for service in ("order", "payment"):
        for path in sorted((REPOSITORY / "services" / service / "schema").glob("*.sql")):
            database.query(path.read_text(encoding="utf-8"))
    database.query(FLOOR_SEQUENCE)
    return database
