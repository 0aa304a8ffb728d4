"""Both services on databases of their own, and what must be true of the two databases afterwards."""

import pathlib
import os

import waiting
from postgres import Database
from proxy import Proxy
from service import Service

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SAGA_BUILD_DIR", REPOSITORY / "build" / "dev"))

# Orders of tests that speak to the payment service directly; no order service gives these numbers.
DIRECT_ORDER_ID_FIRST = 1_000_000_000
SETTLE_SECONDS = 60

# Order status -> what may be recorded at the payment service, None for nothing.
ALLOWED_PAYMENTS = {
    "PENDING": (None, "PAID", "VOIDED", "FAILED"),
    "COMPLETED": ("PAID",),
    "CANCELLING": (None, "PAID", "VOIDED", "FAILED", "REFUNDED"),
    "CANCELLED": ("VOIDED", "FAILED", "REFUNDED", None),
}

# What the history of an order may tell after PENDING.
ALLOWED_MOVES = (
    [], ["COMPLETED"], ["CANCELLED"], ["CANCELLING"], ["CANCELLING", "CANCELLED"],
    ["COMPLETED", "CANCELLING"], ["COMPLETED", "CANCELLING", "CANCELLED"],
)

APPLE = {"item_name": "Apple", "quantity": 1, "price": 100}
BOMB = {"item_name": "Bomb", "quantity": 1, "price": 9999}


class Stack:
    """uses_proxy: one between the services; uses_database_proxies: one before each database."""

    def __init__(self, clusters, folder, number, order_settings=None, uses_proxy=False, uses_database_proxies=False):
        self.folder = folder
        self.proxies = []
        self.order_db = Database(clusters["order"], f"order_db_{number}")
        self.payment_db = Database(clusters["payment"], f"payment_db_{number}")
        self.order_db_proxy = self._new_proxy(self.order_db.cluster.port) if uses_database_proxies else None
        self.payment_db_proxy = self._new_proxy(self.payment_db.cluster.port) if uses_database_proxies else None
        self.payment = Service(BUILD / "services/payment/payment-service", waiting.free_port(), folder,
                               {"DATABASE_URL": self._url(self.payment_db, self.payment_db_proxy)})
        self.proxy = self._new_proxy(self.payment.port) if uses_proxy else None
        self.order_settings = {"DATABASE_URL": self._url(self.order_db, self.order_db_proxy),
                               "PAYMENT_SERVICE_URL": (self.proxy or self.payment).url,
                               **(order_settings or {})}
        self.order = self.new_order_service()
        self.services = [self.order, self.payment]

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
        self.audit()

    def audit(self):
        """The invariants I2, I3 and I6 over everything both databases hold; I1 is a unique index."""
        orders = {row["id"]: row for row in self.order_db.query("SELECT * FROM orders")}
        payments = {row["order_id"]: row for row in self.payment_db.query(
            "SELECT * FROM payments WHERE order_id < %s", (DIRECT_ORDER_ID_FIRST,))}
        for order_id, order in orders.items():
            payment = payments.get(order_id)
            status = payment["status"] if payment else None
            assert status in ALLOWED_PAYMENTS[order["status"]], (order, payment)
            if payment:
                # A void that came before any charge knows no amount.
                amounts = (order["price"], None) if status == "VOIDED" else (order["price"],)
                assert payment["uid"] == order["uid"] and payment["amount"] in amounts, (order, payment)
        assert set(payments) <= set(orders), "a payment without its order"
        history = self.order_db.query(
            "SELECT o.id, o.status, array_agg(e.status ORDER BY e.at, e.ctid) AS story"
            " FROM orders o LEFT JOIN order_events e ON e.order_id = o.id GROUP BY o.id")
        for row in history:
            assert row["story"][0] == "PENDING" and row["story"][-1] == row["status"], row
            assert row["story"][1:] in ALLOWED_MOVES, row

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
