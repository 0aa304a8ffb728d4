"""Two empty databases with the schemas of the services, and the audit over them."""

import os
import pathlib
import sys
import urllib.parse

import psycopg2
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import audit  # noqa: E402

STORIES = {
    "PENDING": "PENDING",
    "COMPLETED": "PENDING COMPLETED",
    "CANCELLING": "PENDING COMPLETED CANCELLING",
    "CANCELLED": "PENDING CANCELLED",
}


def uid_of(number):
    return f"00000000-0000-4000-8000-{number:012d}"


class Database:
    def __init__(self, service):
        self.service = service
        name = f"{service}_db"
        server = os.environ["DATABASE_URL"]
        self.url = urllib.parse.urlparse(server)._replace(path=f"/{name}").geturl()
        self.connection = self._connect(server)
        self.run(f"CREATE DATABASE {name}")
        self.connection.close()
        self.connection = self._connect(self.url)

    @staticmethod
    def _connect(url):
        connection = psycopg2.connect(url)
        connection.autocommit = True
        return connection

    def empty(self):
        self.run("DROP SCHEMA public CASCADE")
        self.run("CREATE SCHEMA public")

    def create_schema(self):
        for path in sorted((ROOT / "services" / self.service / "schema").glob("*.sql")):
            self.run(path.read_text(encoding="utf-8"))

    def run(self, sql, parameters=None):
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)


class Books:
    """Both databases. Times are seconds ago; the last line of a history is the newest."""

    def __init__(self, order_db, payment_db):
        self.order_db, self.payment_db = order_db, payment_db

    def add_order(self, number, status, story=None, reason="paid", price=100, age_s=1000, line_ages_s=None):
        story = (story if story is not None else STORIES[status]).split()
        self.order_db.run(
            "INSERT INTO orders (id, uid, item_name, quantity, price, status, created_at)"
            " VALUES (%s, %s, 'Apple', 1, %s, %s, now() - %s * interval '1 second')",
            (number, uid_of(number), price, status, age_s))
        ages_s = line_ages_s or [age_s + len(story) - 1 - i for i in range(len(story))]
        for line_status, line_age_s in zip(story, ages_s):
            self.order_db.run(
                "INSERT INTO order_events (order_id, at, status, reason)"
                " VALUES (%s, now() - %s * interval '1 second', %s, %s)",
                (number, line_age_s, line_status, "created" if line_status == "PENDING" else reason))

    def add_payment(self, order_number, status, amount=100, uid=...):
        self.payment_db.run(
            "INSERT INTO payments (order_id, uid, amount, status) VALUES (%s, %s, %s, %s)",
            (order_number, uid_of(order_number) if uid is ... else uid, amount, status))

    def audit(self, *options):
        """The exit status."""
        return audit.main(["--order-database", self.order_db.url, "--payment-database", self.payment_db.url, *options])


@pytest.fixture(scope="session")
def databases():
    return Database("order"), Database("payment")


@pytest.fixture
def empty_books(databases):
    """Without tables."""
    for database in databases:
        database.empty()
    return Books(*databases)


@pytest.fixture
def books(empty_books):
    """With one order of each kind, all as they should be."""
    made = empty_books
    made.order_db.create_schema()
    made.payment_db.create_schema()
    made.add_order(1, "COMPLETED")
    made.add_payment(1, "PAID")
    made.add_order(2, "CANCELLED", reason="voided")
    made.add_payment(2, "VOIDED", amount=None)
    made.add_order(3, "CANCELLED", reason="declined")
    made.add_payment(3, "FAILED")
    made.add_order(4, "CANCELLED", reason="never_sent")
    made.add_order(5, "CANCELLED", "PENDING COMPLETED CANCELLING CANCELLED", reason="refunded")
    made.add_payment(5, "REFUNDED")
    made.add_order(6, "CANCELLED", "PENDING CANCELLING CANCELLED", reason="voided")
    made.add_payment(6, "VOIDED", amount=None)
    made.add_order(7, "PENDING", age_s=1)
    made.add_order(8, "CANCELLING", age_s=1)
    made.add_payment(8, "REFUNDED")
    made.add_order(9, "CANCELLED", reason="voided")
    made.add_payment(9, "VOIDED", amount=None, uid=None)
    return made
