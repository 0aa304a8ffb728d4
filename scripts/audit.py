#!/usr/bin/python3
"""Checks that the orders and the payments of two databases belong together.

Reads both databases, also while the services work on them, and prints a line for every violation:

    I1  an order has at most one payment row, ever
    I2  a COMPLETED order has the row PAID, with its uid and its price
    I3  a CANCELLED order has the row FAILED, VOIDED or REFUNDED; or nothing was ever sent for it
    I4  an order's history has legal moves only, and ends with the order's status
    I5  no order is unfinished for longer than --unfinished-max-age
    I6  a payment row with a uid has the order with this number and uid
    I7  an idempotency key has its order, which is its answer

Exit status: 0 no violation, 1 violations, 2 the audit could not be done. Changes nothing.
"""

import argparse
import collections
import http.client
import itertools
import json
import os
import re
import sys
import threading
import urllib.request

import psycopg2
import psycopg2.extensions

CHUNK_ROW_COUNT = 5000
ID_BEFORE_ALL = -(2**63)
SHOWN_NOTE_COUNT = 10
TELL_TIMEOUT_S = 2
TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # lib/http/auth.h

HOLDS_NO_MONEY = ("FAILED", "VOIDED", "REFUNDED")
UNFINISHED = ("PENDING", "CANCELLING")
# A status occurs at most once in a history, so its lines, in this order, are the only legal story.
STATUS_ORDER = ("PENDING", "COMPLETED", "CANCELLING", "CANCELLED")
LEGAL_STORIES = {
    ("PENDING",),
    ("PENDING", "COMPLETED"),
    ("PENDING", "CANCELLED"),
    ("PENDING", "CANCELLING"),
    ("PENDING", "CANCELLING", "CANCELLED"),
    ("PENDING", "COMPLETED", "CANCELLING"),
    ("PENDING", "COMPLETED", "CANCELLING", "CANCELLED"),
}
# A line carries the time at which its transaction began, which need not be the order of the commits.
TRANSACTION_AGE_MAX_S = 60

Order = collections.namedtuple("Order", "id uid price status age_s is_parked statuses reasons times")
Payment = collections.namedtuple("Payment", "order_id id uid amount status")

# The order and its history in one statement: the same snapshot. Parked: STORE_ATTEMPT_COUNT_MAX claims in a row, and
# the last lease has ended.
ORDERS_SQL = """
    SELECT o.id, o.uid::text, o.price, o.status,
        extract(epoch FROM now() - coalesce(h.last_at, o.created_at))::float8,
        o.attempts >= 10 AND o.next_attempt_at <= now(),
        coalesce(h.statuses, '{{}}'), coalesce(h.reasons, '{{}}'), coalesce(h.times, '{{}}')
    FROM orders o, LATERAL (
        SELECT max(e.at) AS last_at, array_agg(e.status ORDER BY e.at) AS statuses,
            array_agg(e.reason ORDER BY e.at) AS reasons,
            array_agg(extract(epoch FROM e.at)::float8 ORDER BY e.at) AS times
        FROM order_events e WHERE e.order_id = o.id) h
    WHERE {} ORDER BY o.id LIMIT %s"""
PAYMENTS_SQL = "SELECT order_id, id, uid::text, amount, status FROM payments WHERE {} ORDER BY order_id, id LIMIT %s"
KEYS_SQL = """
    SELECT k.key, k.order_id, o.id IS NOT NULL
    FROM idempotency_keys k LEFT JOIN orders o ON o.id = k.order_id
    WHERE %s::text IS NULL OR k.key > %s ORDER BY k.key LIMIT %s"""


def judge_completed(order, payments):
    own = [row for row in payments if row.uid == order.uid]
    if not own:
        return [("I2", "COMPLETED, but " + ("its payment has another uid" if payments else "it has no payment"))]
    found = []
    for row in own:
        if row.status != "PAID":
            found.append(("I2", f"COMPLETED, but its payment is {row.status}"))
        elif row.amount != order.price:
            found.append(("I2", f"COMPLETED at the price {order.price}, but {row.amount} is paid"))
    return found


