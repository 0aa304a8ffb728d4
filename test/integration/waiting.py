"""Waiting for what can be observed, with a deadline; and ports that no other test run takes."""

import random
import socket
import threading
import time

# Below Linux's range for outgoing connections (32768 and up): a service that keeps connecting to a
# stopped neighbour can neither take the neighbour's port nor meet itself there.
PORT_FIRST, PORT_LAST = 20000, 31999
# For a program that only says something and ends.
COMMAND_SECONDS = 20

_claims = []


def wait_until(observe, seconds, what):
    """Calls observe() until it returns something true, and returns that."""
    deadline = time.monotonic() + seconds
    between = threading.Event()
    while True:
        seen = observe()
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        between.wait(0.02)


def _claim(port):
    """Holds the port for as long as this process lives, so that no other test run takes it while a service restarts: a
    name of Linux's own kind, which belongs to the network namespace, as ports do, and goes with its holder."""
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        claim.bind(f"\0saga-test-port-{port}")
    except OSError:
        claim.close()
        return False
    _claims.append(claim)
    return True


def free_port():
    chooser = random.SystemRandom()
    while True:
        port = chooser.randint(PORT_FIRST, PORT_LAST)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if _claim(port):
            return port


class Stopwatch:
    def __init__(self):
        self.start = time.monotonic()

    @property
    def seconds(self):
        return time.monotonic() - self.start
