#include "order/store_call.h"

#include <string.h>

#include "order/store_statements.h"

struct db_value store_value_int(int64_t integer)
{
    return (struct db_value){.integer = integer};
}

struct db_value store_value_bytes(const void *bytes, size_t size)
{
    return (struct db_value){.bytes = bytes, .byte_count = (uint32_t)size};
}

struct db_value store_value_text(const char *text)
{
    return store_value_bytes(text, strlen(text));
}

struct store_call *store_call_begin(struct order_store_pg *pg, const struct db_statement *statement,
                                    int64_t key, uint64_t deadline_ms, void *context,
                                    db_unit_cb *callback)
{
    struct store_call *call = slab_take(&pg->calls);
    if (call == NULL)
        return NULL;
    call->pg = pg;
    call->context = context;
    call->unit.statement = statement;
    call->unit.key = key;
    call->unit.values[0] = store_value_int(key);
    call->unit.deadline_ms = deadline_ms;
    call->unit.callback = callback;
    call->unit.context = call;
    return call;
}

enum status store_call_submit(struct store_call *call, struct db_batch *batch)
{
    enum status status = db_batch_submit(batch, &call->unit);
    if (status != STATUS_OK)
        store_call_end(call);
    return status;
}

void store_call_set_trace(struct store_call *call, int column, const struct trace *trace)
{
    trace_get_id_bytes(trace, call->trace_id);
    call->unit.values[column] = store_value_bytes(call->trace_id, sizeof call->trace_id);
}

void store_call_end(struct store_call *call)
{
    slab_put(&call->pg->calls, call);
}

bool store_call_decode(const struct order_store_pg *pg, const struct db_rows *rows, int row,
                       struct order *order)
{
    uint32_t status_size = 0;
    *order = (struct order){0};
    order->id = db_row_int8(rows, row, ORDER_COLUMN_ID);
    memcpy(order->uid.bytes, db_row_uuid(rows, row, ORDER_COLUMN_UID), UUID_SIZE);
    order->item_name = db_row_text(rows, row, ORDER_COLUMN_ITEM_NAME, &order->item_name_size);
    order->quantity = db_row_int4(rows, row, ORDER_COLUMN_QUANTITY);
    order->price = db_row_int4(rows, row, ORDER_COLUMN_PRICE);
    const char *status = db_row_text(rows, row, ORDER_COLUMN_STATUS, &status_size);
    order->epoch = db_row_int4(rows, row, ORDER_COLUMN_EPOCH);
    order->attempts = db_row_int4(rows, row, ORDER_COLUMN_ATTEMPTS);
    bool is_known = order_status_parse(status, status_size, &order->status) &&
                    order->item_name_size <= ORDER_ITEM_NAME_SIZE_MAX;
    if (!is_known) {
        struct log_fields fields = {.order_id = order->id};
        log_write(pg->log, LOG_ERROR, &fields, "the row has status \"%.*s\", which is unheard of",
                  (int)status_size, status);
    }
    return is_known;
}
