"""One measurement each: a case, the idle connections, the allocations."""

import os
import pathlib
import resource
import statistics
import struct

import idle
import pgbench
import slow
import usage
import watching
import wrk

ALLOCATION_SECONDS = 2
ALLOCATION_CONNECTIONS = 64
SLOW_CLIENTS_CONNECTIONS = 64


def raise_file_limit():
    """For wrk and the services as well, which inherit it. Returns it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def measure_case(stage, case, seconds):
    clusters = stage.clusters
    stage.set_instances(case.instances)
    stage.checkpoint()
    if case.kind == "floor":
        meter = usage.Meter({}, {"floor-database": clusters["floor"]})
        before = meter.read()
        figures = pgbench.run(clusters["floor"].binaries, stage.floor.url(), case.connections, seconds)
    else:
        meter = usage.Meter(stage.services(), {"order-database": clusters["order"],
                                               "payment-database": clusters["payment"]})
        with watching.held(stage.stack.order.port, case.watchers):
            before = meter.read()
            figures = wrk.run(stage.stack.order.url, case.connections, seconds, case.failing_percent)
    return {**figures, **usage.per_order(before, meter.read(), figures["orders"], figures["seconds"])}


def memory(stage):
    return {name: usage.memory_mb(service.process.pid) for name, service in stage.services().items()}


def measure_idle(stage):
    """Resident memory of each service while that many connections to it are open; None: this machine forbids it."""
    if raise_file_limit() < idle.CONNECTION_COUNT + idle.FILES_OF_OUR_OWN:
        return None
    found = {}
    for name, request in (("order-service", idle.post_order), ("payment-service", idle.get_payment)):
        port = stage.services()[name].port
        with idle.held(port, request(port)):
            found[name] = usage.memory_mb(stage.services()[name].process.pid)["now"]
    return found


def measure_slow_clients(stage, seconds):
    """The rate of 64 good clients with 1,000 slow ones and without them: without, with, with, without, so that what
    drifts meets both."""
    order = stage.stack.order

    def busy_seconds():
        return usage.tree_seconds(order.process.pid)

    def rate():
        stage.checkpoint()
        return wrk.run(order.url, SLOW_CLIENTS_CONNECTIONS, seconds)["orders_per_s"]
    alone = [rate()]
    with slow.held(order.port, busy_seconds):
        beside = [rate(), rate()]
        memory_mb = usage.memory_mb(order.process.pid)["now"]
    alone.append(rate())
    return {"alone_per_s": statistics.mean(alone), "beside_per_s": statistics.mean(beside), "memory_mb": memory_mb}


def counting_library():
    library = os.environ.get("SAGA_MALLOC_COUNT", "")
    if not pathlib.Path(library).is_file():
        raise FileNotFoundError(f"SAGA_MALLOC_COUNT is no file: {library!r}")
    return library


def measure_allocations(stage):
    """Calls of malloc, calloc and realloc for one order, in each service started anew with a counter."""
    files = {name: stage.folder / f"{name}.allocations" for name in stage.services()}
    for path in files.values():
        path.write_bytes(bytes(8))
    stage.restart({name: {"LD_PRELOAD": counting_library(), "MALLOC_COUNT_FILE": str(path)} for name, path in files.items()})
    wrk.run(stage.stack.order.url, ALLOCATION_CONNECTIONS, 1)
    before = {name: _count(path) for name, path in files.items()}
    figures = wrk.run(stage.stack.order.url, ALLOCATION_CONNECTIONS, ALLOCATION_SECONDS)
    return {name: (_count(path) - before[name]) / figures["orders"] for name, path in files.items()}


def _count(path):
    return struct.unpack("=Q", path.read_bytes())[0]
