"""What a service's command line answers, and that whoever starts it wrongly is told what to do. No secret is ever told."""

import os
import re
import socket
import subprocess

import pytest

import waiting
from stack import BUILD, REPOSITORY

BINARIES = {name: BUILD / f"services/{name}/{name}-service" for name in ("order", "payment")}
SECRET = "hush%40hush"
WIDTH_MAX = 100


def run(name, *arguments, **environment):
    """With that environment and no other."""
    kept = {key: os.environ[key] for key in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS") if key in os.environ}
    return subprocess.run([str(BINARIES[name]), *arguments], env={**kept, **environment}, capture_output=True, text=True,
                          timeout=waiting.COMMAND_SECONDS, check=False)


def documented_rows(name):
    """(group, variable, default) of each setting, as the document has them; a lint compares it with the code."""
    text = (REPOSITORY / "docs/configuration.md").read_text(encoding="utf-8")
    chapter = text.split(f"\n## {name}-service\n")[1].split("\n## ")[0]
    return re.findall(r"^\| (\w+) \| `([A-Z_]+)` \| `?([^|]*?)`? \|", chapter, re.M)


@pytest.mark.parametrize("name", BINARIES)
def test_help_has_every_setting_below_its_group(name):
    done = run(name, "--help", LOG_LEVEL="loud")
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, done.stdout.splitlines())) <= WIDTH_MAX
    text = re.sub(r"\n {6}(?=\S)", " ", done.stdout)
    groups = {block.split("\n")[0]: block for block in text.split("\n\n")}
    rows = documented_rows(name)
    assert rows
    for group, variable, default in rows:
        flag = variable.lower().replace("_", "-")
        entry = re.search(rf"^  --{flag}, {variable} .*\(default: ([^;)]*)", groups[group], re.M)
        assert entry and entry.group(1) == default, variable


@pytest.mark.parametrize("name", BINARIES)
def test_version_names_the_libraries(name):
    done = run(name, "--version")
    assert (done.returncode, done.stderr) == (0, "")
    number = r"\d+(\.\d+)+"
    assert re.fullmatch(rf"{name}-service {number}\nlibuv {number}, llhttp {number}, libpq {number}, jansson {number}\n",
                        done.stdout)


@pytest.mark.parametrize("name", BINARIES)
def test_good_settings_are_shown_with_their_origin(name):
    done = run(name, "--check-config", "--log-level=debug", DATABASE_URL=f"postgresql://saga:{SECRET}@db/x", LOG_FORMAT="text")
    assert (done.returncode, done.stderr) == (0, "")
    shown = dict(re.findall(r"^  ([A-Z_]+) +(\S.*)$", done.stdout, re.M))
    assert [variable for _, variable, _ in documented_rows(name)] == list(shown)
    assert re.split(" +", shown["DATABASE_URL"], maxsplit=1) == ["variable", "user=saga password=*** dbname=x host=db"]
    assert shown["LOG_LEVEL"].split() == ["flag", "debug"]
    assert shown["LOG_FORMAT"].split() == ["variable", "text"]
    assert shown["DATABASE_WRITERS"].split() == ["default", "2"]


BAD = {
    "order": {"LISTEN": "localhost:8000", "INSTANCES": "0", "DATABASE_URL": f"postgresql://saga:{SECRET}@db:x/order_db",
              "PAYMENT_SERVICE_URL": "http://saga:hush@pay:1/", "ORDER_DEADLINE_MS": "5s", "LOG_LEVEL": "loud"},
    "payment": {"LISTEN": "0.0.0.0:99999", "DATABASE_WRITERS": "many", "DATABASE_URL": "postgresql://saga:hush/hush@db/payment_db",
                "PAYMENT_FAULTS": "9999=500,7=hangg", "LOG_FORMAT": ""},
}


@pytest.mark.parametrize("question", ["--check-config", None])
@pytest.mark.parametrize("name", BINARIES)
def test_all_bad_settings_are_named_at_once(name, question):
    done = run(name, *filter(None, [question]), **BAD[name])
    assert done.returncode == 1
    told = [re.match(rf"{name}-service: ([A-Z_]+) is \".*\", but must be \S.*\.", line) for line in done.stderr.splitlines()]
    assert all(told), done.stderr
    assert [match.group(1) for match in told] == [row[1] for row in documented_rows(name) if row[1] in BAD[name]]
    assert "hush" not in done.stdout + done.stderr


def test_misplaced_secrets_are_not_quoted():
    for arguments in (["hush"], ["--databse-url", "hush"], ["--databse-url=hush"], ["-phush"]):
        done = run("order", *arguments)
        assert done.returncode == 1
        assert "hush" not in done.stdout + done.stderr
        assert "order-service --help" in done.stderr


