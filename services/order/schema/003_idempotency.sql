-- A client's Idempotency-Key, written in the transaction of its order. Whether a repeated request has
-- the same body is compared with the order itself, so no fingerprint is kept.
CREATE TABLE idempotency_keys (
    key        text        PRIMARY KEY CHECK (char_length(key) BETWEEN 1 AND 255),
    order_id   bigint      NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
