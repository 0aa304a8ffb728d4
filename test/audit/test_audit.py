"""The audit finds nothing in clean books, each seeded violation by itself, and nothing that only moves."""

import pathlib
import socket
import subprocess
import threading

import psycopg2
import pytest

import audit
from conftest import ROOT, uid_of

OTHER_UID = uid_of(999)


def violations(capsys):
    return [line for line in capsys.readouterr().out.splitlines() if line.startswith("I")]


def assert_only(capsys, *starts):
    found = violations(capsys)
    assert len(found) == len(starts), found
    for line, start in zip(found, starts):
        assert line.startswith(start + ":"), found


def test_clean_books(books, capsys):
    assert books.audit() == 0
    output = capsys.readouterr().out.splitlines()
    assert output == ["note: 1 payment without a uid, made by hand: order 9",
                      "audit: 9 orders, 7 payments, 0 idempotency keys: 0 violations"]


def test_empty_books(books, capsys):
    books.order_db.run("TRUNCATE orders, order_events")
    books.payment_db.run("TRUNCATE payments")
    assert books.audit() == 0
    assert capsys.readouterr().out == "audit: 0 orders, 0 payments, 0 idempotency keys: 0 violations\n"


def test_i1_two_payments(books, capsys):
    books.payment_db.run("ALTER TABLE payments DROP CONSTRAINT payments_order_id_key")
    books.add_payment(1, "PAID")
    assert books.audit() == 1
    assert_only(capsys, "I1 order 1")


@pytest.mark.parametrize("change", [
    "DELETE FROM payments WHERE order_id = 1",
    "UPDATE payments SET status = 'VOIDED' WHERE order_id = 1",
    "UPDATE payments SET status = 'FAILED' WHERE order_id = 1",
    "UPDATE payments SET status = 'REFUNDED' WHERE order_id = 1",
    "UPDATE payments SET amount = 99 WHERE order_id = 1",
    "UPDATE payments SET uid = NULL WHERE order_id = 1",
])
def test_i2_completed_unpaid(books, capsys, change):
    books.payment_db.run(change)
    assert books.audit() == 1
    assert_only(capsys, "I2 order 1")


@pytest.mark.parametrize("number", [2, 3, 5, 6])
@pytest.mark.parametrize("change", [
    "UPDATE payments SET status = 'PAID', amount = 100 WHERE order_id = %s",
    "DELETE FROM payments WHERE order_id = %s",
])
def test_i3_cancelled_though_paid_or_unknown(books, capsys, number, change):
    books.payment_db.run(change, (number,))
    assert books.audit() == 1
    assert_only(capsys, f"I3 order {number}")


def test_i3_never_sent_though_paid(books, capsys):
    books.add_payment(4, "PAID")
    assert books.audit() == 1
    assert_only(capsys, "I3 order 4")


def test_i3_cancelled_by_another_payment(books, capsys):
    """The number met another order's payment: no money of this order is held, but I6 has to tell."""
    books.add_order(10, "CANCELLED", reason="mismatch")
    books.add_payment(10, "PAID", uid=OTHER_UID)
    assert books.audit() == 1
    assert_only(capsys, "I6 order 10")
    books.order_db.run("UPDATE order_events SET reason = 'voided' WHERE order_id = 10")
    assert books.audit() == 1
    assert_only(capsys, "I6 order 10", "I3 order 10")


@pytest.mark.parametrize("status, story", [
    ("PENDING", ""),
    ("COMPLETED", "COMPLETED"),
    ("COMPLETED", "PENDING CANCELLED COMPLETED"),
    ("COMPLETED", "PENDING CANCELLING COMPLETED"),
    ("COMPLETED", "PENDING COMPLETED COMPLETED"),
    ("COMPLETED", "PENDING"),
    ("PENDING", "PENDING COMPLETED"),
    ("COMPLETED", "PENDING PAID COMPLETED"),
])
def test_i4_illegal_history(books, capsys, status, story):
    books.add_order(10, status, story, age_s=1)
    books.add_payment(10, "PAID")
    assert books.audit() == 1
    assert_only(capsys, "I4 order 10")


