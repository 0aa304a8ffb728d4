-- Which trace has moved the order: null in the rows of before.
ALTER TABLE order_events ADD COLUMN trace_id uuid;

-- The feed of all history is read in the order of (tx, order_id, status), up to the oldest transaction
-- that is still open: whatever commits late, no row is passed over. Added without a default, and given
-- one for the rows to come, so that no table is written anew; the rows of before are not in the feed.
ALTER TABLE order_events ADD COLUMN tx xid8;
ALTER TABLE order_events ALTER COLUMN tx SET DEFAULT pg_current_xact_id();
CREATE INDEX order_events_tx ON order_events (tx) WHERE tx IS NOT NULL;
