/* history_statements - the SQL that reads the orders' history.
 *
 * Place   history_pg -> [history_statements] -> db/statement. */
#pragma once

#include "db/statement.h"

extern const struct db_statement history_order_statement;
extern const struct db_statement history_feed_statement;
extern const struct db_statement history_fold_statement;

/* The columns of a line; after LEFT JOIN all but the key may be null. */
enum {
    HISTORY_COLUMN_KEY,
    HISTORY_COLUMN_TX,
    HISTORY_COLUMN_ORDER_ID,
    HISTORY_COLUMN_STEP,
    HISTORY_COLUMN_AT,
    HISTORY_COLUMN_FROM,
    HISTORY_COLUMN_STATUS,
    HISTORY_COLUMN_REASON,
    HISTORY_COLUMN_TRACE_ID,
    /* Of the feed only. */
    HISTORY_COLUMN_END_TX,
    HISTORY_COLUMN_NEXT_TX,
};

/* The columns of an edge. */
enum {
    HISTORY_EDGE_COLUMN_KEY,
    HISTORY_EDGE_COLUMN_END_TX,
    HISTORY_EDGE_COLUMN_FROM,
    HISTORY_EDGE_COLUMN_STATUS,
    HISTORY_EDGE_COLUMN_REASON,
    HISTORY_EDGE_COLUMN_COUNT,
};