def test_health_is_told_by_the_exit_code(make_stack):
    stack = make_stack()
    for name, service in (("order", stack.order), ("payment", stack.payment)):
        for question in ("--check-live", "--check-ready"):
            for listen in (f"127.0.0.1:{service.port}", f"0.0.0.0:{service.port}"):
                done = run(name, question, LISTEN=listen)
                assert (done.returncode, done.stdout + done.stderr) == (0, ""), question
    stack.order_db.cluster.stop("immediate")
    waiting.wait_until(lambda: run("order", "--check-ready", LISTEN=f"127.0.0.1:{stack.order.port}").returncode == 1, 20,
                       "the order service is not ready")
    done = run("order", "--check-ready", LISTEN=f"127.0.0.1:{stack.order.port}")
    assert 'it answered "HTTP/1.1 503"' in done.stderr
    assert run("order", "--check-live", LISTEN=f"127.0.0.1:{stack.order.port}").returncode == 0
    stack.order_db.cluster.start()
    waiting.wait_until(stack.order.is_ready, 20, "the order service is ready again")


def test_health_of_nobody_and_of_a_mute_one():
    done = run("order", "--check-ready", LISTEN=f"127.0.0.1:{waiting.free_port()}")
    assert done.returncode == 1 and "Connection refused" in done.stderr
    assert run("order", "--check-ready", LISTEN="127.0.0.1:0").returncode == 1
    with socket.create_server(("127.0.0.1", 0)) as mute:
        done = run("order", "--check-live", LISTEN=f"127.0.0.1:{mute.getsockname()[1]}")
    assert done.returncode == 1 and "no answer" in done.stderr


def refused_start(service, **environment):
    done = subprocess.run([str(service.binary)], env={**service.environment, **environment}, capture_output=True, text=True,
                          timeout=waiting.COMMAND_SECONDS, check=False)
    assert done.returncode == 1
    return done.stderr


def test_a_start_that_can_not_listen_says_what_to_do(stack):
    assert "ss -ltnp shows it" in refused_start(stack.order)
    assert "0.0.0.0 for all" in refused_start(stack.payment, LISTEN="192.0.2.1:8001")


def test_a_neighbour_that_is_not_there_is_told(make_stack):
    stack = make_stack()
    stack.payment.stop()
    stack.post_order(headers={"Prefer": "respond-async"})
    waiting.wait_until(lambda: "see whether it runs, and whether its URL is right" in stack.order.log(), 20, "it is told")
    stack.payment.start()
    stack.settle()


@pytest.fixture(name="locked_cluster", scope="module")
def cluster_that_asks_for_a_password(clusters):
    cluster = clusters["order"]
    path = cluster.folder / "data" / "pg_hba.conf"
    path.write_text("host all locked 127.0.0.1/32 scram-sha-256\n" + path.read_text())
    cluster.query("postgres", "SELECT pg_reload_conf()")
    cluster.query("postgres", "CREATE ROLE locked LOGIN PASSWORD 'other'")
    return cluster


@pytest.mark.parametrize("url, words", [
    (f"postgresql://locked:{SECRET}@127.0.0.1:PORT/postgres", "password authentication failed"),
    (f"postgresql://nobody:{SECRET}@127.0.0.1:PORT/postgres", "does not exist"),
    (f"postgresql://postgres:{SECRET}@127.0.0.1:PORT/gone", "does not exist"),
    (f"postgresql://postgres:{SECRET}@127.0.0.1:1/postgres", "Connection refused"),
    (f"postgresql://postgres:{SECRET}@no-such-host.invalid/postgres", "can't connect"),
    (f"postgresql://postgres:{SECRET}@127.0.0.1:PORT/postgres?sslmode=require", "SSL"),
    (f"postgresql://postgres:{SECRET}@127.0.0.1:PORT/postgres?sslmode=loud", "sslmode"),
])
def test_a_database_that_can_not_be_used_is_told_without_its_password(locked_cluster, tmp_path, url, words):
    log_path = tmp_path / "log"
    environment = {"LISTEN": f"127.0.0.1:{waiting.free_port()}", "LOG_LEVEL": "debug",
                   "DATABASE_URL": url.replace("PORT", str(locked_cluster.port))}
    with open(log_path, "wb") as log:
        process = subprocess.Popen([str(BINARIES["payment"])], env=environment, stdout=log, stderr=log)
    try:
        waiting.wait_until(lambda: "see whether it runs" in log_path.read_text(), 20, "the log tells what to do")
    finally:
        process.terminate()
        assert process.wait(20) == 0
    assert words in log_path.read_text()
    assert "hush" not in log_path.read_text()
