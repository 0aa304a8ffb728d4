#include "order/store_pg.h"

#include <stdlib.h>

#include "order/store_call.h"
#include "order/store_statements.h"

/* Places among the values of order_create and order_create_keyed; the latter has the key as well.
 */
enum { TRACE_COLUMN = 5, KEY_COLUMN = 6 };

/* In what order_move returns. */
enum { MOVED_EPOCH_COLUMN = 1 };

enum { ID_BLOCK_SIZE = 1000, LOOK_TIMEOUT_MS = 5000 };

const struct db_statement *const order_write_statements[] = {
    &order_create_statement, &order_create_keyed_statement, &order_move_statement,
    &order_claim_statement,  &order_release_statement,      &order_resume_statement};
const size_t order_write_statement_count = 6;
const struct db_statement *const order_read_statements[] = {
    &order_read_statement,  &order_read_by_key_statement, &order_reserve_statement,
    &order_sweep_statement, &order_page_statement,        &order_unfinished_page_statement};
const size_t order_read_statement_count = 6;

/* The write found its row in another state than expected: read what is there now. False where the
 * look can't even start. */
static bool look(struct store_call *call, db_unit_cb *callback)
{
    call->unit.deadline_ms = clock_now_ms(call->pg->clock) + LOOK_TIMEOUT_MS;
    call->unit.stands_back = false;
    call->unit.callback = callback;
    return db_batch_submit(call->pg->reader, &call->unit) == STATUS_OK;
}

static bool look_at_row(struct store_call *call, db_unit_cb *callback)
{
    call->unit.statement = &order_read_statement;
    return look(call, callback);
}

static void end_create(struct store_call *call, enum status status)
{
    store_create_cb *callback = call->callback.create;
    void *context = call->context;
    store_call_end(call);
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
    if (!store_call_decode(call->pg, rows, 0, &found)) {
        end_create(call, STATUS_UNKNOWN);
        return;
    }
    bool is_ours = uuid_equals(&found.uid, &call->uid);
    if (!is_ours && found.id == unit->key) {
        struct log_fields fields = {.order_id = found.id};
        log_write(call->pg->log, LOG_ERROR, &fields,
                  "another order has this id: was the sequence set back?");
    }
    end_create(call, is_ours ? STATUS_OK : STATUS_CONFLICT);
}

/* Either an earlier attempt of ours has inserted the row, or the client's key is another order's.
 */
static bool look_for_creation(struct store_call *call)
{
    if (call->unit.statement == &order_create_statement)
        return look_at_row(call, on_create_looked);
    call->unit.values[1] = call->unit.values[KEY_COLUMN];
    call->unit.statement = &order_read_by_key_statement;
    return look(call, on_create_looked);
}

static void on_create(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    struct store_call *call = unit->context;
    if (status == STATUS_OK && rows->count == 0) {
        if (!look_for_creation(call))
            end_create(call, STATUS_UNKNOWN);
        return;
    }
    end_create(call, status);
}

static enum status create(void *store, const struct order *order, const struct trace *trace,
                          uint64_t deadline_ms, void *context, store_create_cb *callback)
{
    const struct db_statement *statement =
        order->key_size != 0 ? &order_create_keyed_statement : &order_create_statement;
    struct store_call *call =
        store_call_begin(store, statement, order->id, deadline_ms, context, on_create);
    if (call == NULL)
        return STATUS_OVERLOADED;
    call->callback.create = callback;
    call->uid = order->uid;
    call->unit.stands_back = true;
    call->unit.values[1] = store_value_bytes(order->uid.bytes, UUID_SIZE);
    call->unit.values[2] = store_value_bytes(order->item_name, order->item_name_size);
    call->unit.values[3] = store_value_int(order->quantity);
    call->unit.values[4] = store_value_int(order->price);
    store_call_set_trace(call, TRACE_COLUMN, trace);
    call->unit.values[KEY_COLUMN] = store_value_bytes(order->key, order->key_size);
    return store_call_submit(call, call->pg->writer);
}

static void end_move(struct store_call *call, enum status status, enum order_status current)
{
    store_move_cb *callback = call->callback.move;
    void *context = call->context;
    store_call_end(call);
    callback(context, status, current);
}

/* An earlier attempt of ours has moved it. Under another epoch it was another worker, though the
 * status be the same. */
static bool is_own_move(const struct store_call *call, const struct order *found)
{
    return found->status == call->wanted && found->epoch == call->epoch;
}

static void on_move_looked(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    struct store_call *call = unit->context;
    struct order found = {.status = call->wanted};
    enum status outcome = STATUS_UNKNOWN;
    if (status == STATUS_OK && rows->count == 0)
        outcome = STATUS_NOT_FOUND;
    else if (status == STATUS_OK && store_call_decode(call->pg, rows, 0, &found))
        outcome = is_own_move(call, &found) ? STATUS_OK : STATUS_CONFLICT;
    end_move(call, outcome, found.status);
}

