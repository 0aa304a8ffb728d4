"""Four times as many orders as the services can take, from clients that do not wait for one another."""

import json
import os
import pathlib
import subprocess

import usage

# Enough that some wait for nothing, whatever is under way: a refusal on a connection on which an order is under way
# would wait for it, as HTTP answers in order. 10,000 orders are under way at most, in batches of five and more.
CONNECTION_COUNT = 4000
SEARCH_SECONDS = 1.5
# A machine that does not sustain the first is overloaded by less than four times, and that is all the same to it.
SEARCH_FIRST_PER_S = 2000
SEARCH_LAST_PER_S = 512_000
SUSTAINED_P99_MS = 100
FACTOR = 4
BEFORE_SECONDS = 2
AFTER_SECONDS = 5
# Of the rate that can be sustained, before and after.
USUAL_SHARE = 0.8
SLOT_SECONDS = 0.5
# Of the orders of a slot, which must have their 200 in time.
RECOVERED_SHARE = 0.99
EXTRA_SECONDS = 40


def generator():
    program = os.environ.get("SAGA_OPENLOOP", "")
    if not pathlib.Path(program).is_file():
        raise FileNotFoundError(f"SAGA_OPENLOOP is no file: {program!r}")
    return program


def run_phases(port, phases):
    """phases: (orders per second, seconds), one after the other."""
    command = [generator(), str(port), str(CONNECTION_COUNT), *(f"{rate:.0f}:{seconds}" for rate, seconds in phases)]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
                            timeout=sum(seconds for _, seconds in phases) + EXTRA_SECONDS)
    return json.loads(result.stdout)


def is_sustained(phase):
    return phase["ok"]["count"] >= 0.999 * phase["due"] and phase["ok"]["p99_ms"] < SUSTAINED_P99_MS


def find_sustained(sustains):
    """The highest rate for which `sustains` says so: of 1, 2, 4 … times the first one, and of 1.5 times that."""
    rate = SEARCH_FIRST_PER_S
    while rate < SEARCH_LAST_PER_S and sustains(2 * rate):
        rate *= 2
    return 1.5 * rate if sustains(1.5 * rate) else rate


def recovered_after(slots, end_s):
    """Seconds from the end of the overload until, for a second, nearly all orders are answered in time; None: never."""
    first = round(end_s / SLOT_SECONDS)
    good = [in_time >= RECOVERED_SHARE * due for due, in_time in slots]
    for slot in range(first, len(good) - 1):
        if good[slot] and good[slot + 1]:
            return (slot - first) * SLOT_SECONDS
    return None


def measure(stage, seconds):
    port = stage.stack.order.port

    def sustains(rate):
        """Twice, as something else on the machine may have taken its time from it."""
        for _ in range(2):
            stage.checkpoint()
            if is_sustained(run_phases(port, [(rate, SEARCH_SECONDS)])["phases"][0]):
                return True
        return False
    rate = find_sustained(sustains)
    stage.checkpoint()
    usual = USUAL_SHARE * rate
    answered = run_phases(port, [(usual, BEFORE_SECONDS), (FACTOR * rate, seconds), (usual, AFTER_SECONDS)])
    overload = answered["phases"][1]
    return {
        "seconds": seconds,
        "sustained_per_s": rate,
        "offered_per_s": overload["rate"],
        "accepted_per_s": overload["ok"]["count"] / seconds,
        "accepted_p50_ms": overload["ok"]["p50_ms"],
        "accepted_p99_ms": overload["ok"]["p99_ms"],
        "accepted_max_ms": overload["ok"]["max_ms"],
        "refused": overload["refused"]["count"],
        "refused_p50_ms": overload["refused"]["p50_ms"],
        "refused_p99_ms": overload["refused"]["p99_ms"],
        "recovered_after_s": recovered_after(answered["slots"], BEFORE_SECONDS + seconds),
        "unexpected": sum(phase["other"]["count"] for phase in answered["phases"]),
        "lost": answered["lost"] + answered["unanswered"],
        "memory_mb": {name: usage.memory_mb(service.process.pid)["most"] for name, service in stage.services().items()},
    }
