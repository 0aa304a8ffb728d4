#include "order/store_pg.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/slab.h"

enum { ID_BLOCK_SIZE = 1000, LOOK_TIMEOUT_MS = 5000 };

/* A conflict on the id inserts nothing and returns nothing: the row is there already, from an
 * earlier attempt of ours, which on_create() checks. */
static const struct db_statement create_statement = {
    .name = "order_create",
    .sql = "WITH created AS ("
           " INSERT INTO orders (id, uid, item_name, quantity, price, status)"
           " SELECT id, uid, item_name, quantity, price, 'PENDING'"
           " FROM unnest($1::int8[], $2::uuid[], $3::text[], $4::int4[], $5::int4[])"
           " AS u (id, uid, item_name, quantity, price)"
           " ON CONFLICT (id) DO NOTHING RETURNING id),"
           " history AS (INSERT INTO order_events (order_id, status, reason)"
           " SELECT id, 'PENDING', 'created' FROM created)"
           " SELECT id FROM created",
    .column_count = 5,
    .columns = {DB_INT8, DB_UUID, DB_TEXT, DB_INT4, DB_INT4},
};

static const struct db_statement move_statement = {
    .name = "order_move",
    .sql = "WITH moved AS ("
           " UPDATE orders o SET status = u.status, updated_at = now()"
           " FROM unnest($1::int8[], $2::int4[], $3::text[], $4::text[])"
           " AS u (id, epoch, status, reason)"
           " WHERE o.id = u.id AND o.epoch = u.epoch AND o.status = 'PENDING'"
           " RETURNING o.id, o.status, u.reason),"
           " history AS (INSERT INTO order_events (order_id, status, reason)"
           " SELECT id, status, reason FROM moved)"
           " SELECT id FROM moved",
    .column_count = 4,
    .columns = {DB_INT8, DB_INT4, DB_TEXT, DB_TEXT},
};

static const struct db_statement read_statement = {
    .name = "order_read",
    .sql = "SELECT id, uid, item_name, quantity, price, status, epoch FROM orders"
           " WHERE id = ANY ($1::int8[])",
    .column_count = 1,
    .columns = {DB_INT8},
};

static const struct db_statement reserve_statement = {
    .name = "order_reserve_ids",
    .sql = "SELECT key, nextval('order_id_blocks') FROM unnest($1::int8[]) AS u (key)",
    .column_count = 1,
    .columns = {DB_INT8},
};

const struct db_statement *const order_write_statements[] = {&create_statement, &move_statement};
const size_t order_write_statement_count = 2;
const struct db_statement *const order_read_statements[] = {&read_statement, &reserve_statement};
const size_t order_read_statement_count = 2;

struct order_store_pg {
    struct log *log;
    struct clock *clock;
    struct db_batch *writer;
    struct db_batch *reader;
    struct slab calls;
};

/* One call on its way. A write that found nothing to do goes on as a look at the row. */
struct store_call {
    struct order_store_pg *pg;
    struct db_unit unit;
    void *context;
    struct uuid uid; /* create: whose row it must be */
    enum order_status wanted;
    union {
        store_create_cb *create;
        store_move_cb *move;
        store_read_cb *read;
        store_reserve_cb *reserve;
    } callback;
};

static struct db_value value_int(int64_t integer)
{
    return (struct db_value){.integer = integer};
}

static struct db_value value_text(const char *text, size_t size)
{
    return (struct db_value){.bytes = text, .byte_count = (uint32_t)size};
}

static struct store_call *begin(struct order_store_pg *pg, const struct db_statement *statement,
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
    call->unit.values[0] = value_int(key);
    call->unit.deadline_ms = deadline_ms;
    call->unit.callback = callback;
    call->unit.context = call;
    return call;
}

static enum status submit(struct store_call *call, struct db_batch *batch)
{
    enum status status = db_batch_submit(batch, &call->unit);
    if (status != STATUS_OK)
        slab_put(&call->pg->calls, call);
    return status;
}

static void decode(const struct db_rows *rows, struct order *order)
{
    uint32_t status_size = 0;
    order->id = db_row_int8(rows, 0, 0);
    memcpy(order->uid.bytes, db_row_uuid(rows, 0, 1), UUID_SIZE);
    order->item_name = db_row_text(rows, 0, 2, &order->item_name_size);
    order->quantity = db_row_int4(rows, 0, 3);
    order->price = db_row_int4(rows, 0, 4);
    const char *status = db_row_text(rows, 0, 5, &status_size);
    order->epoch = db_row_int4(rows, 0, 6);
    bool known = order_status_parse(status, status_size, &order->status);
    assert(known); /* the table's CHECK names the same words */
}

/* The write found its row in another state than expected: read what is there now. False where the
 * look can't even start. */
static bool look_at_row(struct store_call *call, db_unit_cb *callback)
{
    call->unit.statement = &read_statement;
    call->unit.deadline_ms = clock_now_ms(call->pg->clock) + LOOK_TIMEOUT_MS;
    call->unit.callback = callback;
    return db_batch_submit(call->pg->reader, &call->unit) == STATUS_OK;
}

static void end_create(struct store_call *call, enum status status)
{
    store_create_cb *callback = call->callback.create;
    void *context = call->context;
    slab_put(&call->pg->calls, call);
    callback(context, status);
}

