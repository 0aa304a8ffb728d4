#include "simulation/sim_store.h"

#include <stdlib.h>

#include "simulation/sim_store_call.h"

enum { STORE_CALL_COUNT_MAX = 1 << 16, ID_BLOCK_COUNT = 24, LOST_COMMIT_PER_MILLE = 5 };

void sim_store_init(struct sim_store *store, struct sim *sim)
{
    *store = (struct sim_store){.sim = sim};
    sim_rows_init(&store->rows, sim);
    slab_init(&store->calls, sizeof(struct sim_store_call), STORE_CALL_COUNT_MAX);
}

void sim_store_free(struct sim_store *store)
{
    sim_rows_free(&store->rows);
    slab_free(&store->calls);
}

/* By its key where the order has one, as store_pg.c does. */
static const struct sim_row *find_row(const struct sim_store_call *call)
{
    const struct sim_rows *rows = &call->store->rows;
    int number = 0;
    if (call->verb == STORE_CREATE || call->verb == STORE_READ_BY_KEY)
        number = sim_keys_number(&rows->keys, call->order.key, call->order.key_size);
    return number != 0 ? sim_rows_find_by_key(rows, number) : sim_rows_find(rows, call->id);
}

static void keep_found(struct sim_store_call *call)
{
    const struct sim_row *row = find_row(call);
    call->has_row = row != NULL;
    if (row == NULL)
        return;
    call->found = row->order;
    call->found.was_taken_back = row->is_unwanted && call->verb == STORE_READ_BY_KEY;
}

static bool apply_move(struct sim_store_call *call)
{
    struct sim_rows *rows = &call->store->rows;
    struct sim *sim = call->store->sim;
    if (!sim_rows_move(rows, &call->move))
        return false;
    call->has_row = true;
    call->found = (struct order){.status = call->move.to};
    sim_tell(sim, call->host->number, call->id, "moved to", order_status_name(call->move.to),
             call->epoch);
    return true;
}

static void apply_sweep(struct sim_store_call *call)
{
    struct order claimed[STORE_SWEEP_COUNT_MAX];
    call->count = sim_rows_sweep(&call->store->rows, call->count, claimed);
    if (call->count == 0)
        return;
    call->claimed = calloc(call->count, sizeof claimed[0]);
    if (call->claimed == NULL)
        abort();
    for (size_t i = 0; i < call->count; i++) {
        call->claimed[i] = claimed[i];
        sim_tell(call->store->sim, call->host->number, claimed[i].id, "claimed by recovery, epoch",
                 NULL, claimed[i].epoch);
    }
}

bool sim_store_call_apply(struct sim_store_call *call)
{
    struct sim_rows *rows = &call->store->rows;
    struct sim *sim = call->store->sim;
    switch (call->verb) {
    case STORE_CREATE:
        if (sim->bug == BUG_LOST_COMMIT && sim_chance(sim, LOST_COMMIT_PER_MILLE))
            return true;
        if (!sim_rows_create(rows, &call->order))
            return false;
        sim_tell(sim, call->host->number, call->id, "created",
                 call->order.key_size != 0 ? call->order.key : NULL, 0);
        return true;
    case STORE_MOVE:
        return apply_move(call);
    case STORE_CLAIM_CANCEL:
        call->has_row = sim_rows_claim_cancel(rows, call->id, &call->found);
        if (call->has_row)
            sim_tell(sim, call->host->number, call->id, "claimed by a cancel, epoch", NULL,
                     call->found.epoch);
        return true;
    case STORE_SWEEP:
        apply_sweep(call);
        return true;
    case STORE_RELEASE:
        if (sim_rows_release(rows, call->id, call->epoch, call->delay_ms))
            sim_tell(sim, call->host->number, call->id, "released, ms:", NULL, call->delay_ms);
        return true;
    case STORE_READ:
    case STORE_READ_BY_KEY:
        keep_found(call);
        return true;
    case STORE_RESERVE_IDS:
        call->first_id = sim_rows_reserve_ids(rows, ID_BLOCK_COUNT);
        return true;
    }
    return true;
}

/* As store_pg.c tells it: whether the row that the look has found is this call's own work. */
static bool is_own_work(const struct sim_store_call *call)
{
    const struct order *found = &call->found;
    if (call->verb == STORE_CREATE)
        return uuid_equals(&found->uid, &call->order.uid);
    return found->status == call->move.to && found->epoch == call->move.epoch;
}

void sim_store_call_look(struct sim_store_call *call)
{
    bool is_create = call->verb == STORE_CREATE;
    keep_found(call);
    if (!is_create && call->verb != STORE_MOVE)
        return;
    if (!call->has_row)
        call->status = is_create ? STATUS_UNKNOWN : STATUS_NOT_FOUND;
    else if (!is_own_work(call))
        call->status = STATUS_CONFLICT;
}

