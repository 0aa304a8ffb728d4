"""strace on a running service: counts its network and write calls, ends it at one of them, or lets one fail."""

import collections
import pathlib
import re
import signal
import subprocess
import tempfile

CALLS = "%network,read,readv,write,writev"
ERRORS = ("ECONNRESET", "EPIPE", "ENOMEM", "EMFILE", "EINTR", "EAGAIN")
# With -y: 4711  read(3</lib/libpq.so>, ...
CALL_LINE = re.compile(r"^\d+ +(\w+)\((?:\d+<([^>]*))?")


def effect(fault, call, number):
    """fault: KILL or one of ERRORS, at the call with this number (from 1)."""
    what = "signal=KILL" if fault == "KILL" else f"error={fault}"
    return ["-e", f"inject={call}:{what}:when={number}"]


def lines(path):
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def number_calls(path):
    """Of each call the numbers that are worth a fault: all but the reading of libraries and other files."""
    counts, numbers = collections.Counter(), collections.defaultdict(list)
    for match in filter(None, map(CALL_LINE.match, lines(path))):
        call, file = match.groups()
        counts[call] += 1
        if call != "read" or not (file or "").startswith("/"):
            numbers[call].append(counts[call])
    return numbers


def struck_file(path):
    """The file that the failed call was about, "" if none is told; None: no call failed."""
    struck = next((line for line in lines(path) if "(INJECTED)" in line), None)
    match = CALL_LINE.match(struck) if struck else None
    return (match.group(2) or "") if match else None


class Tracer:
    """From the next call on, until the block ends."""

    def __init__(self, pid, path, options=()):
        self.command = ["strace", "-f", "-y", "-p", str(pid), "-o", str(path),
                        "-e", f"trace={CALLS}", *options]
        self.process = None

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        if "attached" not in line:
            self.__exit__()
            raise AssertionError(line.strip() or "strace says nothing")
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=60)


def refusal():
    """Why this machine lets nobody attach to a running process, or "" if it does."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as idle, tempfile.TemporaryDirectory() as folder:
        try:
            with Tracer(idle.pid, pathlib.Path(folder) / "trace", effect("EINTR", "read", 1)):
                return ""
        except AssertionError as reason:
            return str(reason)


def write_wrapper(service, path, trace_path, options):
    """A program that starts the service traced from its first call on. The process is the service's: -D."""
    quoted = " ".join(f"'{option}'" for option in options)
    path.write_text(f"#!/bin/sh\nexec strace -D -f -y -o {trace_path} -e trace={CALLS} {quoted} {service.binary}\n",
                    encoding="utf-8")
    path.chmod(0o755)