static void on_create_looked(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    struct store_call *call = unit->context;
    if (status != STATUS_OK || rows->count == 0) {
        end_create(call, STATUS_UNKNOWN);
        return;
    }
    struct order found;
    decode(rows, &found);
    bool is_ours = uuid_equals(&found.uid, &call->uid);
    if (!is_ours) {
        struct log_fields fields = {.order_id = found.id};
        log_write(call->pg->log, LOG_ERROR, &fields,
                  "another order has this id: was the sequence set back?");
    }
    end_create(call, is_ours ? STATUS_OK : STATUS_REFUSED);
}

static void on_create(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    struct store_call *call = unit->context;
    if (status == STATUS_OK && rows->count == 0) {
        if (!look_at_row(call, on_create_looked))
            end_create(call, STATUS_UNKNOWN);
        return;
    }
    end_create(call, status);
}

static enum status create(void *store, const struct order *order, uint64_t deadline_ms,
                          void *context, store_create_cb *callback)
{
    struct store_call *call =
        begin(store, &create_statement, order->id, deadline_ms, context, on_create);
    if (call == NULL)
        return STATUS_OVERLOADED;
    call->callback.create = callback;
    call->uid = order->uid;
    call->unit.values[1] = value_text((const char *)order->uid.bytes, UUID_SIZE);
    call->unit.values[2] = value_text(order->item_name, order->item_name_size);
    call->unit.values[3] = value_int(order->quantity);
    call->unit.values[4] = value_int(order->price);
    return submit(call, call->pg->writer);
}

static void end_move(struct store_call *call, enum status status, enum order_status current)
{
    store_move_cb *callback = call->callback.move;
    void *context = call->context;
    slab_put(&call->pg->calls, call);
    callback(context, status, current);
}

static void on_move_looked(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    struct store_call *call = unit->context;
    if (status != STATUS_OK || rows->count == 0) {
        end_move(call, STATUS_UNKNOWN, call->wanted);
        return;
    }
    struct order found;
    decode(rows, &found);
    end_move(call, STATUS_OK, found.status);
}

static void on_move(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    struct store_call *call = unit->context;
    if (status == STATUS_OK && rows->count == 0) {
        if (!look_at_row(call, on_move_looked))
            end_move(call, STATUS_UNKNOWN, call->wanted);
        return;
    }
    end_move(call, status, call->wanted);
}

static enum status move(void *store, const struct store_move *wanted, void *context,
                        store_move_cb *callback)
{
    struct store_call *call =
        begin(store, &move_statement, wanted->id, wanted->deadline_ms, context, on_move);
    if (call == NULL)
        return STATUS_OVERLOADED;
    const char *status_name = order_status_name(wanted->to);
    call->callback.move = callback;
    call->wanted = wanted->to;
    call->unit.values[1] = value_int(wanted->epoch);
    call->unit.values[2] = value_text(status_name, strlen(status_name));
    call->unit.values[3] = value_text(wanted->reason, strlen(wanted->reason));
    return submit(call, call->pg->writer);
}

static void on_read(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    struct store_call *call = unit->context;
    store_read_cb *callback = call->callback.read;
    void *context = call->context;
    slab_put(&call->pg->calls, call);
    bool has_row = status == STATUS_OK && rows->count != 0;
    struct order found;
    if (has_row)
        decode(rows, &found);
    callback(context, status, has_row ? &found : NULL);
}

static enum status read_order(void *store, int64_t id, uint64_t deadline_ms, void *context,
                              store_read_cb *callback)
{
    struct store_call *call = begin(store, &read_statement, id, deadline_ms, context, on_read);
    if (call == NULL)
        return STATUS_OVERLOADED;
    call->callback.read = callback;
    return submit(call, call->pg->reader);
}

static void on_reserve(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    struct store_call *call = unit->context;
    store_reserve_cb *callback = call->callback.reserve;
    void *context = call->context;
    slab_put(&call->pg->calls, call);
    if (status == STATUS_OK && rows->count == 0)
        status = STATUS_UNKNOWN;
    int64_t first_id = status == STATUS_OK ? db_row_int8(rows, 0, 1) : 0;
    callback(context, status, first_id, status == STATUS_OK ? ID_BLOCK_SIZE : 0);
}

static enum status reserve_ids(void *store, uint64_t deadline_ms, void *context,
                               store_reserve_cb *callback)
{
    struct store_call *call = begin(store, &reserve_statement, 1, deadline_ms, context, on_reserve);
    if (call == NULL)
        return STATUS_OVERLOADED;
    call->callback.reserve = callback;
    return submit(call, call->pg->reader);
}

struct order_store_pg *order_store_pg_open(struct log *log, struct clock *clock,
                                           struct db_batch *writer, struct db_batch *reader)
{
    struct order_store_pg *pg = calloc(1, sizeof *pg);
    if (pg == NULL)
        return NULL;
    *pg = (struct order_store_pg){.log = log, .clock = clock, .writer = writer, .reader = reader};
    slab_init(&pg->calls, sizeof(struct store_call), STORE_CALL_COUNT_MAX);
    return pg;
}

void order_store_pg_close(struct order_store_pg *pg)
{
    slab_free(&pg->calls);
    free(pg);
}

struct order_store order_store_pg_port(struct order_store_pg *pg)
{
    static const struct order_store_operations operations = {
        .create = create,
        .move = move,
        .read = read_order,
        .reserve_ids = reserve_ids,
    };
    return (struct order_store){.operations = &operations, .store = pg};
}
