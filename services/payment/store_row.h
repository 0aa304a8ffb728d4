/* store_row - a payment out of a result's row. For store_pg.c and store_pages.c only.
 *
 * Place   store_pg, store_pages -> [store_row] -> db/row. */
#pragma once

#include "db/row.h"
#include "payment/payment.h"

/* The columns from first_column on are order_id, id, uid, amount and status. */
void payment_row_decode(const struct db_rows *rows, int row, int first_column,
                        struct payment *payment);
