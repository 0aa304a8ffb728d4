#include "order/history_statements.h"

#include "order/history.h"

#define TEXT_OF(number)   #number
#define DIGITS_OF(number) TEXT_OF(number)
#define PAGE_COUNT_MAX    DIGITS_OF(HISTORY_PAGE_COUNT_MAX)
#define FOLD_COUNT_MAX    DIGITS_OF(HISTORY_FOLD_COUNT_MAX)
#define TEXT_SIZE_MAX     DIGITS_OF(HISTORY_TEXT_SIZE_MAX)

/* A history has each status once at most, in this order. Whatever else somebody may have written
 * comes last. */
#define STEP_OF(status)                                                                            \
    "coalesce(array_position('{PENDING,COMPLETED,CANCELLING,CANCELLED}'::text[], " status "), 9)"

/* The status before line e. It is looked up only where the status itself does not tell. */
#define FROM_OF_E                                                                                  \
    "CASE e.status WHEN 'PENDING' THEN NULL WHEN 'COMPLETED' THEN 'PENDING' ELSE"                  \
    " (SELECT p.status FROM order_events p WHERE p.order_id = e.order_id"                          \
    " AND " STEP_OF("p.status") " < " STEP_OF("e.status") " ORDER BY " STEP_OF(                    \
        "p.status") " DESC LIMIT 1) END"

#define AT_OF_E        "to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
#define SHORT(text)    "left(" text ", " TEXT_SIZE_MAX ")"
#define NUMBER_OF(xid) xid "::text::int8"
#define XID_OF(number) number "::text::xid8"

/* Behind the position u, and in front of transaction `below`. */
#define IS_IN_RANGE(below)                                                                         \
    "e.tx >= " XID_OF("u.tx") " AND e.tx < " XID_OF(below) " AND (e.tx > " XID_OF(                 \
        "u.tx") " OR (e.order_id, " STEP_OF("e.status") ") > (u.order_id, u.step))"

/* What has a lower number is committed, and seen by this statement, or will never be. */
#define OLDEST_OPEN NUMBER_OF("pg_snapshot_xmin(pg_current_snapshot())")
#define NEXT        NUMBER_OF("pg_snapshot_xmax(pg_current_snapshot())")

#define RANGE                                                                                      \
    "unnest($1::int8[], $2::int8[], $3::int8[], $4::int4[], $5::int8[])"                           \
    " AS u (key, tx, order_id, step, below_tx)"

const struct db_statement history_order_statement = {
    .name = "history_order",
    .sql = "SELECT u.key, coalesce(" NUMBER_OF(
        "e.tx") ", 0), e.order_id, e.step, " AT_OF_E ","
                " e.before, " SHORT("e.status") ", " SHORT(
                    "e.reason") ", e.trace_id"
                                " FROM unnest($1::int8[], $2::int8[], $3::int4[]) AS u (key, "
                                "order_id, after_step),"
                                " LATERAL (SELECT * FROM (SELECT *, lag(status) OVER (ORDER BY "
                                "step) AS before FROM ("
                                " SELECT *, " STEP_OF(
                                    "status") " AS step FROM order_events"
                                              " WHERE order_id = u.order_id) AS lines) AS story "
                                              "WHERE step > u.after_step) AS e"
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
    .sql = "SELECT u.key, " NUMBER_OF(
        "e.tx") ", e.order_id, e.step, " AT_OF_E ", " FROM_OF_E ","
                " " SHORT("e.status") ", " SHORT(
                    "e.reason") ", e.trace_id, s.end_tx, s.next_tx"
                                " FROM " RANGE ", LATERAL (SELECT least(" OLDEST_OPEN
                                ", u.below_tx) AS end_tx,"
                                " " NEXT " AS next_tx) AS s"
                                " LEFT JOIN LATERAL (SELECT *, " STEP_OF(
                                    "e.status") " AS step FROM order_events e"
                                                " WHERE " IS_IN_RANGE(
                                                    "s.end_tx") " ORDER BY tx, order_id, step "
                                                                "LIMIT " PAGE_COUNT_MAX
                                                                " + 1) AS e ON true"
                                                                " ORDER BY u.key, e.tx, "
                                                                "e.order_id, e.step",
    .column_count = 5,
    .columns = {DB_INT8, DB_INT8, DB_INT8, DB_INT4, DB_INT8},
    .result_column_count = 11,
    .result_columns = {DB_INT8, DB_INT8, DB_INT8, DB_INT4, DB_TEXT, DB_TEXT, DB_TEXT, DB_TEXT,
                       DB_UUID, DB_INT8, DB_INT8},
};

/* Ends in front of a transaction, so that the work is bounded, but has at least one. */
const struct db_statement history_fold_statement = {
    .name = "history_fold",
    .sql =
        "SELECT u.key, s.end_tx, f.before, f.status, f.reason, f.count FROM " RANGE ","
        " LATERAL (SELECT least(" OLDEST_OPEN ", u.below_tx) AS tx) AS open,"
        " LATERAL (SELECT coalesce((SELECT greatest(" NUMBER_OF(
            "e.tx") ", u.tx + 1)"
                    " FROM order_events e WHERE e.tx >= " XID_OF("u.tx") " AND e.tx < " XID_OF(
                        "open.tx") " ORDER BY e.tx OFFSET " FOLD_COUNT_MAX
                                   " LIMIT 1), open.tx) AS end_tx) AS s"
                                   " LEFT JOIN LATERAL (SELECT before, status, reason, count(*) AS "
                                   "count FROM ("
                                   " SELECT " FROM_OF_E " AS before, " SHORT(
                                       "e.status") " AS status,"
                                                   " " SHORT(
                                                       "e.reason") " AS reason FROM order_events e"
                                                                   " WHERE " IS_IN_RANGE(
                                                                       "s.end_tx") ") AS lines"
                                                                                   " GROUP BY "
                                                                                   "before, "
                                                                                   "status, "
                                                                                   "reason) AS f "
                                                                                   "ON true"
                                                                                   " ORDER BY "
                                                                                   "u.key, f.count "
                                                                                   "DESC, "
                                                                                   "f.before, "
                                                                                   "f.status, "
                                                                                   "f.reason",
    .column_count = 5,
    .columns = {DB_INT8, DB_INT8, DB_INT8, DB_INT4, DB_INT8},
    .result_column_count = 6,
    .result_columns = {DB_INT8, DB_INT8, DB_TEXT, DB_TEXT, DB_TEXT, DB_INT8},
};
