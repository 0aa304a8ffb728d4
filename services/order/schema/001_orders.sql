-- One row an order. Ids are reserved in blocks before the insert, so that an insert whose commit is
-- unknown can be repeated under the same id; gaps are normal.
CREATE SEQUENCE order_id_blocks INCREMENT BY 1000;

CREATE TABLE orders (
    id              bigint      PRIMARY KEY,
    uid             uuid        NOT NULL,
    item_name       text        NOT NULL CHECK (char_length(item_name) BETWEEN 1 AND 255),
    quantity        integer     NOT NULL CHECK (quantity > 0),
    price           integer     NOT NULL CHECK (price >= 0),
    status          text        NOT NULL CHECK (status IN ('PENDING', 'COMPLETED', 'CANCELLED')),
    epoch           integer     NOT NULL DEFAULT 0,
    attempts        integer     NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now()
);

-- What a recovery looks for: few rows, whatever the size of the table.
CREATE INDEX orders_unfinished ON orders (next_attempt_at) WHERE status = 'PENDING';

-- The order's history: one row for each move of its status, written by the statement that moves it.
CREATE TABLE order_events (
    order_id bigint      NOT NULL,
    at       timestamptz NOT NULL DEFAULT now(),
    status   text        NOT NULL,
    reason   text        NOT NULL
);

CREATE INDEX order_events_order_id ON order_events (order_id);