def judge_cancelled(order, payments):
    own = [row for row in payments if row.uid == order.uid]
    if own:
        return [("I3", f"CANCELLED, but its payment is {row.status}")
                for row in own if row.status not in HOLDS_NO_MONEY]
    # An operator's tombstone has no uid and holds for whoever comes.
    if "never_sent" in order.reasons or any(row.uid is None and row.status == "VOIDED" for row in payments):
        return []
    if payments:
        if "mismatch" in order.reasons:
            return []
        return [("I3", "CANCELLED, but its payment has another uid, of which its history does not tell")]
    return [("I3", "CANCELLED, but it has no payment, and its history does not say never_sent")]


def judge_history(order):
    lines = sorted(zip(order.times, order.statuses))
    told = " -> ".join(status for _, status in lines) or "nothing"
    if not set(order.statuses) <= set(STATUS_ORDER):
        return [("I4", f"its history has an unknown status: {told}")]
    lines.sort(key=lambda line: STATUS_ORDER.index(line[1]))
    story = tuple(status for _, status in lines)
    # In the legal order, no line may be clearly older than one before it.
    newest_times = itertools.accumulate((time for time, _ in lines), max)
    is_ordered = all(time > newest - TRANSACTION_AGE_MAX_S for (time, _), newest in zip(lines, newest_times))
    if story not in LEGAL_STORIES or not is_ordered:
        return [("I4", f"its history makes an illegal move: {told}")]
    if story[-1] != order.status:
        return [("I4", f"its status is {order.status}, but its history ends with {story[-1]}")]
    return []


def judge(order, payments, unfinished_max_age_s):
    """What is wrong with one order number: the order, or None, and all payment rows with its number."""
    found = []
    if len(payments) > 1:
        found.append(("I1", f"{len(payments)} payments: " + ", ".join(row.status for row in payments)))
    for row in payments:
        if row.uid is not None and (order is None or row.uid != order.uid):
            whose = "there is no such order" if order is None else "the order's uid is " + order.uid
            found.append(("I6", f"a payment ({row.status}) of uid {row.uid}, but {whose}"))
    if order is None:
        return found
    if order.status == "COMPLETED":
        found += judge_completed(order, payments)
    if order.status == "CANCELLED":
        found += judge_cancelled(order, payments)
    found += judge_history(order)
    if unfinished_max_age_s is not None and order.status in UNFINISHED and order.age_s > unfinished_max_age_s:
        parked = f", parked: POST /orders/{order.id}/resume" if order.is_parked else ""
        found.append(("I5", f"{order.status} for {order.age_s:.0f} s{parked}"))
    return found


def plural(count, word):
    return f"{count} {word}" + ("" if count == 1 else "s")


