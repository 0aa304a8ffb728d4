"""Orders and payments that a test writes itself, as the services would have written them."""

# Order status -> its moves after PENDING, and the payment that belongs to them; None for none yet.
STORIES = {
    "PENDING": ([], None),
    "COMPLETED": ([("COMPLETED", "paid")], "PAID"),
    "CANCELLING": ([("CANCELLING", "cancel_requested")], None),
    "CANCELLED": ([("CANCELLED", "voided")], "VOIDED"),
}

INSERT_ORDERS = (
    "INSERT INTO orders (id, uid, item_name, quantity, price, status, attempts, next_attempt_at)"
    " SELECT id, md5(id::text)::uuid, 'Apple', 1, 100, %s, %s, now() + %s * interval '1 second'"
    " FROM unnest(%s::bigint[]) AS id")
INSERT_EVENTS = (
    "INSERT INTO order_events (order_id, at, status, reason)"
    " SELECT id, now() + %s * interval '1 millisecond', %s, %s FROM unnest(%s::bigint[]) AS id")
INSERT_PAYMENTS = (
    "INSERT INTO payments (id, order_id, uid, amount, status)"
    " SELECT id, id, md5(id::text)::uuid, CASE WHEN %s <> 'VOIDED' THEN 100 END, %s FROM unnest(%s::bigint[]) AS id")


def add_orders(stack, ids, status, attempts=0, due_in=3600, payment=None):
    """With the default, they are leased out for an hour, so that recovery leaves them alone.

    payment: another status than the usual one."""
    ids = list(ids)
    moves, usual_payment = STORIES[status]
    stack.order_db.query(INSERT_ORDERS, (status, attempts, due_in, ids))
    for number, (event, reason) in enumerate([("PENDING", "created"), *moves]):
        stack.order_db.query(INSERT_EVENTS, (number, event, reason, ids))
    payment = payment or usual_payment
    if payment:
        stack.payment_db.query(INSERT_PAYMENTS, (payment, payment, ids))