def test_i4_lines_in_an_impossible_order(books, capsys):
    books.add_order(10, "CANCELLED", "PENDING CANCELLING COMPLETED CANCELLED", line_ages_s=[900, 800, 700, 600])
    books.add_payment(10, "REFUNDED")
    assert books.audit() == 1
    assert_only(capsys, "I4 order 10")


def test_i4_lines_of_overlapping_transactions(books):
    """A line has the time at which its transaction began: the later commit may have the earlier time."""
    books.add_order(10, "CANCELLED", "PENDING COMPLETED CANCELLING CANCELLED", line_ages_s=[900, 800, 801, 801])
    books.add_payment(10, "REFUNDED")
    assert books.audit() == 0


@pytest.mark.parametrize("status", ["PENDING", "CANCELLING"])
def test_i5_unfinished(books, capsys, status):
    books.add_order(10, status, age_s=70)
    assert books.audit() == 1
    assert_only(capsys, "I5 order 10")
    assert books.audit("--in-flight-ok") == 0
    assert books.audit("--unfinished-max-age", "80") == 0
    violations(capsys)
    assert books.audit("--unfinished-max-age", "0") == 1
    assert_only(capsys, "I5 order 7", "I5 order 8", "I5 order 10")


@pytest.mark.parametrize("attempts, due_in_s, is_told", [(10, 0, True), (9, 0, False), (10, 60, False)])
def test_i5_parked(books, capsys, attempts, due_in_s, is_told):
    """The last claim's lease must have ended: until then its worker may finish the order."""
    books.add_order(10, "PENDING", age_s=70)
    books.order_db.run("UPDATE orders SET attempts = %s, next_attempt_at = now() + %s * interval '1 second'"
                       " WHERE id = 10", (attempts, due_in_s))
    assert books.audit() == 1
    output = capsys.readouterr().out.splitlines()
    assert output[0].endswith(" s, parked: POST /orders/10/resume") == is_told
    assert output[-1].endswith(": 1 violation")


def test_i5_an_old_order_may_be_cancelled_now(books):
    books.add_order(10, "CANCELLING", line_ages_s=[5000, 4999, 1], age_s=5000)
    assert books.audit() == 0


def test_i6_payment_without_its_order(books, capsys):
    books.add_payment(10, "PAID")
    books.add_payment(7, "PAID", uid=OTHER_UID)
    books.add_payment(11, "PAID", uid=None)
    assert books.audit() == 1
    assert_only(capsys, "I6 order 7", "I6 order 10")


def test_i7_key_without_its_order(books, capsys):
    keys_sql = "INSERT INTO idempotency_keys (key, order_id) VALUES (%s, %s)"
    books.order_db.run(keys_sql, ("good", 1))
    assert books.audit() == 0
    assert "1 idempotency key:" in capsys.readouterr().out
    books.order_db.run(keys_sql, ("lost", 12))
    assert books.audit() == 1
    assert_only(capsys, "I7 order 12")


def test_a_schema_without_keys(books):
    """The audit of an order service's first version."""
    books.order_db.run("DROP TABLE idempotency_keys")
    assert books.audit() == 0


def test_chunks_lose_nothing(books, capsys, monkeypatch):
    """Violations at every place of the walk, at chunk borders and in long runs of one side only."""
    for number in range(20, 40):
        books.add_payment(number, "PAID")
    for number in range(40, 60):
        books.add_order(number, "COMPLETED")
    expected = [f"I6 order {number}" for number in range(20, 40)]
    expected += [f"I2 order {number}" for number in range(40, 60)]
    for number in (2, 50, 1, 30):
        books.order_db.run("INSERT INTO idempotency_keys VALUES (%s, %s)", (f"key {number}", number))
    expected.append("I7 order 30")
    for size in (1, 2, 3, 7, 29, 5000):
        monkeypatch.setattr(audit, "CHUNK_ROW_COUNT", size)
        assert books.audit() == 1
        found = sorted(line.split(":")[0] for line in violations(capsys))
        assert found == sorted(expected), size


class Busy(audit.Audit):
    """Changes both databases after the first look at the orders, before the look at the payments."""

    change = None

    def read_payments(self, after_id, last_id):
        if Busy.change:
            change, Busy.change = Busy.change, None
            change()
        return super().read_payments(after_id, last_id)


