#include "order/store_statements.h"

#include "order/store.h"

/* Types are cast, so that a wider column of a later schema does not change what is read here. */
#define ORDER_COLUMNS                                                                              \
    "o.id, o.id, o.uid, o.item_name::text, o.quantity::int4, o.price::int4, o.status::text,"       \
    " o.epoch::int4, o.attempts::int4"

#define TEXT_OF(number)       #number
#define DIGITS_OF(number)     TEXT_OF(number)
#define LEASE                 DIGITS_OF(STORE_LEASE_MS) " * interval '1 millisecond'"
#define ATTEMPT_COUNT_MAX     DIGITS_OF(STORE_ATTEMPT_COUNT_MAX)
#define SUSPECT_ATTEMPT_COUNT DIGITS_OF(STORE_SUSPECT_ATTEMPT_COUNT)

/* What belongs to an id of $1 in $6. The ids of a segment are sorted, so that it is a binary
 * search, where a join would try each with each. */
#define TRACE_OF_ID "($6::uuid[])[width_bucket(id, $1::int8[])]"

#define AHEAD_COUNT_MAX "1000000"

#define LOOK_COUNT_MAX DIGITS_OF(STORE_PAGE_LOOK_COUNT_MAX)

#define ORDER_RESULT_COLUMNS                                                                       \
    {                                                                                              \
        DB_INT8, DB_INT8, DB_UUID, DB_TEXT, DB_INT4, DB_INT4, DB_TEXT, DB_INT4, DB_INT4            \
    }
#define ORDER_RESULT_COLUMNS_AND(type)                                                             \
    {                                                                                              \
        DB_INT8, DB_INT8, DB_UUID, DB_TEXT, DB_INT4, DB_INT4, DB_TEXT, DB_INT4, DB_INT4, type      \
    }

/* A conflict on the id inserts nothing and returns nothing: the row is there already, from an
 * earlier attempt of ours, which the store then looks at. */
const struct db_statement order_create_statement = {
    .name = "order_create",
    .sql = "WITH created AS ("
           " INSERT INTO orders (id, uid, item_name, quantity, price, status, next_attempt_at)"
           " SELECT id, uid, item_name, quantity, price, 'PENDING', now() + " LEASE
           " FROM unnest($1::int8[], $2::uuid[], $3::text[], $4::int4[], $5::int4[])"
           " AS u (id, uid, item_name, quantity, price)"
           " ON CONFLICT (id) DO NOTHING RETURNING id),"
           " history AS (INSERT INTO order_events (order_id, status, reason, trace_id)"
           " SELECT id, 'PENDING', 'created', " TRACE_OF_ID " FROM created)"
           " SELECT id FROM created",
    .column_count = 6,
    .columns = {DB_INT8, DB_UUID, DB_TEXT, DB_INT4, DB_INT4, DB_UUID},
    .result_column_count = 1,
    .result_columns = {DB_INT8},
};

/* The same for a client's key. Of several orders with one key the first one gets it, and only that
 * one is inserted. Where the id is taken, no key is: it would lead to somebody else's order. */
const struct db_statement order_create_keyed_statement = {
    .name = "order_create_keyed",
    .sql = "WITH u AS MATERIALIZED ("
           " SELECT * FROM unnest($1::int8[], $2::uuid[], $3::text[], $4::int4[], $5::int4[],"
           " $7::text[]) AS u (id, uid, item_name, quantity, price, key)),"
           " keyed AS (INSERT INTO idempotency_keys (key, order_id) SELECT key, id FROM u"
           " WHERE NOT EXISTS (SELECT FROM orders o WHERE o.id = u.id)"
           " ON CONFLICT (key) DO NOTHING RETURNING order_id),"
           " created AS ("
           " INSERT INTO orders (id, uid, item_name, quantity, price, status, next_attempt_at)"
           " SELECT id, uid, item_name, quantity, price, 'PENDING', now() + " LEASE
           " FROM u WHERE (u.id IN (SELECT order_id FROM keyed)) IS TRUE"
           " ON CONFLICT (id) DO NOTHING RETURNING id),"
           " history AS (INSERT INTO order_events (order_id, status, reason, trace_id)"
           " SELECT id, 'PENDING', 'created', " TRACE_OF_ID " FROM created)"
           " SELECT id FROM created",
    .column_count = 7,
    .columns = {DB_INT8, DB_UUID, DB_TEXT, DB_INT4, DB_INT4, DB_UUID, DB_TEXT},
    .result_column_count = 1,
    .result_columns = {DB_INT8},
};

