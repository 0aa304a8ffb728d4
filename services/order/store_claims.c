/* The part of the order store that takes orders over, hands them back and lets parked ones go. */
#include <string.h>

#include "order/store_call.h"
#include "order/store_statements.h"

enum { RELEASE_TIMEOUT_MS = 2000, SWEEP_KEY = 1 };

static bool decode_claimed(const struct order_store_pg *pg, const struct db_statement *statement,
                           const struct db_rows *rows, struct order *claimed)
{
    if (!store_call_decode(pg, rows, 0, claimed))
        return false;
    if (statement != &order_claim_statement)
        return true;
    uint32_t size;
    const char *status = db_row_text(rows, 0, ORDER_COLUMN_CLAIMED_FROM, &size);
    return order_status_parse(status, size, &claimed->claimed_from);
}

static void on_claim(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    struct store_call *call = unit->context;
    struct order_store_pg *pg = call->pg;
    store_claim_cb *callback = call->callback.claim;
    void *context = call->context;
    store_call_end(call);
    struct order claimed;
    bool has_row = status == STATUS_OK && rows->count != 0;
    if (has_row && !decode_claimed(pg, unit->statement, rows, &claimed))
        callback(context, STATUS_REFUSED, NULL);
    else
        callback(context, status, has_row ? &claimed : NULL);
}

enum status store_claim_cancel(void *store, int64_t id, const struct trace *trace,
                               uint64_t deadline_ms, void *context, store_claim_cb *callback)
{
    struct store_call *call =
        store_call_begin(store, &order_claim_statement, id, deadline_ms, context, on_claim);
    if (call == NULL)
        return STATUS_OVERLOADED;
    call->callback.claim = callback;
    store_call_set_trace(call, 1, trace);
    return store_call_submit(call, call->pg->writer);
}

enum status store_resume(void *store, int64_t id, uint64_t deadline_ms, void *context,
                         store_claim_cb *callback)
{
    struct store_call *call =
        store_call_begin(store, &order_resume_statement, id, deadline_ms, context, on_claim);
    if (call == NULL)
        return STATUS_OVERLOADED;
    call->callback.claim = callback;
    return store_call_submit(call, call->pg->writer);
}

static void on_sweep(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    struct store_call *call = unit->context;
    struct order_store_pg *pg = call->pg;
    store_sweep_cb *callback = call->callback.sweep;
    void *context = call->context;
    store_call_end(call);
    size_t count = 0;
    for (int row = 0; status == STATUS_OK && row < rows->count; row++) {
        struct order *order = &pg->swept[count];
        if (count == STORE_SWEEP_COUNT_MAX || !store_call_decode(pg, rows, row, order))
            continue;
        if (!db_row_is_null(rows, row, ORDER_COLUMN_TRACE_ID))
            memcpy(order->trace_id, db_row_uuid(rows, row, ORDER_COLUMN_TRACE_ID),
                   sizeof order->trace_id);
        count++;
    }
    callback(context, status, pg->swept, count);
}

enum status store_sweep(void *store, int32_t count, uint64_t deadline_ms, void *context,
                        store_sweep_cb *callback)
{
    struct store_call *call =
        store_call_begin(store, &order_sweep_statement, SWEEP_KEY, deadline_ms, context, on_sweep);
    if (call == NULL)
        return STATUS_OVERLOADED;
    call->callback.sweep = callback;
    call->unit.values[1] = store_value_int(count);
    return store_call_submit(call, call->pg->reader);
}

/* Without it the order is claimable all the same, when its lease ends. */
static void on_released(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    struct store_call *call = unit->context;
    struct order_store_pg *pg = call->pg;
    struct log_fields fields = {.order_id = unit->key};
    (void)rows;
    store_call_end(call);
    if (status != STATUS_OK)
        log_write(pg->log, LOG_WARN, &fields, "Order not handed back: %s", status_text(status));
}

void store_release(void *store, int64_t id, int32_t epoch, int32_t delay_ms)
{
    struct order_store_pg *pg = store;
    uint64_t deadline_ms = clock_now_ms(pg->clock) + RELEASE_TIMEOUT_MS;
    struct store_call *call =
        store_call_begin(pg, &order_release_statement, id, deadline_ms, NULL, on_released);
    struct log_fields fields = {.order_id = id};
    enum status status = STATUS_OVERLOADED;
    if (call != NULL) {
        call->unit.values[1] = store_value_int(epoch);
        call->unit.values[2] = store_value_int(delay_ms);
        status = store_call_submit(call, pg->writer);
    }
    if (status != STATUS_OK)
        log_write(pg->log, LOG_WARN, &fields, "Order not handed back: %s", status_text(status));
}
