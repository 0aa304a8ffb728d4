"""pgbench with floor.sql: run, and what it printed and logged."""

import pathlib
import os
import re
import subprocess
import tempfile

SCRIPT = pathlib.Path(__file__).resolve().parent / "floor.sql"
EXTRA_SECONDS = 30
# New sessions fill their caches and plan: not counted. The services' sessions have done that long before.
WARM_UP_SECONDS = 1
THREAD_COUNT = 2
# As the sessions of the services have it, as far as it concerns these statements.
SESSION = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_bitmapscan=off -c jit=off"

RATE = re.compile(r"^tps = ([\d.]+) \(without initial connection time\)$", re.M)
COUNT = re.compile(r"^number of transactions actually processed: (\d+)", re.M)
FAILED = re.compile(r"^number of failed transactions: (\d+) ", re.M)


def percentile(values, percent):
    """The least value that so many percent of all do not exceed. values: sorted, not empty."""
    rank = -(-len(values) * percent // 100)
    return values[max(int(rank), 1) - 1]


def steady(log):
    """Of pgbench's --log: the latencies in us of what ended after the warm-up, sorted, and the seconds that it took."""
    rows = [line.split() for line in log.splitlines()]
    ends = sorted((int(row[4]) + int(row[5]) / 1e6, int(row[2])) for row in rows)
    start = ends[0][0] + WARM_UP_SECONDS if ends else 0
    latencies_us = sorted(latency_us for end, latency_us in ends if end > start)
    if not latencies_us:
        raise ValueError("pgbench logged nothing after its warm-up")
    return latencies_us, ends[-1][0] - start


def parse(text, log):
    """orders and seconds are those of the whole run, the rest is of its steady part."""
    rate, count, failed = RATE.search(text), COUNT.search(text), FAILED.search(text)
    if not rate or not count or not failed:
        raise ValueError(f"pgbench did not print its summary:\n{text}")
    if int(failed[1]) != 0 or int(count[1]) == 0:
        raise ValueError(f"pgbench's transactions failed:\n{text}")
    if log.count("\n") != int(count[1]):
        raise ValueError(f"pgbench counts {count[1]} transactions, but logged {log.count(chr(10))}")
    latencies_us, steady_s = steady(log)
    p50, p99, p999, slowest = (percentile(latencies_us, percent) / 1000 for percent in (50, 99, 99.9, 100))
    return {"orders": int(count[1]), "seconds": int(count[1]) / float(rate[1]),
            "orders_per_s": len(latencies_us) / steady_s,
            "p50_ms": p50, "p99_ms": p99, "p99.9_ms": p999, "max_ms": slowest,
            "not_2xx_percent": 0.0, "socket_errors": 0}


def run(binaries, url, connections, seconds):
    seconds += WARM_UP_SECONDS
    with tempfile.TemporaryDirectory() as folder:
        command = [str(binaries / "pgbench"), "--no-vacuum", "--protocol", "prepared", "--client", str(connections),
                   "--jobs", str(min(connections, THREAD_COUNT)), "--time", str(seconds), "--file", str(SCRIPT),
                   "--define", "from_status=PENDING", "--log", "--log-prefix", f"{folder}/log", url]
        result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
                                timeout=seconds + EXTRA_SECONDS, env={**os.environ, "PGOPTIONS": SESSION})
        log = "".join(path.read_text() for path in pathlib.Path(folder).glob("log.*"))
    return parse(result.stdout, log)
