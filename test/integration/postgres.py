"""A private PostgreSQL: its own folder, port and superuser, gone after the tests."""

import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile

import psycopg2
import psycopg2.extras

import waiting

CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 60
shared_buffers = 32MB
# The machine does not crash during a test; the server may, and that loses nothing without fsync.
fsync = off
full_page_writes = off
log_line_prefix = '%m [%p] %a '
"""


def newest_binaries():
    folders = pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres")
    newest = max(folders, key=lambda path: int(path.parents[1].name), default=None)
    if newest is None:
        raise RuntimeError("no PostgreSQL server found below /usr/lib/postgresql")
    return newest.parent


def as_owner(command):
    """Ends with the test run, even a killed one. PostgreSQL refuses to run as root: then its own user runs it."""
    identity = ["--reuid=postgres", "--regid=postgres", "--init-groups"] if os.getuid() == 0 else []
    return ["setpriv", "--pdeathsig=QUIT", *identity, "--", *command]


class Cluster:
    def __init__(self, name):
        self.binaries = newest_binaries()
        self.port = waiting.free_port()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"saga-{name}-"))
        self.log_path = self.folder / "log"
        if os.getuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        data = str(self.folder / "data")
        command = [str(self.binaries / "initdb"), "-D", data, "-A", "trust", "-U", "postgres",
                   "-E", "UTF8", "--no-locale", "--no-sync"]
        subprocess.run(as_owner(command), check=True, stdout=subprocess.DEVNULL, cwd="/")
        with open(self.folder / "data" / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write(CONFIGURATION + f"port = {self.port}\n")
        self.process = None
        self.environment = None

    def start(self):
        assert self.process is None
        command = [str(self.binaries / "postgres"), "-D", str(self.folder / "data")]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(as_owner(command), stdout=log, stderr=log, cwd="/", env=self.environment)
        waiting.wait_until(self.answers, 30, f"PostgreSQL on port {self.port} accepts connections")

    def answers(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended:\n{self.log_path.read_text()}")
        try:
            self.query("postgres", "SELECT 1")
        except psycopg2.OperationalError:
            return False
        return True

    def stop(self, mode="fast"):
        """fast: clients are told and disconnected; immediate: as if it had crashed."""
        signals = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}
        self.process.send_signal(signals[mode])
        self.process.wait(30)
        self.process = None

    def remove(self):
        if self.process is not None:
            self.stop("immediate")
        shutil.rmtree(self.folder)

    def url(self, database, port=None):
        """port: that of a proxy before the server."""
        return f"postgresql://postgres@127.0.0.1:{port or self.port}/{database}"

    def query(self, database, sql, parameters=()):
        """The rows as dictionaries; an empty list where the statement has none."""
        connection = psycopg2.connect(self.url(database), connect_timeout=5)
        try:
            connection.autocommit = True
            with connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
                cursor.execute(sql, parameters)
                return [dict(row) for row in cursor] if cursor.description else []
        finally:
            connection.close()


@contextlib.contextmanager
def clusters():
    """One for each service."""
    made = {}
    try:
        for name in ("order", "payment"):
            made[name] = Cluster(name)
            made[name].start()
        yield made
    finally:
        for cluster in made.values():
            cluster.remove()


class Database:
    """One database of a cluster, as a test sees it."""

    def __init__(self, cluster, name):
        self.cluster = cluster
        self.name = name
        cluster.query("postgres", f'CREATE DATABASE "{name}"')

    def url(self, port=None):
        return self.cluster.url(self.name, port)

    def query(self, sql, parameters=()):
        return self.cluster.query(self.name, sql, parameters)

    def value(self, sql, parameters=()):
        (row,) = self.query(sql, parameters)
        (value,) = row.values()
        return value

    def terminate_backends(self):
        """Ends every connection but this one; returns how many."""
        return self.value(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid()", (self.name,))
