"""Both services on databases of their own, and what must be true of the two databases afterwards."""

import os
import pathlib
import re
import subprocess
import sys

import waiting
from postgres import Database
from proxy import Proxy
from service import Service

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
AUDIT = REPOSITORY / "scripts" / "audit.py"
BUILD = pathlib.Path(os.environ.get("SAGA_BUILD_DIR", REPOSITORY / "build" / "dev"))

# Orders of tests that speak to the payment service directly; no order service gives these numbers, so the audit
# misses their orders (I6), which is right.
DIRECT_ORDER_ID_FIRST = 1_000_000_000
SETTLE_SECONDS = 60

VIOLATION = re.compile(r"(I\d) order (-?\d+): ")
STORY_COUNT_MAX = 10
STORY_LINE_COUNT_MAX = 40

APPLE = {"item_name": "Apple", "quantity": 1, "price": 100}
BOMB = {"item_name": "Bomb", "quantity": 1, "price": 9999}


class Stack:
    """uses_proxy: one between the services; uses_database_proxies: one before each database."""

    def __init__(self, clusters, folder, number, order_settings=None, payment_settings=None, uses_proxy=False,
                 uses_database_proxies=False):
        self.folder = folder
        self.proxies = []
        self.order_db = Database(clusters["order"], f"order_db_{number}")
        self.payment_db = Database(clusters["payment"], f"payment_db_{number}")
        self.order_db_proxy = self._new_proxy(self.order_db.cluster.port) if uses_database_proxies else None
        self.payment_db_proxy = self._new_proxy(self.payment_db.cluster.port) if uses_database_proxies else None
        self.payment = Service(BUILD / "services/payment/payment-service", waiting.free_port(), folder,
                               {"DATABASE_URL": self._url(self.payment_db, self.payment_db_proxy), **(payment_settings or {})})
        self.proxy = self._new_proxy(self.payment.port) if uses_proxy else None
        self.order_settings = {"DATABASE_URL": self._url(self.order_db, self.order_db_proxy),
                               "PAYMENT_SERVICE_URL": (self.proxy or self.payment).url,
                               **(order_settings or {})}
        self.order = self.new_order_service()
        self.services = [self.order, self.payment]
        # Numbers for which a test has written payments of orders that are not in these databases.
        self.foreign_order_ids = set()

    def _new_proxy(self, port):
        self.proxies.append(Proxy(port))
        return self.proxies[-1]

    @staticmethod
    def _url(database, proxy):
        return database.url(proxy.port) if proxy else database.url()

    def new_order_service(self):
        """One more instance on the same database; only the first is started and stopped by the stack."""
        binary = BUILD / "services/order/order-service"
        return Service(binary, waiting.free_port(), self.folder, self.order_settings)

    def start(self):
        for proxy in self.proxies:
            proxy.start()
        for service in reversed(self.services):
            service.start()

    def post_order(self, order=None, **options):
        return self.order.post("/orders/", order if order is not None else APPLE, **options)

    def order_row(self, order_id):
        rows = self.order_db.query("SELECT * FROM orders WHERE id = %s", (order_id,))
        return rows[0] if rows else None

    def payment_row(self, order_id):
        rows = self.payment_db.query("SELECT * FROM payments WHERE order_id = %s", (order_id,))
        return rows[0] if rows else None

    def events(self, order_id):
        rows = self.order_db.query("SELECT * FROM order_events WHERE order_id = %s ORDER BY at, ctid", (order_id,))
        return [(row["status"], row["reason"]) for row in rows]

    def pending_count(self):
        return self.order_db.value("SELECT count(*) FROM orders WHERE status NOT IN ('COMPLETED', 'CANCELLED')")

    def wait_for_terminal(self, order_id, seconds=SETTLE_SECONDS):
        def terminal():
            row = self.order_row(order_id)
            return row if row["status"] in ("COMPLETED", "CANCELLED") else None
        return waiting.wait_until(terminal, seconds, f"order {order_id} is terminal")

    def wait_for_payments(self, count, seconds=20):
        def enough():
            return self.payment_db.value("SELECT count(*) FROM payments") >= count
        waiting.wait_until(enough, seconds, f"{count} payments are recorded")

    def wait_for_status(self, order_id, status, seconds=20):
        waiting.wait_until(lambda: self.order_row(order_id)["status"] == status, seconds, f"order {order_id} is {status}")

    def settle(self, seconds=SETTLE_SECONDS):
        """Waits until every order is terminal, then audits."""
        waiting.wait_until(lambda: self.pending_count() == 0, seconds, "no order is PENDING")
        self._assert_no_violations("--unfinished-max-age", "0")

    def audit(self):
        """At any time: orders may be under way."""
        self._assert_no_violations("--in-flight-ok")

    def _assert_no_violations(self, *options):
        found, _ = self.run_audit(*options)
        assert not found, "\n".join(found)

    def run_audit(self, *options):
        """scripts/audit.py as an operator runs it. Returns the violations, the first ones with the stories of their
        orders, and the last line, which tells how much was looked at."""
        done = subprocess.run(
            [sys.executable, "-B", str(AUDIT), "--order-database", self.order_db.url(),
             "--payment-database", self.payment_db.url(), *options], capture_output=True, text=True, check=False)
        lines = [line for line in done.stdout.splitlines() if not line.startswith("note: ")]
        assert lines and done.returncode == (1 if lines[:-1] else 0), f"the audit failed: {done.stdout}{done.stderr}"
        found = []
        for line in lines[:-1]:
            rule, number = VIOLATION.match(line).groups()
            order_id = int(number)
            is_meant = rule == "I6" and (order_id >= DIRECT_ORDER_ID_FIRST or order_id in self.foreign_order_ids)
            if not is_meant:
                found.append(line + ("\n" + self.story(order_id) if len(found) < STORY_COUNT_MAX else ""))
        return found, lines[-1]

    def story(self, order_id):
        """All that both databases and all logs tell about an order."""
        lines = [f"  order    {self.order_row(order_id)}", f"  payment  {self.payment_row(order_id)}"]
        lines += [f"  event    {event}" for event in self.events(order_id)]
        needle = f" order_id={order_id} "
        for service in self.services:
            log = service.log() if service.log_path.exists() else ""
            told = [line for line in log.splitlines() if needle in line + " "]
            lines += [f"  {service.port}  {line}" for line in told[:STORY_LINE_COUNT_MAX]]
        return "\n".join(lines)

    def stop(self):
        """Ends everything that still runs, even after a failure; then complains."""
        complaints = []
        for service in self.services:
            try:
                service.stop_if_started()
            except AssertionError as complaint:
                complaints.append(str(complaint))
        for proxy in self.proxies:
            proxy.stop()
        for service in self.services:
            service.assert_clean_log()
        assert not complaints, "\n".join(complaints)
