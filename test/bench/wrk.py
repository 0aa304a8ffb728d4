"""wrk with order.lua: run, and what it printed."""

import pathlib
import re
import subprocess

SCRIPT = pathlib.Path(__file__).resolve().parent / "order.lua"
# Beyond the seconds asked for: the slowest answer that wrk still waits for, and its start.
EXTRA_SECONDS = 30

ORDERS = re.compile(r"^orders: (\d+) in ([\d.]+) s, per second: \d+, not 2xx: (\d+), socket errors: (\d+)$", re.M)
LATENCY = re.compile(r"^latency ms: p50 ([\d.]+), p99 ([\d.]+), p99\.9 ([\d.]+), max ([\d.]+)$", re.M)


def parse(text):
    orders, latency = ORDERS.search(text), LATENCY.search(text)
    if not orders or not latency:
        raise ValueError(f"wrk did not print what order.lua prints:\n{text}")
    count, seconds = int(orders[1]), float(orders[2])
    if count == 0:
        raise ValueError(f"not one order was answered:\n{text}")
    p50, p99, p999, slowest = map(float, latency.groups())
    return {"orders": count, "seconds": seconds, "orders_per_s": count / seconds,
            "p50_ms": p50, "p99_ms": p99, "p99.9_ms": p999, "max_ms": slowest,
            "not_2xx_percent": 100 * int(orders[3]) / count, "socket_errors": int(orders[4])}


def run(url, connections, seconds, failing_percent=0):
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s",
               "--timeout", "20s", "--script", str(SCRIPT), f"{url}/orders/", "--", str(failing_percent)]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
                            timeout=seconds + EXTRA_SECONDS)
    return parse(result.stdout)