/* With its epoch, as several moves of one order may travel together: a stale worker's beside that
 * of the worker who has taken the order over. */
const struct db_statement order_move_statement = {
    .name = "order_move",
    .sql = "WITH moved AS ("
           " UPDATE orders o SET status = u.status, updated_at = now()"
           " FROM unnest($1::int8[], $2::int4[], $3::text[], $4::text[], $5::text[], $6::uuid[])"
           " AS u (id, epoch, from_status, status, reason, trace_id)"
           " WHERE o.id = u.id AND o.epoch = u.epoch AND o.status = u.from_status"
           " RETURNING o.id, o.epoch::int4, o.status, u.reason, u.trace_id),"
           " history AS (INSERT INTO order_events (order_id, status, reason, trace_id)"
           " SELECT id, status, reason, trace_id FROM moved)"
           " SELECT id, epoch FROM moved",
    .column_count = 6,
    .columns = {DB_INT8, DB_INT4, DB_TEXT, DB_TEXT, DB_TEXT, DB_UUID},
    .result_column_count = 2,
    .result_columns = {DB_INT8, DB_INT4},
};

const struct db_statement order_release_statement = {
    .name = "order_release",
    .sql = "UPDATE orders o SET attempts = 0,"
           " next_attempt_at = now() + u.delay_ms * interval '1 millisecond'"
           " FROM unnest($1::int8[], $2::int4[], $3::int4[]) AS u (id, epoch, delay_ms)"
           " WHERE o.id = u.id AND o.epoch = u.epoch"
           " AND o.status <> ALL ('{COMPLETED,CANCELLED}'::text[])"
           " RETURNING o.id",
    .column_count = 3,
    .columns = {DB_INT8, DB_INT4, DB_INT4},
    .result_column_count = 1,
    .result_columns = {DB_INT8},
};

/* In the feed of all history (docs/decisions.md, 35) a line stands at the number of its
 * transaction, and behind all earlier lines of its order. A claim can have the lower number and yet
 * be the later one: it began first, then waited for the row while somebody else moved the order. So
 * it takes the mover's number where that is higher, which the row's xmin tells. age() is how far
 * that is behind our own number, or, where negative, before it; a mover that we have met is no
 * further ahead than AHEAD_COUNT_MAX. (After four billion transactions xmin comes round: such an
 * order's line might show that many transactions late.) */
const struct db_statement order_claim_statement = {
    .name = "order_claim_cancel",
    .sql = "WITH found AS MATERIALIZED ("
           " SELECT u.trace_id, f.* FROM unnest($1::int8[], $2::uuid[]) AS u (id, trace_id),"
           " LATERAL (SELECT id, status AS claimed_from, pg_current_xact_id()::text::int8 - CASE"
           " WHEN age(xmin) BETWEEN -" AHEAD_COUNT_MAX " AND -1 THEN age(xmin) ELSE 0 END AS tx"
           " FROM orders WHERE id = u.id AND status = ANY ('{PENDING,COMPLETED}'::text[])"
           " FOR UPDATE) AS f),"
           " o AS (UPDATE orders c SET status = 'CANCELLING', epoch = c.epoch + 1, attempts = 0,"
           " next_attempt_at = now() + " LEASE ", updated_at = now()"
           " FROM found WHERE c.id = found.id"
           " RETURNING c.*, found.tx, found.trace_id, found.claimed_from),"
           " history AS (INSERT INTO order_events (order_id, status, reason, trace_id, tx)"
           " SELECT id, status, 'cancel_requested', trace_id, tx::text::xid8 FROM o)"
           " SELECT " ORDER_COLUMNS ", o.claimed_from FROM o",
    .column_count = 2,
    .columns = {DB_INT8, DB_UUID},
    .result_column_count = 10,
    .result_columns = {DB_INT8, DB_INT8, DB_UUID, DB_TEXT, DB_INT4, DB_INT4, DB_TEXT, DB_INT4,
                       DB_INT4, DB_TEXT},
};

