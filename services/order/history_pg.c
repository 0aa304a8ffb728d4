#include "order/history_pg.h"

#include <stdlib.h>
#include <string.h>

#include "base/slab.h"
#include "order/history_statements.h"

const struct db_statement *const history_statements[] = {
    &history_order_statement, &history_feed_statement, &history_fold_statement};
const size_t history_statement_count = sizeof history_statements / sizeof history_statements[0];

struct history_pg {
    struct db_batch *reader;
    struct slab calls;
    int64_t last_key;
    struct history_line lines[HISTORY_PAGE_COUNT_MAX]; /* what a page hands to its callback */
    struct history_edge edges[HISTORY_EDGE_COUNT_MAX]; /* what a fold does */
};

struct history_call {
    struct history_pg *pg;
    struct db_unit unit;
    void *context;
    history_page_cb *on_page;
    history_fold_cb *on_fold;
};

static struct db_value int_value(int64_t integer)
{
    return (struct db_value){.integer = integer};
}

/* Empty where it is null. */
static struct history_text text_of(const struct db_rows *rows, int row, int column)
{
    struct history_text text = {.data = "", .size = 0};
    if (!db_row_is_null(rows, row, column))
        text.data = db_row_text(rows, row, column, &text.size);
    return text;
}

static struct history_line line_of(const struct db_rows *rows, int row)
{
    struct history_line line = {
        .position = {.tx = db_row_int8(rows, row, HISTORY_COLUMN_TX),
                     .order_id = db_row_int8(rows, row, HISTORY_COLUMN_ORDER_ID),
                     .step = db_row_int4(rows, row, HISTORY_COLUMN_STEP)},
        .at = text_of(rows, row, HISTORY_COLUMN_AT),
        .from = text_of(rows, row, HISTORY_COLUMN_FROM),
        .status = text_of(rows, row, HISTORY_COLUMN_STATUS),
        .reason = text_of(rows, row, HISTORY_COLUMN_REASON),
    };
    if (!db_row_is_null(rows, row, HISTORY_COLUMN_TRACE_ID))
        memcpy(line.trace_id, db_row_uuid(rows, row, HISTORY_COLUMN_TRACE_ID),
               sizeof line.trace_id);
    return line;
}

static struct history_page page_of(struct history_pg *pg, const struct db_rows *rows)
{
    struct history_page page = {.lines = pg->lines,
                                .is_full = rows->count > HISTORY_PAGE_COUNT_MAX};
    for (int row = 0; row < rows->count && row < HISTORY_PAGE_COUNT_MAX; row++) {
        if (!db_row_is_null(rows, row, HISTORY_COLUMN_ORDER_ID))
            pg->lines[page.count++] = line_of(rows, row);
    }
    return page;
}

static void end_page(struct history_call *call, enum status status, const struct history_page *page)
{
    history_page_cb *callback = call->on_page;
    void *context = call->context;
    slab_put(&call->pg->calls, call);
    callback(context, status, page);
}

static void on_order(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    struct history_call *call = unit->context;
    struct history_page page = page_of(call->pg, rows);
    end_page(call, status, &page);
}

static void on_feed(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    struct history_call *call = unit->context;
    struct history_page page = page_of(call->pg, rows);
    if (status == STATUS_OK) {
        page.end_tx = db_row_int8(rows, 0, HISTORY_COLUMN_END_TX);
        page.next_tx = db_row_int8(rows, 0, HISTORY_COLUMN_NEXT_TX);
    }
    end_page(call, status, &page);
}

