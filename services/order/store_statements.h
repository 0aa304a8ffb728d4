/* store_statements - the SQL of the order store.
 *
 * Place   store_pg, store_claims, store_pages -> [store_statements] -> db/statement.
 *
 * Statements that write order_events do so in one statement with the order's move. No condition on
 * the status may imply the partial index orders_unfinished, but that of the sweep and of the page
 * of unfinished orders: a plan over that index would read the dead entries of all finished orders.
 */
#pragma once

#include "db/statement.h"

extern const struct db_statement order_create_statement;
extern const struct db_statement order_create_keyed_statement;
extern const struct db_statement order_move_statement;
extern const struct db_statement order_release_statement;
extern const struct db_statement order_claim_statement;
extern const struct db_statement order_resume_statement;
extern const struct db_statement order_sweep_statement;
extern const struct db_statement order_read_statement;
extern const struct db_statement order_read_by_key_statement;
extern const struct db_statement order_page_statement;
extern const struct db_statement order_unfinished_page_statement;
extern const struct db_statement order_reserve_statement;

/* The columns of an order's row, in the order that store_call_decode() reads them. */
enum {
    ORDER_COLUMN_KEY,
    ORDER_COLUMN_ID,
    ORDER_COLUMN_UID,
    ORDER_COLUMN_ITEM_NAME,
    ORDER_COLUMN_QUANTITY,
    ORDER_COLUMN_PRICE,
    ORDER_COLUMN_STATUS,
    ORDER_COLUMN_EPOCH,
    ORDER_COLUMN_ATTEMPTS,
    /* The next one is the statement's own. */
    ORDER_COLUMN_CANCEL_COUNT,                             /* order_read_by_key */
    ORDER_COLUMN_IS_LOOK_END = ORDER_COLUMN_CANCEL_COUNT,  /* pages */
    ORDER_COLUMN_TRACE_ID = ORDER_COLUMN_CANCEL_COUNT,     /* order_sweep */
    ORDER_COLUMN_CLAIMED_FROM = ORDER_COLUMN_CANCEL_COUNT, /* order_claim_cancel */
};
