#include "order/history_statements.h"

#include "order/history.h"

#define TEXT_OF(number)   #number
#define DIGITS_OF(number) TEXT_OF(number)
#define PAGE_COUNT_MAX    DIGITS_OF(HISTORY_PAGE_COUNT_MAX)
#define FOLD_COUNT_MAX    DIGITS_OF(HISTORY_FOLD_COUNT_MAX)
#define TEXT_SIZE_MAX     DIGITS_OF(HISTORY_TEXT_SIZE_MAX)

/* A history has each status once at most, in this order. Whatever else somebody may have written
 * comes last. */
#define STEPS     "'{PENDING,COMPLETED,CANCELLING,CANCELLED}'::text[]"
#define STEP      "coalesce(array_position(" STEPS ", status), 9)"
#define STEP_OF_E "coalesce(array_position(" STEPS ", e.status), 9)"

/* The status before line e. It is looked up only where the status itself does not tell. */
#define FROM_OF_E                                                                                  \
    "CASE e.status WHEN 'PENDING' THEN NULL WHEN 'COMPLETED' THEN 'PENDING' ELSE"                  \
    " (SELECT status FROM order_events WHERE order_id = e.order_id AND " STEP " < " STEP_OF_E      \
    " ORDER BY " STEP " DESC LIMIT 1) END"

#define AT_OF_E     "to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
#define STATUS_OF_E "left(e.status, " TEXT_SIZE_MAX ")"
#define REASON_OF_E "left(e.reason, " TEXT_SIZE_MAX ")"

/* The only way between a transaction's number and an integer. */
#define TX_OF_E "e.tx::text::int8"
#define TX_OF_U "u.tx::text::xid8"

#define RANGES                                                                                     \
    "unnest($1::int8[], $2::int8[], $3::int8[], $4::int4[], $5::int8[])"                           \
    " AS u (key, tx, order_id, step, below_tx)"

/* What has a lower number than the oldest transaction that is open is committed, and seen by this
 * statement, or will never be. */
#define END_OF_U "least(pg_snapshot_xmin(pg_current_snapshot())::text::int8, u.below_tx)"
#define NEXT_TX  "pg_snapshot_xmax(pg_current_snapshot())::text::int8"
#define IS_BEHIND                                                                                  \
    "e.tx >= " TX_OF_U " AND (e.tx > " TX_OF_U " OR (e.order_id, " STEP_OF_E                       \
    ") > (u.order_id, u.step))"
#define IS_IN_RANGE "e.tx < s.end_tx::text::xid8 AND " IS_BEHIND

const struct db_statement history_order_statement = {
    .name = "history_order",
    .sql = "SELECT u.key, coalesce(" TX_OF_E ", 0), e.order_id, e.step, " AT_OF_E ","
           " e.before, " STATUS_OF_E ", " REASON_OF_E ", e.trace_id"
           " FROM unnest($1::int8[], $2::int8[], $3::int4[]) AS u (key, order_id, after_step),"
           " LATERAL (SELECT * FROM ("
           " SELECT *, lag(status) OVER (ORDER BY step) AS before FROM ("
           " SELECT *, " STEP " AS step FROM order_events WHERE order_id = u.order_id) AS lines"
           ") AS story WHERE step > u.after_step) AS e"
           " ORDER BY u.key, e.step",
    .column_count = 3,
    .columns = {DB_INT8, DB_INT8, DB_INT4},
    .result_column_count = 9,
    .result_columns = {DB_INT8, DB_INT8, DB_INT8, DB_INT4, DB_TEXT, DB_TEXT, DB_TEXT, DB_TEXT,
                       DB_UUID},
};

/* One row more than a page has tells that there are more; one row without a line, that there is
 * none. */
const struct db_statement history_feed_statement = {
    .name = "history_feed",
    .sql = "SELECT u.key, " TX_OF_E ", e.order_id, e.step, " AT_OF_E ", " FROM_OF_E ","
           " " STATUS_OF_E ", " REASON_OF_E ", e.trace_id, s.end_tx, s.next_tx"
           " FROM " RANGES ","
           " LATERAL (SELECT " END_OF_U " AS end_tx, " NEXT_TX " AS next_tx) AS s"
           " LEFT JOIN LATERAL (SELECT *, " STEP " AS step FROM order_events e"
           " WHERE " IS_IN_RANGE " ORDER BY tx, order_id, step LIMIT " PAGE_COUNT_MAX " + 1) AS e"
           " ON true"
           " ORDER BY u.key, e.tx, e.order_id, e.step",
    .column_count = 5,
    .columns = {DB_INT8, DB_INT8, DB_INT8, DB_INT4, DB_INT8},
    .result_column_count = 11,
    .result_columns = {DB_INT8, DB_INT8, DB_INT8, DB_INT4, DB_TEXT, DB_TEXT, DB_TEXT, DB_TEXT,
                       DB_UUID, DB_INT8, DB_INT8},
};

/* Ends in front of a transaction, so that the work is bounded, but has at least one. The rows are
 * sorted to be counted, which the order of a language would make slow. */
const struct db_statement history_fold_statement = {
    .name = "history_fold",
    .sql =
        "SELECT u.key, s.end_tx, f.before, f.status, f.reason, f.count"
        " FROM " RANGES ","
        " LATERAL (SELECT " END_OF_U " AS end_tx) AS open,"
        " LATERAL (SELECT coalesce((SELECT greatest(" TX_OF_E ", u.tx + 1) FROM order_events e"
        " WHERE e.tx >= " TX_OF_U " AND e.tx < open.end_tx::text::xid8"
        " ORDER BY e.tx OFFSET " FOLD_COUNT_MAX " LIMIT 1), open.end_tx) AS end_tx) AS s"
        " LEFT JOIN LATERAL (SELECT before, status, reason, count(*) AS count FROM ("
        " SELECT (" FROM_OF_E ") COLLATE \"C\" AS before, " STATUS_OF_E " COLLATE \"C\" AS status,"
        " " REASON_OF_E " COLLATE \"C\" AS reason FROM order_events e WHERE " IS_IN_RANGE
        ") AS lines GROUP BY before, status, reason) AS f ON true"
        " ORDER BY u.key, f.count DESC, f.before, f.status, f.reason",
    .column_count = 5,
    .columns = {DB_INT8, DB_INT8, DB_INT8, DB_INT4, DB_INT8},
    .result_column_count = 6,
    .result_columns = {DB_INT8, DB_INT8, DB_TEXT, DB_TEXT, DB_TEXT, DB_INT8},
};
