-- Customers cancel: CANCELLING stands between their request and CANCELLED.
ALTER TABLE orders DROP CONSTRAINT orders_status_check;
ALTER TABLE orders ADD CONSTRAINT orders_status_check
    CHECK (status IN ('PENDING', 'COMPLETED', 'CANCELLING', 'CANCELLED'));

-- Recovery claims what nobody has cared for until next_attempt_at.
DROP INDEX orders_unfinished;
CREATE INDEX orders_unfinished ON orders (next_attempt_at)
    WHERE status IN ('PENDING', 'CANCELLING');
