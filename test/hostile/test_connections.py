"""Ten thousand connections at once, again and again, in all the ways in which they can end: nothing may stay behind.

In the process that serves them: no descriptor, and no memory. In the build with sanitizers a block that nobody frees
at the end fails the service's exit as well, when the stack stops.
"""

import itertools
import os
import pathlib
import resource
import socket
import struct

import pytest

import waiting
from answers import take_answer

CONNECTION_COUNT = 10_000
# For what else this process and the service have open.
OTHER_FILES_COUNT = 500
# The slabs keep what the busiest moment took, so it is the second pass that must cost nothing: 50,000 connections that
# left 64 bytes each would be over this. AddressSanitizer's allocator gives back what it likes; it looks for leaks itself.
MEMORY_GROWTH_MAX = 3 * 1024 * 1024
SANITIZED_MEMORY_GROWTH_MAX = 16 * 1024 * 1024
WAIT_SECONDS = 30
# What Linux has and Python does not name: the port is chosen when the socket connects.
IP_BIND_ADDRESS_NO_PORT = 24

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
POST_CUT = b"POST /orders HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{\"item"


def connect(port, number):
    """From another address for each number, as the ports of one would not do for all that are ended."""
    client = socket.socket()
    client.settimeout(WAIT_SECONDS)
    client.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    client.bind((f"127.0.0.{number}", 0))
    client.connect(("127.0.0.1", port))
    return client


def receive_answer(client):
    received = bytearray()
    while (answer := take_answer(received, False)) is None:
        chunk = client.recv(65536)
        assert chunk, f"closed after {bytes(received)!r}"
        received += chunk
    return answer


def say_nothing(clients):
    for client in clients:
        client.close()


def ask(clients):
    for client in clients:
        client.sendall(REQUEST)
    for client in clients:
        assert receive_answer(client).code == 200
    say_nothing(clients)


def break_off(clients):
    for client in clients:
        client.sendall(REQUEST + POST_CUT)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    say_nothing(clients)


def be_refused(clients):
    for client in clients:
        client.sendall(REQUEST[:-2] + b"nonsense\r\n\r\n")
    for client in clients:
        assert receive_answer(client).code == 400
        assert client.recv(1) == b""
    say_nothing(clients)


def never_listen(clients):
    for client in clients:
        client.sendall(REQUEST * 3 + POST_CUT)
    for client in clients:
        client.shutdown(socket.SHUT_WR)
    say_nothing(clients)


# The connections are the same code in both services, so the payment service has fewer rounds. Behind the last one
# nothing is in flight, and no hole is left in the heap.
ROUNDS = {"order": (say_nothing, break_off, be_refused, never_listen, ask), "payment": (break_off, ask)}


@pytest.fixture(name="count")
def connection_count(capsys):
    """As many as the system lets both sides have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = CONNECTION_COUNT if hard == resource.RLIM_INFINITY else min(CONNECTION_COUNT, hard - OTHER_FILES_COUNT)
    if count < CONNECTION_COUNT:
        with capsys.disabled():
            print(f"\n{count} connections at once instead of {CONNECTION_COUNT}: no more than {hard} files may be open")
    yield count
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class Process:
    def __init__(self, service):
        self._folder = pathlib.Path(f"/proc/{service.process.pid}")
        is_sanitized = b"__asan_init" in service.binary.read_bytes()
        self.memory_growth_max = SANITIZED_MEMORY_GROWTH_MAX if is_sanitized else MEMORY_GROWTH_MAX

    def descriptor_count(self):
        return len(os.listdir(self._folder / "fd"))

    def memory_size(self):
        """What is resident, in bytes."""
        pages = int((self._folder / "statm").read_text(encoding="ascii").split()[1])
        return pages * resource.getpagesize()


@pytest.fixture(name="stack")
def stack_that_forgets(make_stack):
    """Neither glibc nor AddressSanitizer keeps much of what was freed, so that what is resident is what is in use."""
    options = [os.environ["ASAN_OPTIONS"]] if "ASAN_OPTIONS" in os.environ else []
    settings = {"GLIBC_TUNABLES": "glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0",
                "ASAN_OPTIONS": ":".join([*options, "quarantine_size_mb=1:thread_local_quarantine_size_kb=64"])}
    return make_stack(order_settings=settings, payment_settings=settings)


def play(process, port, number, count, behave):
    """All connections are there at once before the first one does anything."""
    clients = [connect(port, number) for _ in range(count)]
    waiting.wait_until(lambda: process.descriptor_count() > count, WAIT_SECONDS, f"{count} connections are accepted")
    behave(clients)


@pytest.mark.parametrize("name", ROUNDS)
def test_nothing_stays_behind(stack, count, name):
    service = getattr(stack, name)
    process = Process(service)
    assert stack.post_order().status_code == 200
    descriptor_count = process.descriptor_count()
    numbers = itertools.count(2)
    sizes = []
    for _ in range(2):
        for behave in ROUNDS[name]:
            play(process, service.port, next(numbers), count, behave)
            waiting.wait_until(lambda: process.descriptor_count() <= descriptor_count, WAIT_SECONDS,
                               f"{count} connections are closed again: {behave.__name__}")
        sizes.append(process.memory_size())
    assert sizes[1] - sizes[0] <= process.memory_growth_max, f"resident, in bytes, after each pass: {sizes}"
    assert service.get("/readyz").status_code == 200
    assert stack.post_order().status_code == 200