static struct history_fold fold_of(struct history_pg *pg, const struct db_rows *rows)
{
    struct history_fold fold = {.edges = pg->edges};
    fold.end_tx = db_row_int8(rows, 0, HISTORY_EDGE_COLUMN_END_TX);
    for (int row = 0; row < rows->count; row++) {
        if (db_row_is_null(rows, row, HISTORY_EDGE_COLUMN_COUNT))
            continue;
        int64_t count = db_row_int8(rows, row, HISTORY_EDGE_COLUMN_COUNT);
        fold.count += count;
        if (fold.edge_count == HISTORY_EDGE_COUNT_MAX)
            continue;
        pg->edges[fold.edge_count++] = (struct history_edge){
            .from = text_of(rows, row, HISTORY_EDGE_COLUMN_FROM),
            .status = text_of(rows, row, HISTORY_EDGE_COLUMN_STATUS),
            .reason = text_of(rows, row, HISTORY_EDGE_COLUMN_REASON),
            .count = count,
        };
    }
    return fold;
}

static void on_fold(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    struct history_call *call = unit->context;
    struct history_pg *pg = call->pg;
    history_fold_cb *callback = call->on_fold;
    void *context = call->context;
    slab_put(&pg->calls, call);
    struct history_fold fold = {0};
    if (status == STATUS_OK)
        fold = fold_of(pg, rows);
    callback(context, status, &fold);
}

/* With a key of its own, as two may ask for the same. NULL: too many calls. */
static struct history_call *begin(struct history_pg *pg, const struct db_statement *statement,
                                  uint64_t deadline_ms, void *context, db_unit_cb *callback)
{
    struct history_call *call = slab_take(&pg->calls);
    if (call == NULL)
        return NULL;
    call->pg = pg;
    call->context = context;
    call->unit.statement = statement;
    call->unit.key = ++pg->last_key;
    call->unit.values[0] = int_value(call->unit.key);
    call->unit.deadline_ms = deadline_ms;
    call->unit.callback = callback;
    call->unit.context = call;
    return call;
}

static enum status submit(struct history_call *call)
{
    enum status status = db_batch_submit(call->pg->reader, &call->unit);
    if (status != STATUS_OK)
        slab_put(&call->pg->calls, call);
    return status;
}

static enum status read_order(void *history, int64_t order_id, int32_t after_step,
                              uint64_t deadline_ms, void *context, history_page_cb *callback)
{
    struct history_call *call =
        begin(history, &history_order_statement, deadline_ms, context, on_order);
    if (call == NULL)
        return STATUS_OVERLOADED;
    call->on_page = callback;
    call->unit.values[1] = int_value(order_id);
    call->unit.values[2] = int_value(after_step);
    return submit(call);
}

static void set_range(struct history_call *call, const struct history_range *range)
{
    call->unit.values[1] = int_value(range->after.tx);
    call->unit.values[2] = int_value(range->after.order_id);
    call->unit.values[3] = int_value(range->after.step);
    call->unit.values[4] = int_value(range->below_tx);
}

static enum status read_feed(void *history, const struct history_range *range, uint64_t deadline_ms,
                             void *context, history_page_cb *callback)
{
    struct history_call *call =
        begin(history, &history_feed_statement, deadline_ms, context, on_feed);
    if (call == NULL)
        return STATUS_OVERLOADED;
    call->on_page = callback;
    set_range(call, range);
    return submit(call);
}

static enum status fold_feed(void *history, const struct history_range *range, uint64_t deadline_ms,
                             void *context, history_fold_cb *callback)
{
    struct history_call *call =
        begin(history, &history_fold_statement, deadline_ms, context, on_fold);
    if (call == NULL)
        return STATUS_OVERLOADED;
    call->on_fold = callback;
    set_range(call, range);
    return submit(call);
}

struct history_pg *history_pg_open(struct db_batch *reader)
{
    struct history_pg *pg = calloc(1, sizeof *pg);
    if (pg == NULL)
        return NULL;
    pg->reader = reader;
    slab_init(&pg->calls, sizeof(struct history_call), HISTORY_CALL_COUNT_MAX);
    return pg;
}

void history_pg_close(struct history_pg *pg)
{
    slab_free(&pg->calls);
    free(pg);
}

struct history_port history_pg_port(struct history_pg *pg)
{
    static const struct history_operations operations = {
        .read_order = read_order,
        .read_feed = read_feed,
        .fold_feed = fold_feed,
    };
    return (struct history_port){.operations = &operations, .history = pg};
}