@pytest.fixture
def disturb(monkeypatch):
    def prepare(change):
        Busy.change = change
        monkeypatch.setattr(audit, "Audit", Busy)
    yield prepare
    assert Busy.change is None


def test_an_order_that_comes_meanwhile_is_no_violation(books, disturb):
    books.payment_db.run("UPDATE payments SET order_id = 20 WHERE order_id = 9")

    def complete_new_order():
        books.add_order(15, "COMPLETED")
        books.add_payment(15, "PAID")
    disturb(complete_new_order)
    books.order_db.run("UPDATE order_events SET reason = 'never_sent' WHERE order_id = 9")
    assert books.audit() == 0


def test_an_order_that_is_cancelled_meanwhile_is_no_violation(books, disturb):
    def cancel():
        books.order_db.run("UPDATE orders SET status = 'CANCELLED' WHERE id = 1")
        books.order_db.run("INSERT INTO order_events (order_id, status, reason)"
                           " VALUES (1, 'CANCELLING', 'cancel_requested'), (1, 'CANCELLED', 'refunded')")
        books.payment_db.run("UPDATE payments SET status = 'REFUNDED' WHERE order_id = 1")
    disturb(cancel)
    assert books.audit() == 0


def test_databases_that_cannot_be_read(empty_books, capsys):
    assert empty_books.audit() == 2
    assert "could not be done" in capsys.readouterr().err
    assert audit.main(["--order-database", "postgresql://127.0.0.1:1/x", "--payment-database", "x"]) == 2


@pytest.mark.parametrize("url, reason", [
    ("postgresql://saga:x@hush@127.0.0.1:1/x", "an @ where none belongs"), ("postgresql://saga:x/hush@127.0.0.1:1/x", "an @ where"),
    ("postgresql://saga:%hush@127.0.0.1:1/x", "percent-encoded"), ("postgresql://saga:hush/x", "port is no number"),
    ("host=127.0.0.1 hush", "missing"), ("host=127.0.0.1 port=1 user=saga password=hush", "127.0.0.1"),
    ("postgresql://saga:%40%2Fhush@127.0.0.1:1/x?options=@", "127.0.0.1"),
])
def test_a_password_is_never_printed(url, reason, capsys):
    assert audit.main(["--order-database", url, "--payment-database", url]) == 2
    printed = "".join(capsys.readouterr())
    assert reason in printed and "hush" not in printed


def test_as_a_program(books):
    program = str(ROOT / "scripts" / "audit.py")
    done = subprocess.run([program, "--order-database", books.order_db.url], capture_output=True, check=False)
    assert done.returncode == 2
    databases = ["--order-database", books.order_db.url, "--payment-database", books.payment_db.url]
    assert subprocess.run([program, *databases], capture_output=True, check=False).returncode == 0
    books.add_payment(10, "PAID")
    done = subprocess.run([program, *databases], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "I6 order 10: " in done.stdout
    assert pathlib.Path(program).stat().st_mode & 0o111


def drip(client):
    try:
        client.sendall(b"HTTP/1.1 200 OK\r\n")
        while not threading.Event().wait(audit.TELL_TIMEOUT_S / 4):
            client.sendall(b"X")
    except OSError:
        pass  # who asked has gone


def talk_no_http(client):
    client.sendall(b"SSH-2.0-Any\r\n")


@pytest.mark.parametrize("answer, problem", [(drip, "no answer in time"), (talk_no_http, "SSH-2.0-Any")])
def test_somebody_else_answers(books, capsys, answer, problem):
    def serve():
        client, _ = listener.accept()
        with client:
            client.recv(4096)
            answer(client)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert books.audit("--report-to", url) == 0
    assert f"note: {url} was not told: {problem}" in capsys.readouterr().out


def test_a_url_that_is_none_is_told(books, capsys):
    assert books.audit("--report-to", "nowhere") == 0
    assert "note: nowhere was not told: unknown url type" in capsys.readouterr().out


def test_the_audit_writes_nothing(books):
    connection = audit.connect(books.order_db.url)
    with pytest.raises(psycopg2.errors.ReadOnlySqlTransaction):
        connection.cursor().execute("DELETE FROM orders")
    connection.close()
