"""The two services as the tables in cases_*.py see them: paths, bodies, and which marks have a row."""

import re

import psycopg2

MARK = re.compile(r"1\d{9}")


class _Target:
    def __init__(self, service, database):
        self.service = service
        self._connection = psycopg2.connect(database.url())
        self._connection.autocommit = True
        self._last_id = 0

    def close(self):
        self._connection.close()

    def _rows(self, after_id):
        with self._connection.cursor() as cursor:
            cursor.execute(self.rows_sql, (after_id,))
            return cursor.fetchall()

    def new_marks(self):
        """Of the rows since the last call."""
        rows = self._rows(self._last_id)
        self._last_id = max([self._last_id] + [number for number, _ in rows])
        return sorted(self._mark_of(text) for _, text in rows)

    def all_marks(self):
        return sorted(self._mark_of(text) for _, text in self._rows(0))

    @staticmethod
    def _mark_of(text):
        """0: somebody has written a row that no case asks for."""
        found = MARK.search(str(text))
        return int(found.group()) if found else 0


class OrderTarget(_Target):
    name = "order"
    path = b"/orders"
    number = b"price"
    text = b"item_name"
    rows_sql = "SELECT id, item_name FROM orders WHERE id > %s"

    @staticmethod
    def others(mark):
        return b'"item_name":"Apple %d","quantity":1' % mark

    @staticmethod
    def rest(_mark):
        return b'"quantity":1,"price":100'

    def body(self, mark):
        return b'{%b,"price":100}' % self.others(mark)

    @staticmethod
    def is_good(answer, mark):
        return (answer.code, answer.json().get("item_name"), answer.json().get("status")) == (
            200, f"Apple {mark}", "COMPLETED")


class PaymentTarget(_Target):
    name = "payment"
    path = b"/payments"
    number = b"amount"
    text = b"note"  # a field that is ignored
    rows_sql = "SELECT id, order_id FROM payments WHERE id > %s AND uid IS NULL"

    @staticmethod
    def others(mark):
        return b'"order_id":%d' % mark

    @staticmethod
    def rest(mark):
        return b'"order_id":%d,"amount":100' % mark

    def body(self, mark):
        return b"{%b}" % self.rest(mark)

    @staticmethod
    def is_good(answer, mark):
        return (answer.code, answer.json().get("order_id"), answer.json().get("status")) == (200, mark, "PAID")
