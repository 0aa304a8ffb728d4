"""check_containers is shown going red on the real files, each with one thing changed."""

import pathlib
import shutil

import pytest

from test_lints import assert_green, assert_red, lint

ROOT = pathlib.Path(__file__).resolve().parents[2]
READ = ("CMakeLists.txt", "CMakePresets.json", ".dockerignore", "compose.yaml", "cmake", "docs/monitoring", "docs/operations.md", "lib",
        "services", "scripts/packages.sh", "scripts/ports.sh", "test/bench/order.lua")


@pytest.fixture(name="tree")
def copy_of_what_it_reads(tmp_path):
    for name in READ:
        source, target = ROOT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copyfile(source, target)
    return tmp_path


def test_containers_agree(tree):
    assert_green(lint("check_containers", tree, "--compose"))


@pytest.mark.parametrize("name, old, new, expected", [
    ("services/Dockerfile", "libuv1-dev ", "", "stage build installs"),
    ("services/Dockerfile", "libjansson4 ", "libjansson4 curl ", "order-service: packages is"),
    ("services/Dockerfile", "FROM debian:13-slim AS runtime", "FROM debian:sid AS runtime", "begins with debian:sid"),
    ("services/Dockerfile", "EXPOSE 8001", "EXPOSE 8000", "payment-service: EXPOSE is ['8000']"),
    ("services/Dockerfile", "STOPSIGNAL SIGTERM", "STOPSIGNAL SIGKILL", "STOPSIGNAL is"),
    ("services/Dockerfile", 'ENTRYPOINT ["order-service"]', "ENTRYPOINT order-service", "order-service: ENTRYPOINT is []"),
    ("services/Dockerfile", '"payment-service", "--check-live"', '"payment-service", "--check-life"', "its HEALTHCHECK is no"),
    ("services/Dockerfile", 'CMD ["order-service", "--check-live"]', "CMD curl localhost", "its HEALTHCHECK is no command"),
    ("services/Dockerfile", "USER 10001:10001\nSTOP", "USER 0:0\nSTOP", "USER must be two numbers"),
    ("services/Dockerfile", "USER 10001:10001\nSTOP", "STOP", "USER must be two numbers"),
    ("services/Dockerfile", "COPY lib lib", "COPY libs libs", "libs is not there"),
    ("services/Dockerfile", "AS payment-service", "AS payments", "no target payment-service"),
    (".dockerignore", "!cmake\n", "", "cmake is not there, or .dockerignore keeps it back"),
    ("CMakeLists.txt", "VERSION 0.1.0", "VERSION 0.2.0", "version is 0.1.0, not 0.2.0"),
    ("scripts/packages.sh", "(gcc ", "(clang ", "stage build installs"),
    ("compose.yaml", "target: bench", "target: load", "bench: the Dockerfile has no target load"),
    ("compose.yaml", '"8001:8001"', '"8001:8002"', "payment-service: publishes ['8001:8002'], but listens on 8001"),
    ("compose.yaml", "127.0.0.1:5435:", "127.0.0.1:5436:", "nobody publishes 5435"),
    ("compose.yaml", '"order-service", "--check-ready"', '"curl", "localhost"', "order-service: its health check is no"),
    ("compose.yaml", "order-db: { condition: service_healthy }", "order-db: { condition: service_started }",
     "depends on order-db, but not until it is healthy"),
    ("compose.yaml", "stop_grace_period: 15s", "stop_grace_period: 10s", "is killed before its drain of 10000 ms is over"),
    ("compose.yaml", '"./docs/monitoring:/etc/saga', '"./docs/gone:/etc/saga', "grafana: mounts ./docs/gone"),
    ("compose.yaml", "    healthcheck: { test: [\"CMD\", \"wget\", \"-q\", \"--spider\", \"http://127.0.0.1:9090",
     "    x-check: { test: [\"CMD\", \"wget\", \"-q\", \"--spider\", \"http://127.0.0.1:9090", "which has no health check"),
    ("compose.yaml", "restart: unless-stopped", "restat: unless-stopped", "docker-compose refuses it"),
    ("docs/operations.md", " libuv1-dev", "", "the packages for a build are not"),
    ("docs/monitoring/prometheus.yml", "payment-service:8001", "payment-service:8000", "job payment has the targets"),
    ("docs/monitoring/prometheus.yml", "[alerts.yml]", "[gone.yml]", "gone.yml is not there"),
    ("services/unit.service.in", "TimeoutStopSec=20s", "TimeoutStopSec=10s", "TimeoutStopSec is not more than 10000 ms"),
    ("services/unit.service.in", "LimitNOFILE=20000", "LimitNOFILE=1024", "LimitNOFILE is less than"),
    ("services/unit.service.in", "--check-config", "--check", "ExecStartPre asks what"),
])
def test_containers_complain(tree, name, old, new, expected):
    path = tree / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    options = ["--compose"] if expected.startswith("docker-compose") else []
    assert_red(lint("check_containers", tree, *options), expected)
