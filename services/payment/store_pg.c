#include "payment/store_pg.h"

#include <stdlib.h>
#include <string.h>

#include "base/slab.h"
#include "payment/store_pages.h"
#include "payment/store_row.h"

enum { LOOK_TIMEOUT_MS = 5000 };

/* Charges and voids go through one statement, sorted by order: two connections that record for the
 * same orders wait for each other in one direction only, so they can't deadlock. */
static const struct db_statement record_statement = {
    .name = "payment_record",
    .sql = "INSERT INTO payments (order_id, uid, amount, status)"
           " SELECT order_id, uid, amount, status"
           " FROM unnest($1::int8[], $2::uuid[], $3::int4[], $4::text[])"
           " AS u (order_id, uid, amount, status)"
           " ON CONFLICT (order_id) DO NOTHING"
           " RETURNING order_id, id, uid, amount, status",
    .column_count = 4,
    .columns = {DB_INT8, DB_UUID, DB_INT4, DB_TEXT},
    .result_column_count = 5,
    .result_columns = {DB_INT8, DB_INT8, DB_UUID, DB_INT4, DB_TEXT},
};

/* Deadlocks: the rows are locked in the order of their numbers before they are changed, as a bare
 * UPDATE … FROM promises no order. A refund waits only for another refund of the same row, as it
 * does not see a row that is not committed; a record may wait for both. Each segment records first.
 * So whoever a refund waits for is refunding too, and all refunds go in one direction. */
static const struct db_statement refund_statement = {
    .name = "payment_refund",
    .sql = "WITH paid AS ("
           "SELECT p.order_id FROM payments AS p"
           " JOIN unnest($1::int8[], $2::uuid[]) AS u (order_id, uid)"
           " ON p.order_id = u.order_id AND (u.uid IS NULL OR u.uid = p.uid)"
           " WHERE p.status = 'PAID' ORDER BY p.order_id FOR UPDATE OF p)"
           " UPDATE payments AS p SET status = 'REFUNDED', updated_at = now()"
           " FROM paid WHERE p.order_id = paid.order_id AND p.status = 'PAID'"
           " RETURNING p.order_id, p.id, p.uid, p.amount, p.status",
    .column_count = 2,
    .columns = {DB_INT8, DB_UUID},
    .result_column_count = 5,
    .result_columns = {DB_INT8, DB_INT8, DB_UUID, DB_INT4, DB_TEXT},
};

static const struct db_statement read_statement = {
    .name = "payment_read",
    .sql = "SELECT order_id, id, uid, amount, status FROM payments"
           " WHERE order_id = ANY ($1::int8[])",
    .column_count = 1,
    .columns = {DB_INT8},
    .result_column_count = 5,
    .result_columns = {DB_INT8, DB_INT8, DB_UUID, DB_INT4, DB_TEXT},
};

/* A segment runs them in this order, which the refund relies on. */
const struct db_statement *const payment_write_statements[] = {&record_statement,
                                                               &refund_statement};
const size_t payment_write_statement_count = 2;
const struct db_statement *const payment_read_statements[] = {&read_statement,
                                                              &payment_page_statement};
const size_t payment_read_statement_count = 2;

struct payment_store_pg {
    struct clock *clock;
    struct db_batch *writer;
    struct db_batch *reader;
    struct slab calls;
    struct payment_store_pages pages;
};

/* One call on its way. A record or refund that changed nothing goes on as a look at the row. */
struct store_call {
    struct payment_store_pg *pg;
    struct db_unit unit;
    struct uuid uid;
    void *context;
    payment_store_cb *callback;
};

static void end_call(struct store_call *call, enum status status, const struct db_rows *rows)
{
    payment_store_cb *callback = call->callback;
    void *context = call->context;
    slab_put(&call->pg->calls, call);
    bool has_row = status == STATUS_OK && rows->count != 0;
    struct payment row;
    if (has_row)
        payment_row_decode(rows, 0, 0, &row);
    callback(context, status, has_row ? &row : NULL);
}

static void on_read(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    end_call(unit->context, status, rows);
}

/* The look at a row that was there a moment ago. */
static void on_recorded_looked(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    bool is_gone = status == STATUS_OK && rows->count == 0;
    end_call(unit->context, is_gone || status != STATUS_OK ? STATUS_UNKNOWN : status, rows);
}

static void on_refund_looked(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    end_call(unit->context, status != STATUS_OK ? STATUS_UNKNOWN : status, rows);
}

/* The statement changed nothing: only a new one sees what is there. */
static void look(struct store_call *call, db_unit_cb *callback, const struct db_rows *no_rows)
{
    struct db_unit *unit = &call->unit;
    unit->statement = &read_statement;
    unit->stands_back = false;
    unit->deadline_ms = clock_now_ms(call->pg->clock) + LOOK_TIMEOUT_MS;
    unit->callback = callback;
    if (db_batch_submit(call->pg->reader, unit) != STATUS_OK)
        end_call(call, STATUS_UNKNOWN, no_rows);
}

