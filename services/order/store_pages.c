/* The part of the order store that lists orders. */
#include <assert.h>

#include "order/store_call.h"
#include "order/store_statements.h"

/* One row more than asked for tells that there are more. The last order that the database looked at
 * comes back even where it does not have the status. */
static struct store_page take_page(struct order_store_pg *pg, const struct store_page_query *query,
                                   const struct db_rows *rows)
{
    struct store_page page = {.orders = pg->page};
    int shown_count = rows->count < query->limit ? rows->count : query->limit;
    for (int row = 0; row < shown_count; row++) {
        struct order *order = &pg->page[page.count];
        if (store_call_decode(pg, rows, row, order) &&
            (!query->has_status || order->status == query->status))
            page.count++;
    }
    int last = shown_count - 1;
    bool has_more = rows->count > shown_count ||
                    (last >= 0 && db_row_int4(rows, last, ORDER_COLUMN_IS_LOOK_END) != 0);
    if (has_more)
        page.next_before_id = db_row_int8(rows, last, ORDER_COLUMN_ID);
    return page;
}

/* Where so many orders are unfinished, they are looked for among all. */
static bool are_too_many(const struct db_unit *unit, const struct db_rows *rows)
{
    return unit->statement == &order_unfinished_page_statement && rows->count != 0 &&
           db_row_int4(rows, 0, ORDER_COLUMN_IS_LOOK_END) != 0;
}

static void on_page(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    struct store_call *call = unit->context;
    struct order_store_pg *pg = call->pg;
    struct store_page_query query = call->page_query;
    if (status == STATUS_OK && are_too_many(unit, rows)) {
        unit->statement = &order_page_statement;
        status = db_batch_submit(pg->reader, unit);
        if (status == STATUS_OK)
            return;
    }
    store_page_cb *callback = call->callback.page;
    void *context = call->context;
    store_call_end(call);
    struct store_page page = {0};
    if (status == STATUS_OK)
        page = take_page(pg, &query, rows);
    callback(context, status, &page);
}

static bool is_of_unfinished(const struct store_page_query *query)
{
    return query->parked_only || (query->has_status && !order_status_is_final(query->status));
}

enum status store_read_page(void *store, const struct store_page_query *query, uint64_t deadline_ms,
                            void *context, store_page_cb *callback)
{
    struct order_store_pg *pg = store;
    const struct db_statement *statement =
        is_of_unfinished(query) ? &order_unfinished_page_statement : &order_page_statement;
    assert(query->limit >= 1 && query->limit <= STORE_PAGE_COUNT_MAX);
    struct store_call *call =
        store_call_begin(pg, statement, ++pg->last_page_key, deadline_ms, context, on_page);
    if (call == NULL)
        return STATUS_OVERLOADED;
    call->callback.page = callback;
    call->page_query = *query;
    call->unit.values[1] = store_value_int(query->before_id);
    call->unit.values[2] = store_value_int(query->limit + 1);
    if (query->has_status)
        call->unit.values[3] = store_value_text(order_status_name(query->status));
    else
        call->unit.values[3].is_null = true;
    call->unit.values[4] = store_value_int(query->parked_only);
    return store_call_submit(call, pg->reader);
}