/* The order's row may have been moved by another call of the same segment, under another epoch. */
static bool has_moved(const struct store_call *call, const struct db_rows *rows)
{
    for (int row = 0; row < rows->count; row++) {
        if (db_row_int4(rows, row, MOVED_EPOCH_COLUMN) == call->epoch)
            return true;
    }
    return false;
}

static void on_move(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    struct store_call *call = unit->context;
    if (status == STATUS_OK && !has_moved(call, rows)) {
        if (!look_at_row(call, on_move_looked))
            end_move(call, STATUS_UNKNOWN, call->wanted);
        return;
    }
    end_move(call, status, call->wanted);
}

static enum status move(void *store, const struct store_move *wanted, void *context,
                        store_move_cb *callback)
{
    struct store_call *call = store_call_begin(store, &order_move_statement, wanted->id,
                                               wanted->deadline_ms, context, on_move);
    if (call == NULL)
        return STATUS_OVERLOADED;
    call->callback.move = callback;
    call->wanted = wanted->to;
    call->epoch = wanted->epoch;
    call->unit.values[1] = store_value_int(wanted->epoch);
    call->unit.values[2] = store_value_text(order_status_name(wanted->from));
    call->unit.values[3] = store_value_text(order_status_name(wanted->to));
    call->unit.values[4] = store_value_text(wanted->reason);
    store_call_set_trace(call, 5, wanted->trace);
    return store_call_submit(call, call->pg->writer);
}

static void end_read(struct store_call *call, enum status status, const struct order *found)
{
    store_read_cb *callback = call->callback.read;
    void *context = call->context;
    store_call_end(call);
    callback(context, status, found);
}

static void on_read(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    struct store_call *call = unit->context;
    struct order found;
    if (status != STATUS_OK || rows->count == 0)
        end_read(call, status, NULL);
    else if (store_call_decode(call->pg, rows, 0, &found))
        end_read(call, STATUS_OK, &found);
    else
        end_read(call, STATUS_REFUSED, NULL);
}

static void on_read_by_key(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    struct store_call *call = unit->context;
    struct order found;
    if (status != STATUS_OK || rows->count == 0 || !store_call_decode(call->pg, rows, 0, &found)) {
        on_read(unit, status, rows);
        return;
    }
    found.was_taken_back = db_row_int4(rows, 0, ORDER_COLUMN_CANCEL_COUNT) != 0;
    end_read(call, STATUS_OK, &found);
}

static enum status read_order(void *store, int64_t id, uint64_t deadline_ms, void *context,
                              store_read_cb *callback)
{
    struct store_call *call =
        store_call_begin(store, &order_read_statement, id, deadline_ms, context, on_read);
    if (call == NULL)
        return STATUS_OVERLOADED;
    call->callback.read = callback;
    return store_call_submit(call, call->pg->reader);
}

static enum status read_by_key(void *store, const struct order *order, uint64_t deadline_ms,
                               void *context, store_read_cb *callback)
{
    struct store_call *call = store_call_begin(store, &order_read_by_key_statement, order->id,
                                               deadline_ms, context, on_read_by_key);
    if (call == NULL)
        return STATUS_OVERLOADED;
    call->callback.read = callback;
    call->unit.values[1] = store_value_bytes(order->key, order->key_size);
    return store_call_submit(call, call->pg->reader);
}

static void on_reserve(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    struct store_call *call = unit->context;
    store_reserve_cb *callback = call->callback.reserve;
    void *context = call->context;
    store_call_end(call);
    if (status == STATUS_OK && rows->count == 0)
        status = STATUS_UNKNOWN;
    int64_t first_id = status == STATUS_OK ? db_row_int8(rows, 0, 1) : 0;
    callback(context, status, first_id, status == STATUS_OK ? ID_BLOCK_SIZE : 0);
}

static enum status reserve_ids(void *store, uint64_t deadline_ms, void *context,
                               store_reserve_cb *callback)
{
    struct store_call *call =
        store_call_begin(store, &order_reserve_statement, 1, deadline_ms, context, on_reserve);
    if (call == NULL)
        return STATUS_OVERLOADED;
    call->callback.reserve = callback;
    return store_call_submit(call, call->pg->reader);
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
        .claim_cancel = store_claim_cancel,
        .sweep = store_sweep,
        .resume = store_resume,
        .release = store_release,
        .read = read_order,
        .read_by_key = read_by_key,
        .read_page = store_read_page,
        .reserve_ids = reserve_ids,
    };
    return (struct order_store){.operations = &operations, .store = pg};
}