class Audit:
    """One walk over both databases by order number, in chunks: neither memory nor a snapshot grows.

    Why orders that move meanwhile raise no false alarm. Of every chunk the orders are read first, then
    the payments, each as committed.
    - A CANCELLED order's row was final before; it is the same when it is read later.
    - A COMPLETED order's row was PAID before. It may be REFUNDED when it is read, after a customer's
      cancel; but then the order had left COMPLETED before that.
    - A payment may be of an order that was not there yet; but then that order was committed before.
    So whatever looks wrong is read and judged once more, later: what was only moving has moved by then,
    and no order can come back to where it would look wrong again.
    """

    def __init__(self, order_database, payment_database, unfinished_max_age_s):
        self.order_database = order_database
        self.payment_database = payment_database
        self.unfinished_max_age_s = unfinished_max_age_s
        self.order_count = self.payment_count = self.key_count = self.violation_count = 0
        self.hand_made_count = 0
        self.hand_made_ids = []

    def report(self, rule, subject, text):
        self.violation_count += 1
        print(f"{rule} {subject}: {text}")

    @staticmethod
    def query(database, sql, parameters=()):
        with database.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()

    def read_orders(self, after_id, last_id):
        rows = self.query(self.order_database, ORDERS_SQL.format("o.id > %s AND o.id <= %s"),
                          (after_id, last_id, CHUNK_ROW_COUNT))
        return [Order(*row) for row in rows]

    def read_payments(self, after_id, last_id):
        position = (after_id, 2**63 - 1)
        while True:
            rows = self.query(self.payment_database,
                              PAYMENTS_SQL.format("(order_id, id) > (%s, %s) AND order_id <= %s"),
                              (*position, last_id, CHUNK_ROW_COUNT))
            for row in rows:
                yield Payment(*row)
            if len(rows) < CHUNK_ROW_COUNT:
                return
            position = rows[-1][:2]

    def last_id(self):
        """Orders that come after the start of the audit are not chased."""
        (payment_id,), = self.query(self.payment_database, "SELECT max(order_id) FROM payments")
        (order_id,), = self.query(self.order_database, "SELECT max(id) FROM orders")
        return max(payment_id or 0, order_id or 0)

    def note_hand_made(self, order_id, payments):
        count = sum(row.uid is None for row in payments)
        self.hand_made_count += count
        if count and len(self.hand_made_ids) < SHOWN_NOTE_COUNT:
            self.hand_made_ids.append(order_id)

    def judge_again(self, order_ids):
        orders = {row[0]: Order(*row) for row in self.query(
            self.order_database, ORDERS_SQL.format("o.id = ANY (%s)"), (order_ids, None))}
        payments = collections.defaultdict(list)
        for row in self.query(self.payment_database, PAYMENTS_SQL.format("order_id = ANY (%s)"), (order_ids, None)):
            payments[row[0]].append(Payment(*row))
        for order_id in sorted(order_ids):
            for rule, text in judge(orders.get(order_id), payments[order_id], self.unfinished_max_age_s):
                self.report(rule, f"order {order_id}", text)

    def suspects_of_chunk(self, orders, payments):
        """The numbers that look wrong, one by one; payments are sorted by order number."""
        waiting = {order.id: order for order in orders}
        for order_id, rows in itertools.groupby(payments, key=lambda row: row.order_id):
            rows = list(rows)
            self.payment_count += len(rows)
            self.note_hand_made(order_id, rows)
            if judge(waiting.pop(order_id, None), rows, self.unfinished_max_age_s):
                yield order_id
        for order in waiting.values():
            if judge(order, [], self.unfinished_max_age_s):
                yield order.id

    def check_orders(self):
        after_id, last_id = ID_BEFORE_ALL, self.last_id()
        while after_id < last_id:
            orders = self.read_orders(after_id, last_id)
            self.order_count += len(orders)
            chunk_last_id = orders[-1].id if len(orders) == CHUNK_ROW_COUNT else last_id
            suspects = self.suspects_of_chunk(orders, self.read_payments(after_id, chunk_last_id))
            while some := list(itertools.islice(suspects, CHUNK_ROW_COUNT)):
                self.judge_again(some)
            after_id = chunk_last_id

    def check_keys(self):
        """Key and order are written by one transaction and read in one snapshot: nothing to repeat."""
        (table,), = self.query(self.order_database, "SELECT to_regclass('idempotency_keys')")
        after_key = None
        while table is not None:
            rows = self.query(self.order_database, KEYS_SQL, (after_key, after_key, CHUNK_ROW_COUNT))
            for key, order_id, has_order in rows:
                if not has_order:
                    self.report("I7", f"order {order_id}", f"the key {key!r} tells of it, but there is no such order")
            self.key_count += len(rows)
            if len(rows) < CHUNK_ROW_COUNT:
                return
            after_key = rows[-1][0]

    def run(self):
        self.check_orders()
        self.check_keys()
        if self.hand_made_count:
            shown = ", ".join(map(str, self.hand_made_ids))
            more = ", ..." if self.hand_made_count > len(self.hand_made_ids) else ""
            print(f"note: {plural(self.hand_made_count, 'payment')} without a uid, made by hand: order {shown}{more}")
        print(f"audit: {self.summary()}")
        return self.violation_count == 0

    def summary(self):
        return (f"{plural(self.order_count, 'order')}, {plural(self.payment_count, 'payment')}, "
                f"{plural(self.key_count, 'idempotency key')}: {plural(self.violation_count, 'violation')}")

    def tell(self, url):
        """To the page of an order service whose DEMO is on. That nobody wants to know it, or that it is somebody else who answers
        there, is no fault of the audit."""
        body = json.dumps({"summary": self.summary(), "violation_count": self.violation_count}).encode()
        headers = {"Content-Type": "application/json"}
        token = os.environ.get("AUTH_TOKEN", "").split(",")[0]
        if TOKEN.fullmatch(token):
            headers["Authorization"] = f"Bearer {token}"
        problems = ["no answer in time"]

        def put():
            try:
                request = urllib.request.Request(f"{url.rstrip('/')}/demo/audit", body, headers, method="PUT")
                opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
                opener.open(request, timeout=TELL_TIMEOUT_S).close()
                problems.clear()
            except (OSError, http.client.HTTPException, ValueError) as error:
                problems[0] = error

        # urllib's timeout is for each piece of an answer, not for all of it.
        teller = threading.Thread(target=put, daemon=True)
        teller.start()
        teller.join(TELL_TIMEOUT_S)
        for problem in problems[:1]:
            print(f"note: {url} was not told: {problem}")


