#!/usr/bin/env python3
"""Runs a command with a private, temporary PostgreSQL, which ends with it.

    with_postgres.py COMMAND [ARGUMENT...]

The command's environment has
    DATABASE_URL         over loopback, on a free port
    DATABASE_SOCKET_URL  the same server over a Unix socket
    DATABASE_CONTROL     a program; its argument `stop` or `start` does that to the server, at once

Exits as the command does. The server is stopped and its files are removed however this program ends,
even by SIGKILL: a guardian process outlives it and cleans up when its pipe closes.
"""
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

SETTINGS = """
listen_addresses = '127.0.0.1'
fsync = off
full_page_writes = off
max_connections = 50
lc_messages = 'C'
log_line_prefix = '%m [%p] '
"""

CONTROL = """#!/bin/sh
case "$1" in
    start) exec {pg_ctl} start --silent -w -D {data} -l {folder}/log -o "-p {port} -k {folder}" ;;
    stop) exec {pg_ctl} stop --silent -w -m immediate -D {data} ;;
    *) echo "usage: control start|stop" >&2; exit 2 ;;
esac
"""


def find_binaries():
    folders = glob.glob("/usr/lib/postgresql/*/bin")
    if folders:
        return max(folders, key=lambda folder: int(folder.split("/")[-2]))
    found = shutil.which("pg_ctl")
    if found is None:
        sys.exit("with_postgres: no PostgreSQL server found; install the package postgresql")
    return os.path.dirname(found)


def server_user_prefix():
    """The server refuses to run as root."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


def find_free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def create_cluster(folder, binaries, port):
    data = os.path.join(folder, "data")
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
    subprocess.run(
        server_user_prefix()
        + [f"{binaries}/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        + ["--no-locale", "--no-sync"],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with open(os.path.join(data, "postgresql.conf"), "a", encoding="ascii") as settings:
        settings.write(SETTINGS)
    control = os.path.join(folder, "control")
    pg_ctl = " ".join(server_user_prefix() + [f"{binaries}/pg_ctl"])
    with open(control, "w", encoding="ascii") as script:
        script.write(CONTROL.format(pg_ctl=pg_ctl, data=data, folder=folder, port=port))
    os.chmod(control, 0o755)
    return control


def clean_up(folder):
    control = os.path.join(folder, "control")
    if os.path.exists(os.path.join(folder, "data", "postmaster.pid")):
        subprocess.run([control, "stop"], check=False)
    shutil.rmtree(folder, ignore_errors=True)


def start_guardian(folder):
    """Gives two descriptors: closing the first makes the guardian clean up, after which the second
    reads as closed."""
    alive_read, alive_write = os.pipe()
    done_read, done_write = os.pipe()
    if os.fork() != 0:
        os.wait()
        os.close(alive_read)
        os.close(done_write)
        return alive_write, done_read
    # A session and a parent of its own, so that what ends this program spares the guardian.
    os.setsid()
    if os.fork() != 0:
        os._exit(0)
    os.close(alive_write)
    os.close(done_read)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.read(alive_read, 1)
    clean_up(folder)
    os._exit(0)


def run(command, folder):
    binaries = find_binaries()
    port = find_free_port()
    control = create_cluster(folder, binaries, port)
    subprocess.run([control, "start"], check=True)
    environment = dict(
        os.environ,
        DATABASE_URL=f"postgresql://postgres@127.0.0.1:{port}/postgres",
        DATABASE_SOCKET_URL=f"postgresql://postgres@/postgres?host={folder}&port={port}",
        DATABASE_CONTROL=control,
    )
    status = subprocess.run(command, env=environment, check=False).returncode
    # A command ended by a signal is reported as a shell would.
    return status if status >= 0 else 128 - status


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    # SIGTERM shall unwind as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = tempfile.mkdtemp(prefix="saga-postgres-")
    alive, done = start_guardian(folder)
    try:
        status = run(sys.argv[1:], folder)
    except KeyboardInterrupt:
        status = 128 + signal.SIGINT
    finally:
        os.close(alive)
        os.read(done, 1)
    return status


if __name__ == "__main__":
    sys.exit(main())
