#include "payment/store_row.h"

#include <assert.h>
#include <string.h>

enum { COLUMN_ORDER_ID, COLUMN_ID, COLUMN_UID, COLUMN_AMOUNT, COLUMN_STATUS };

void payment_row_decode(const struct db_rows *rows, int row, int first_column,
                        struct payment *payment)
{
    uint32_t status_size = 0;
    *payment = (struct payment){
        .order_id = db_row_int8(rows, row, first_column + COLUMN_ORDER_ID),
        .id = db_row_int8(rows, row, first_column + COLUMN_ID),
        .has_uid = !db_row_is_null(rows, row, first_column + COLUMN_UID),
        .has_amount = !db_row_is_null(rows, row, first_column + COLUMN_AMOUNT),
    };
    if (payment->has_uid)
        memcpy(payment->uid.bytes, db_row_uuid(rows, row, first_column + COLUMN_UID), UUID_SIZE);
    if (payment->has_amount)
        payment->amount = db_row_int4(rows, row, first_column + COLUMN_AMOUNT);
    const char *status = db_row_text(rows, row, first_column + COLUMN_STATUS, &status_size);
    bool known = payment_status_parse(status, status_size, &payment->status);
    assert(known); /* the table's CHECK names the same words */
}
