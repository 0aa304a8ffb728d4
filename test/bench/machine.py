"""What a run was made on."""

import datetime
import os
import pathlib
import platform
import statistics
import subprocess
import tempfile
import time

FLUSH_SIZE = 8192
FLUSH_SECONDS = 0.5


def _first_line(command, folder=None):
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return result.stdout.strip().partition("\n")[0]


def _line_after(path, name):
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        if line.startswith(name):
            return line.partition(":")[2].strip()
    return "unknown"


def _system():
    release = pathlib.Path("/etc/os-release")
    lines = release.read_text(encoding="utf-8").splitlines() if release.exists() else []
    fields = dict(line.split("=", 1) for line in lines if "=" in line)
    return fields.get("PRETTY_NAME", "unknown").strip('"')


def flush_us():
    """The median time of writing 8 kB and fdatasync, where the databases are."""
    block = bytes(FLUSH_SIZE)
    times = []
    with tempfile.TemporaryFile(buffering=0) as file:
        file.write(bytes(64 * FLUSH_SIZE))
        os.fsync(file.fileno())
        end = time.perf_counter() + FLUSH_SECONDS
        while time.perf_counter() < end:
            begin = time.perf_counter()
            os.pwrite(file.fileno(), block, len(times) % 64 * FLUSH_SIZE)
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - begin)
    return 1e6 * statistics.median(times)


def describe(repository, binaries):
    commit = _first_line(["git", "describe", "--always", "--dirty"], repository)
    memory_gib = int(_line_after("/proc/meminfo", "MemTotal").split()[0]) / 1024**2
    return {
        "time": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "commit": commit,
        "processor": f"{os.cpu_count()} x {_line_after('/proc/cpuinfo', 'model name')}",
        "memory": f"{memory_gib:.0f} GiB",
        "system": f"{_system()}, Linux {platform.release()}",
        "database": _first_line([str(binaries / "postgres"), "--version"]),
        "disk": f"{_first_line(['stat', '-f', '-c', '%T', tempfile.gettempdir()])}; "
                f"8 kB written and flushed in {flush_us():.0f} us (median)",
        "load before": f"{os.getloadavg()[0]:.2f}",
    }