/* Until its last lease has ended, an order is not parked: its worker may be at work. */
const struct db_statement order_resume_statement = {
    .name = "order_resume",
    .sql = "UPDATE orders o SET attempts = 0, next_attempt_at = now()"
           " FROM unnest($1::int8[]) AS u (id)"
           " WHERE o.id = u.id AND o.status <> ALL ('{COMPLETED,CANCELLED}'::text[])"
           " AND o.attempts >= " ATTEMPT_COUNT_MAX " AND o.next_attempt_at <= now()"
           " RETURNING " ORDER_COLUMNS,
    .column_count = 1,
    .columns = {DB_INT8},
    .result_column_count = 9,
    .result_columns = ORDER_RESULT_COLUMNS,
};

const struct db_statement order_sweep_statement = {
    .name = "order_sweep",
    .sql = "WITH due AS MATERIALIZED ("
           " SELECT u.key, d.* FROM unnest($1::int8[], $2::int4[]) AS u (key, count),"
           " LATERAL (SELECT id, next_attempt_at, attempts FROM orders"
           " WHERE status IN ('PENDING', 'CANCELLING')"
           " AND next_attempt_at <= now() AND attempts < " ATTEMPT_COUNT_MAX
           " ORDER BY next_attempt_at LIMIT u.count FOR UPDATE SKIP LOCKED) AS d),"
           " suspect AS (SELECT * FROM due WHERE attempts >= " SUSPECT_ATTEMPT_COUNT
           " ORDER BY next_attempt_at LIMIT 1),"
           " chosen AS (SELECT key, id FROM suspect UNION ALL"
           " SELECT key, id FROM due WHERE NOT EXISTS (SELECT FROM suspect)),"
           " o AS (UPDATE orders c SET epoch = c.epoch + 1, attempts = c.attempts + 1,"
           " next_attempt_at = now() + " LEASE
           " FROM chosen WHERE c.id = chosen.id RETURNING chosen.key, c.*)"
           " SELECT o.key, o.id, o.uid, o.item_name::text, o.quantity::int4, o.price::int4,"
           " o.status::text, o.epoch::int4, o.attempts::int4,"
           " (SELECT e.trace_id FROM order_events e"
           " WHERE e.order_id = o.id AND e.status = o.status LIMIT 1) FROM o",
    .column_count = 2,
    .columns = {DB_INT8, DB_INT4},
    .result_column_count = 10,
    .result_columns = ORDER_RESULT_COLUMNS_AND(DB_UUID),
};

const struct db_statement order_read_statement = {
    .name = "order_read",
    .sql = "SELECT " ORDER_COLUMNS " FROM orders o WHERE o.id = ANY ($1::int8[])",
    .column_count = 1,
    .columns = {DB_INT8},
    .result_column_count = 9,
    .result_columns = ORDER_RESULT_COLUMNS,
};

/* The first column is the id that asks, the second the id that is found. */
const struct db_statement order_read_by_key_statement = {
    .name = "order_read_by_key",
    .sql = "SELECT u.id, o.id, o.uid, o.item_name::text, o.quantity::int4, o.price::int4,"
           " o.status::text, o.epoch::int4, o.attempts::int4,"
           " (SELECT count(*) FROM order_events e"
           " WHERE e.order_id = o.id AND e.status = 'CANCELLING')::int4"
           " FROM unnest($1::int8[], $2::text[]) AS u (id, key)"
           " JOIN idempotency_keys k ON k.key = u.key JOIN orders o ON o.id = k.order_id",
    .column_count = 2,
    .columns = {DB_INT8, DB_TEXT},
    .result_column_count = 10,
    .result_columns = ORDER_RESULT_COLUMNS_AND(DB_INT4),
};

