-- For pgbench: one order as a careful developer writes it by hand, in three commits: the order PENDING with
-- its history, the payment, the order COMPLETED with its history. The statements are those of the services,
-- for one row. from_status is a parameter as it is there.
WITH created AS (
    INSERT INTO orders (id, uid, item_name, quantity, price, status, next_attempt_at)
    VALUES (nextval('floor_order_ids'), gen_random_uuid(), 'Apple', 1, 100, 'PENDING', now() + interval '15 s')
    RETURNING id, uid),
history AS (
    INSERT INTO order_events (order_id, status, reason) SELECT id, 'PENDING', 'created' FROM created)
SELECT id, uid FROM created \gset
INSERT INTO payments (order_id, uid, amount, status) VALUES (:id, :uid, 100, 'PAID')
    ON CONFLICT (order_id) DO NOTHING RETURNING id, amount, status;
WITH moved AS (
    UPDATE orders SET status = 'COMPLETED', updated_at = now() WHERE id = :id AND status = :from_status
    RETURNING id),
history AS (
    INSERT INTO order_events (order_id, status, reason) SELECT id, 'COMPLETED', 'paid' FROM moved)
SELECT id FROM moved;