class BadUrl(Exception):
    """A URL that can't be used; its text quotes nothing, as that may be a part of a password."""


def check_url(url):
    """libpq takes a password that is not percent-encoded for a host, a port or a database, and quotes it as such; the same
    is refused by the services (lib/db/url.c)."""
    scheme, separator, authority = url.partition("://")
    rest = re.sub(r"^[^@/]*@?", "", authority.partition("?")[0])
    if separator and scheme in ("postgresql", "postgres") and "@" in rest:
        raise BadUrl("a URL has an @ where none belongs; in a password write @ as %40, / as %2F, % as %25")
    try:
        ports = psycopg2.extensions.parse_dsn(url).get("port", "")
    except psycopg2.ProgrammingError as error:
        raise BadUrl(str(error).split('"')[0].strip(" :") + "; in a password write @ as %40, / as %2F, % as %25") from None
    if not re.fullmatch(r"[0-9,]*", ports):
        raise BadUrl("a URL's port is no number; in a password write @ as %40, / as %2F, % as %25")


def connect(url):
    check_url(url)
    connection = psycopg2.connect(url, connect_timeout=10, application_name="audit")
    connection.set_session(readonly=True, autocommit=True)
    return connection


def read_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--order-database", metavar="URL", required=True)
    parser.add_argument("--payment-database", metavar="URL", required=True)
    parser.add_argument("--in-flight-ok", action="store_true", help="do not check I5")
    parser.add_argument("--unfinished-max-age", metavar="SECONDS", type=float, default=60,
                        help="for I5, since the last move of the order's status; default 60")
    parser.add_argument("--report-to", metavar="URL", help="an order service with DEMO=on: its page shows the result. Where it has AUTH_TOKEN, so must the audit")
    return parser.parse_args(arguments)


def main(arguments=None):
    options = read_arguments(arguments)
    unfinished_max_age_s = None if options.in_flight_ok else options.unfinished_max_age
    try:
        audit = Audit(connect(options.order_database), connect(options.payment_database), unfinished_max_age_s)
        is_clean = audit.run()
        if options.report_to:
            audit.tell(options.report_to)
        return 0 if is_clean else 1
    except (psycopg2.Error, BadUrl) as error:
        print(f"audit: could not be done: {str(error).strip()}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