void sim_store_call_tell(struct sim_store_call *call)
{
    bool is_ok = call->status == STATUS_OK;
    const struct order *found = is_ok && call->has_row ? &call->found : NULL;
    switch (call->verb) {
    case STORE_CREATE:
        call->callback.create(call->context, call->status);
        break;
    case STORE_MOVE:
        call->callback.move(call->context, call->status, call->found.status);
        break;
    case STORE_CLAIM_CANCEL:
        call->callback.claim(call->context, call->status, found);
        break;
    case STORE_SWEEP:
        call->callback.sweep(call->context, call->status, call->claimed, is_ok ? call->count : 0);
        break;
    case STORE_READ:
    case STORE_READ_BY_KEY:
        call->callback.read(call->context, call->status, found);
        break;
    case STORE_RESERVE_IDS:
        call->callback.reserve(call->context, call->status, call->first_id,
                               is_ok ? ID_BLOCK_COUNT : 0);
        break;
    case STORE_RELEASE:
        break;
    }
}

static enum status create(void *link, const struct order *order, const struct trace *trace,
                          uint64_t deadline_ms, void *context, store_create_cb *callback)
{
    (void)trace;
    enum status refusal;
    struct sim_store_call *call =
        sim_store_call_begin(link, STORE_CREATE, order->id, deadline_ms, context, &refusal);
    if (call == NULL)
        return refusal;
    call->order = *order;
    sim_rows_keep_texts(&call->store->rows, &call->order);
    call->callback.create = callback;
    sim_store_call_send(call);
    return STATUS_OK;
}

static enum status move(void *link, const struct store_move *wanted, void *context,
                        store_move_cb *callback)
{
    enum status refusal;
    struct sim_store_call *call =
        sim_store_call_begin(link, STORE_MOVE, wanted->id, wanted->deadline_ms, context, &refusal);
    if (call == NULL)
        return refusal;
    call->move = *wanted;
    call->epoch = wanted->epoch;
    call->callback.move = callback;
    sim_store_call_send(call);
    return STATUS_OK;
}

static enum status claim_cancel(void *link, int64_t id, const struct trace *trace,
                                uint64_t deadline_ms, void *context, store_claim_cb *callback)
{
    (void)trace;
    enum status refusal;
    struct sim_store_call *call =
        sim_store_call_begin(link, STORE_CLAIM_CANCEL, id, deadline_ms, context, &refusal);
    if (call == NULL)
        return refusal;
    call->callback.claim = callback;
    sim_store_call_send(call);
    return STATUS_OK;
}

static enum status sweep(void *link, int32_t count, uint64_t deadline_ms, void *context,
                         store_sweep_cb *callback)
{
    enum status refusal;
    struct sim_store_call *call =
        sim_store_call_begin(link, STORE_SWEEP, 0, deadline_ms, context, &refusal);
    if (call == NULL)
        return refusal;
    call->count = (size_t)count;
    call->callback.sweep = callback;
    sim_store_call_send(call);
    return STATUS_OK;
}

/* Nobody is told of the outcome. */
static void release(void *link, int64_t id, int32_t epoch, int32_t delay_ms)
{
    enum { RELEASE_TIMEOUT_MS = 2000 };
    enum status refusal;
    struct sim_store_link *store_link = link;
    uint64_t deadline_ms = clock_now_ms(&store_link->host->clock.clock) + RELEASE_TIMEOUT_MS;
    struct sim_store_call *call =
        sim_store_call_begin(link, STORE_RELEASE, id, deadline_ms, NULL, &refusal);
    if (call == NULL)
        return;
    call->epoch = epoch;
    call->delay_ms = delay_ms;
    list_remove(&call->node);
    call->is_abandoned = true;
    sim_store_call_send(call);
}

static enum status read_order(void *link, int64_t id, uint64_t deadline_ms, void *context,
                              store_read_cb *callback)
{
    enum status refusal;
    struct sim_store_call *call =
        sim_store_call_begin(link, STORE_READ, id, deadline_ms, context, &refusal);
    if (call == NULL)
        return refusal;
    call->callback.read = callback;
    sim_store_call_send(call);
    return STATUS_OK;
}

static enum status read_by_key(void *link, const struct order *order, uint64_t deadline_ms,
                               void *context, store_read_cb *callback)
{
    enum status refusal;
    struct sim_store_call *call =
        sim_store_call_begin(link, STORE_READ_BY_KEY, order->id, deadline_ms, context, &refusal);
    if (call == NULL)
        return refusal;
    call->order = *order;
    sim_rows_keep_texts(&call->store->rows, &call->order);
    call->callback.read = callback;
    sim_store_call_send(call);
    return STATUS_OK;
}

static enum status reserve_ids(void *link, uint64_t deadline_ms, void *context,
                               store_reserve_cb *callback)
{
    enum status refusal;
    struct sim_store_call *call =
        sim_store_call_begin(link, STORE_RESERVE_IDS, 0, deadline_ms, context, &refusal);
    if (call == NULL)
        return refusal;
    call->callback.reserve = callback;
    sim_store_call_send(call);
    return STATUS_OK;
}

struct order_store sim_store_port(struct sim_store_link *link)
{
    static const struct order_store_operations operations = {
        .create = create,
        .move = move,
        .claim_cancel = claim_cancel,
        .sweep = sweep,
        .release = release,
        .read = read_order,
        .read_by_key = read_by_key,
        .reserve_ids = reserve_ids,
    };
    return (struct order_store){.operations = &operations, .store = link};
}
