"""Both services are started from where they are installed, and answer as README.md shows it."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.parse

import psycopg2
import pytest

from conftest import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "test" / "integration"))
import waiting  # noqa: E402

START_SECONDS = 20
# $ curl …, and the line that it prints.
EXAMPLE = re.compile(r"^\$ (curl .*localhost:8000/orders/ .*)\n(\{.*\})$", re.M)


def database_url(name):
    server = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
    return server._replace(path=f"/{name}").geturl()


@pytest.fixture(scope="module")
def databases():
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    for name in ("order_db", "payment_db"):
        connection.cursor().execute(f"CREATE DATABASE {name}")
    connection.close()
    return {name: database_url(f"{name}_db") for name in ("order", "payment")}


class Installed:
    """A service as its user starts it: a program and its variables, and nothing else."""

    def __init__(self, prefix, name, **settings):
        self.program = prefix / "bin" / f"{name}-service"
        self.settings = settings
        with open(prefix / f"{name}.log", "wb") as log:
            self.process = subprocess.Popen([str(self.program)], env=settings, cwd="/", stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)
        waiting.wait_until(lambda: self.check("--check-ready").returncode == 0, START_SECONDS, f"{name}-service is ready")

    def check(self, question):
        assert self.process.poll() is None, "it has ended by itself"
        return subprocess.run([str(self.program), question], env=self.settings, capture_output=True, check=False)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(START_SECONDS)


@pytest.fixture(name="port", scope="module")
def running_services(prefix, databases):
    """The order service's port."""
    ports = {name: waiting.free_port() for name in ("order", "payment")}
    payment = Installed(prefix, "payment", LISTEN=f"127.0.0.1:{ports['payment']}", DATABASE_URL=databases["payment"])
    order = Installed(prefix, "order", LISTEN=f"127.0.0.1:{ports['order']}", DATABASE_URL=databases["order"],
                      PAYMENT_SERVICE_URL=f"http://127.0.0.1:{ports['payment']}")
    yield ports["order"]
    assert (order.stop(), payment.stop()) == (0, 0)


def test_the_examples_of_the_readme(port):
    chapter = (REPOSITORY / "README.md").read_text(encoding="utf-8").split("\n## Two orders\n")[1].split("\n## ")[0]
    examples = EXAMPLE.findall(chapter)
    assert [json.loads(answer)["status"] for _, answer in examples] == ["COMPLETED", "CANCELLED"]
    for command, answer in examples:
        done = subprocess.run(["bash", "-c", command.replace("localhost:8000", f"127.0.0.1:{port}")], capture_output=True, text=True,
                              env={**os.environ, "no_proxy": "*"}, check=True)
        assert done.stdout == answer + "\n"


def test_logs_are_json_where_nobody_watches(prefix, port):
    assert port
    lines = (prefix / "order.log").read_text(encoding="utf-8").splitlines()
    assert lines and all(json.loads(line)["service"] == "order" for line in lines)


def test_the_audit(prefix, port, databases):
    assert port
    done = subprocess.run([str(prefix / "bin/saga-audit"), "--order-database", databases["order"],
                           "--payment-database", databases["payment"]], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.match(r"audit: \d+ orders, \d+ payments, .*: 0 violations\n", done.stdout)


def test_links_of_the_installed_documents(prefix):
    (readme,) = prefix.glob("share/doc/*/README.md")
    documents = [readme, readme.with_name("README.ja.md"), *readme.parent.glob("docs/**/*.md")]
    assert len(documents) > 5
    for document in documents:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_libraries_are_the_packages_that_are_named(prefix):
    """scripts/packages.sh names what a machine needs that only runs the services; by Debian 13's names."""
    done = subprocess.run(["objdump", "-p", str(prefix / "bin/order-service")], capture_output=True, text=True, check=True)
    packages = set()
    for name in re.findall(r"NEEDED +(\S+)", done.stdout):
        owner = subprocess.run(["dpkg", "-S", f"*/{name}"], capture_output=True, text=True, check=True).stdout
        packages.add(owner.split(":")[0].removesuffix("t64"))
    text = (REPOSITORY / "scripts/packages.sh").read_text(encoding="utf-8")
    named = {name.removesuffix("t64") for name in re.search(r"runtime_packages=\(([^)]*)\)", text).group(1).split()}
    toolchain = {"libc6", "libasan8", "libubsan1", "libgcc-s1"}
    assert packages - toolchain in (named, {name for name in named if not name.startswith("libllhttp")})
