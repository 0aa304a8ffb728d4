"""What the processes and databases have used: CPU, commits, WAL, memory."""

import os
import pathlib
import resource

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
KIB_PER_MB = 1e6 / 1024


def _stat(pid):
    """The fields of /proc/PID/stat from the third on; None if the process is gone."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def tree_seconds(pid):
    """Of a postmaster, or of the parent of a service's instances: itself, its children, and those that have ended."""
    ticks = 0
    for folder in pathlib.Path("/proc").iterdir():
        fields = _stat(folder.name) if folder.name.isdigit() else None
        if fields is None:
            continue
        if int(folder.name) == pid:
            ticks += sum(map(int, fields[11:15]))
        elif int(fields[1]) == pid:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS_PER_S


def client_seconds():
    """Of all children that have ended and were waited for: wrk or pgbench."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def memory_mb(pid):
    """Resident now, and at most so far."""
    fields = {}
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        name, _, value = line.partition(":")
        fields[name] = value.split()
    return {"now": int(fields["VmRSS"][0]) / KIB_PER_MB, "most": int(fields["VmHWM"][0]) / KIB_PER_MB}


def parse_processors(line):
    """The first line of /proc/stat, in seconds of all processors together: busy, with whatever; and passed."""
    _user, _nice, _system, idle, iowait, _irq, _softirq, _steal = ticks = [int(field) for field in line.split()[1:9]]
    return {"busy": (sum(ticks) - idle - iowait) / TICKS_PER_S, "passed": sum(ticks) / TICKS_PER_S}


def machine_seconds():
    with open("/proc/stat", encoding="ascii") as file:
        return parse_processors(file.readline())


class Meter:
    """services, clusters: by the name that the figures get."""

    def __init__(self, services, clusters):
        self.services = services
        self.clusters = clusters

    def read(self):
        cpu_s = {"client": client_seconds()}
        cpu_s.update((name, tree_seconds(service.process.pid)) for name, service in self.services.items())
        cpu_s.update((name, tree_seconds(cluster.process.pid)) for name, cluster in self.clusters.items())
        return {"cpu_s": cpu_s, "machine_s": machine_seconds(),
                "databases": {name: cluster.counters() for name, cluster in self.clusters.items()}}


def per_order(before, after, orders, seconds):
    """What lies between two readings, as figures of one case."""
    cpu_s = {name: spent_s - before["cpu_s"][name] for name, spent_s in after["cpu_s"].items()}
    machine_s = {name: spent_s - before["machine_s"][name] for name, spent_s in after["machine_s"].items()}
    # Ticks are 10 ms: it may come out just below 0.
    elsewhere_s = max(machine_s["busy"] - sum(cpu_s.values()), 0)
    figures = {"elsewhere_percent": 100 * elsewhere_s / machine_s["passed"]}
    figures.update((f"cpu_us {name}", 1e6 * spent_s / orders) for name, spent_s in cpu_s.items())
    for name, counters in after["databases"].items():
        spent = {what: value - before["databases"][name][what] for what, value in counters.items()}
        figures[f"commits_per_s {name}"] = spent["commits"] / seconds
        figures[f"commits_per_order {name}"] = spent["commits"] / orders
        figures[f"wal_bytes {name}"] = spent["wal_bytes"] / orders
    return figures