/* The newest orders of any status, or of one. No index has the status, so the look ends after
 * LOOK_COUNT_MAX orders; the last one of them comes back in any case, to tell where. */
const struct db_statement order_page_statement = {
    .name = "order_page",
    .sql = "SELECT u.key, o.id, o.uid, o.item_name::text, o.quantity::int4, o.price::int4,"
           " o.status::text, o.epoch::int4, o.attempts::int4,"
           " (o.place = " LOOK_COUNT_MAX ")::int4"
           " FROM unnest($1::int8[], $2::int8[], $3::int4[], $4::text[])"
           " AS u (key, before_id, count, status),"
           " LATERAL (SELECT * FROM ("
           " SELECT *, row_number() OVER (ORDER BY id DESC) AS place FROM ("
           " SELECT * FROM orders WHERE id < u.before_id ORDER BY id DESC"
           " LIMIT " LOOK_COUNT_MAX ") AS newest) AS numbered"
           " WHERE u.status IS NULL OR status = u.status OR place = " LOOK_COUNT_MAX
           " ORDER BY id DESC LIMIT u.count) AS o"
           " ORDER BY u.key, o.id DESC",
    .column_count = 4,
    .columns = {DB_INT8, DB_INT8, DB_INT4, DB_TEXT},
    .result_column_count = 10,
    .result_columns = ORDER_RESULT_COLUMNS_AND(DB_INT4),
};

/* The unfinished orders, or the parked ones, by the sweep's index. After an outage there may be
 * many, so the look ends after LOOK_COUNT_MAX orders, those due for longest, among them the parked
 * ones. Where there are more unfinished ones, the first row tells so: the page can't be made of
 * these. */
const struct db_statement order_unfinished_page_statement = {
    .name = "order_unfinished_page",
    .sql = "SELECT u.key, o.id, o.uid, o.item_name::text, o.quantity::int4, o.price::int4,"
           " o.status::text, o.epoch::int4, o.attempts::int4, o.is_look_end::int4"
           " FROM unnest($1::int8[], $2::int8[], $3::int4[], $4::text[], $5::int4[])"
           " AS u (key, before_id, count, status, parked_only),"
           " LATERAL (SELECT * FROM ("
           " SELECT *, u.parked_only = 0 AND row_number() OVER (ORDER BY next_attempt_at)"
           " > " LOOK_COUNT_MAX " AS is_look_end FROM ("
           " SELECT * FROM orders WHERE status IN ('PENDING', 'CANCELLING')"
           " AND next_attempt_at <= CASE WHEN u.parked_only = 0 THEN 'infinity' ELSE now() END"
           " ORDER BY next_attempt_at LIMIT " LOOK_COUNT_MAX " + 1) AS oldest) AS numbered"
           " WHERE is_look_end OR (id < u.before_id AND (u.status IS NULL OR status = u.status)"
           " AND (u.parked_only = 0 OR attempts >= " ATTEMPT_COUNT_MAX "))"
           " ORDER BY is_look_end DESC, id DESC LIMIT u.count) AS o"
           " ORDER BY u.key, o.is_look_end DESC, o.id DESC",
    .column_count = 5,
    .columns = {DB_INT8, DB_INT8, DB_INT4, DB_TEXT, DB_INT4},
    .result_column_count = 10,
    .result_columns = ORDER_RESULT_COLUMNS_AND(DB_INT4),
};

const struct db_statement order_reserve_statement = {
    .name = "order_reserve_ids",
    .sql = "SELECT key, nextval('order_id_blocks') FROM unnest($1::int8[]) AS u (key)",
    .column_count = 1,
    .columns = {DB_INT8},
    .result_column_count = 2,
    .result_columns = {DB_INT8, DB_INT8},
};