/* No row came back: the order has one already. */
static void on_recorded(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    if (status != STATUS_OK || rows->count != 0)
        end_call(unit->context, status, rows);
    else
        look(unit->context, on_recorded_looked, rows);
}

/* No row came back: the order has none that is PAID and meant. */
static void on_refunded(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    if (status != STATUS_OK || rows->count != 0)
        end_call(unit->context, status, rows);
    else
        look(unit->context, on_refund_looked, rows);
}

static struct store_call *begin(struct payment_store_pg *pg, const struct db_statement *statement,
                                int64_t order_id, uint64_t deadline_ms, db_unit_cb *unit_callback)
{
    struct store_call *call = slab_take(&pg->calls);
    if (call == NULL)
        return NULL;
    call->pg = pg;
    call->unit.statement = statement;
    call->unit.key = order_id;
    call->unit.values[0] = (struct db_value){.integer = order_id};
    call->unit.deadline_ms = deadline_ms;
    call->unit.callback = unit_callback;
    call->unit.context = call;
    return call;
}

static void set_uid(struct store_call *call, const struct payment *wanted)
{
    call->uid = wanted->uid;
    call->unit.values[1] = (struct db_value){
        .bytes = call->uid.bytes, .byte_count = UUID_SIZE, .is_null = !wanted->has_uid};
}

static enum status submit(struct store_call *call, struct db_batch *batch, void *context,
                          payment_store_cb *callback)
{
    call->context = context;
    call->callback = callback;
    enum status status = db_batch_submit(batch, &call->unit);
    if (status != STATUS_OK)
        slab_put(&call->pg->calls, call);
    return status;
}

static enum status record(void *store, const struct payment *wanted, uint64_t deadline_ms,
                          void *context, payment_store_cb *callback)
{
    struct payment_store_pg *pg = store;
    struct store_call *call =
        begin(pg, &record_statement, wanted->order_id, deadline_ms, on_recorded);
    if (call == NULL)
        return STATUS_OVERLOADED;
    const char *status_name = payment_status_name(wanted->status);
    set_uid(call, wanted);
    call->unit.stands_back = wanted->status != PAYMENT_VOIDED; /* its order is begun, and waits */
    call->unit.values[2] =
        (struct db_value){.integer = wanted->amount, .is_null = !wanted->has_amount};
    call->unit.values[3] =
        (struct db_value){.bytes = status_name, .byte_count = (uint32_t)strlen(status_name)};
    return submit(call, pg->writer, context, callback);
}

static enum status refund(void *store, const struct payment *wanted, uint64_t deadline_ms,
                          void *context, payment_store_cb *callback)
{
    struct payment_store_pg *pg = store;
    struct store_call *call =
        begin(pg, &refund_statement, wanted->order_id, deadline_ms, on_refunded);
    if (call == NULL)
        return STATUS_OVERLOADED;
    set_uid(call, wanted);
    return submit(call, pg->writer, context, callback);
}

static enum status read_payment(void *store, int64_t order_id, uint64_t deadline_ms, void *context,
                                payment_store_cb *callback)
{
    struct payment_store_pg *pg = store;
    struct store_call *call = begin(pg, &read_statement, order_id, deadline_ms, on_read);
    if (call == NULL)
        return STATUS_OVERLOADED;
    return submit(call, pg->reader, context, callback);
}

static enum status read_page(void *store, const struct payment_page_query *query,
                             uint64_t deadline_ms, void *context, payment_page_cb *callback)
{
    struct payment_store_pg *pg = store;
    return payment_store_pages_read(&pg->pages, query, deadline_ms, context, callback);
}

struct payment_store_pg *payment_store_pg_open(struct clock *clock, struct db_batch *writer,
                                               struct db_batch *reader)
{
    struct payment_store_pg *pg = calloc(1, sizeof *pg);
    if (pg == NULL)
        return NULL;
    *pg = (struct payment_store_pg){.clock = clock, .writer = writer, .reader = reader};
    slab_init(&pg->calls, sizeof(struct store_call), PAYMENT_STORE_CALL_COUNT_MAX);
    payment_store_pages_init(&pg->pages, reader);
    return pg;
}

void payment_store_pg_close(struct payment_store_pg *pg)
{
    slab_free(&pg->calls);
    payment_store_pages_free(&pg->pages);
    free(pg);
}

struct payment_store payment_store_pg_port(struct payment_store_pg *pg)
{
    static const struct payment_store_operations operations = {
        .record = record,
        .refund = refund,
        .read = read_payment,
        .read_page = read_page,
    };
    return (struct payment_store){.operations = &operations, .store = pg};
}
