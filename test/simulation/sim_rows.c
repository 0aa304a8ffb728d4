#include "simulation/sim_rows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "simulation/checker.h"

enum { ROW_CAPACITY_MIN = 1024 };

static const char *const item_names[] = {"book", "lamp"};

void sim_rows_init(struct sim_rows *rows, struct sim *sim)
{
    *rows = (struct sim_rows){.sim = sim, .id_end = 1, .next_id = 1, .unfinished_first = 1};
    sim_keys_init(&rows->keys);
}

void sim_rows_free(struct sim_rows *rows)
{
    free(rows->rows);
}

static void reserve(struct sim_rows *rows, int64_t id)
{
    if (id < rows->capacity)
        return;
    int64_t capacity = rows->capacity == 0 ? ROW_CAPACITY_MIN : rows->capacity;
    while (capacity <= id)
        capacity *= 2;
    struct sim_row *grown = realloc(rows->rows, (size_t)capacity * sizeof grown[0]);
    if (grown == NULL)
        abort();
    memset(grown + rows->capacity, 0, (size_t)(capacity - rows->capacity) * sizeof grown[0]);
    rows->rows = grown;
    rows->capacity = capacity;
}

static struct sim_row *find(const struct sim_rows *rows, int64_t id)
{
    if (id < 1 || id >= rows->id_end || !rows->rows[id].exists)
        return NULL;
    return &rows->rows[id];
}

const struct sim_row *sim_rows_find(const struct sim_rows *rows, int64_t id)
{
    return find(rows, id);
}

const struct sim_row *sim_rows_find_by_key(const struct sim_rows *rows, int key_number)
{
    return find(rows, rows->keys.keys[key_number].order_id);
}

void sim_rows_keep_texts(const struct sim_rows *rows, struct order *order)
{
    size_t i = memcmp(order->item_name, item_names[0], order->item_name_size) == 0 ? 0 : 1;
    assert(order->item_name_size == strlen(item_names[i]));
    assert(memcmp(order->item_name, item_names[i], order->item_name_size) == 0);
    order->item_name = item_names[i];
    order->key = rows->keys.keys[sim_keys_number(&rows->keys, order->key, order->key_size)].text;
}

/* The key and the row are one commit. */
static bool take_key(struct sim_rows *rows, const struct order *order, int key_number)
{
    return key_number == 0 || sim_keys_take(&rows->keys, key_number, order->id) ||
           rows->sim->bug == BUG_KEY_NOT_UNIQUE;
}

bool sim_rows_create(struct sim_rows *rows, const struct order *order)
{
    int key_number = sim_keys_number(&rows->keys, order->key, order->key_size);
    if (!take_key(rows, order, key_number) || find(rows, order->id) != NULL)
        return false;
    reserve(rows, order->id);
    struct sim_row *row = &rows->rows[order->id];
    *row = (struct sim_row){
        .exists = true,
        .order = *order,
        .key_number = key_number,
        .created_ms = rows->sim->time.now_ms,
        .moved_ms = rows->sim->time.now_ms,
        .next_attempt_ms = rows->sim->time.now_ms + STORE_LEASE_MS,
    };
    row->order.status = ORDER_PENDING;
    row->order.epoch = 0;
    row->order.attempts = 0;
    row->order.key = NULL; /* the orders' table has no such column */
    row->order.key_size = 0;
    rows->unfinished_count++;
    if (order->id >= rows->id_end)
        rows->id_end = order->id + 1;
    if (order->id < rows->unfinished_first)
        rows->unfinished_first = order->id;
    checker_on_created(rows->sim->checker, row);
    return true;
}

/* The only writer of a row's status. */
static void set_status(struct sim_rows *rows, struct sim_row *row, enum order_status status,
                       bool is_never_sent)
{
    enum order_status from = row->order.status;
    row->order.status = status;
    row->moved_ms = rows->sim->time.now_ms;
    row->is_never_sent = is_never_sent;
    if (status == ORDER_COMPLETED)
        row->was_completed = true;
    rows->unfinished_count += order_status_is_final(from) ? 1 : 0;
    rows->unfinished_count -= order_status_is_final(status) ? 1 : 0;
    if (!order_status_is_final(status) && row->order.id < rows->unfinished_first)
        rows->unfinished_first = row->order.id;
    checker_on_moved(rows->sim->checker, row, from);
}

bool sim_rows_move(struct sim_rows *rows, const struct store_move *move)
{
    struct sim_row *row = find(rows, move->id);
    if (row == NULL)
        return false;
    bool is_as_expected = row->order.epoch == move->epoch && row->order.status == move->from;
    if (!is_as_expected && rows->sim->bug != BUG_BLIND_MOVE)
        return false;
    set_status(rows, row, move->to,
               move->reason != NULL && strcmp(move->reason, "never_sent") == 0);
    return true;
}

static void claim(struct sim_rows *rows, struct sim_row *row)
{
    row->order.epoch++;
    row->next_attempt_ms = rows->sim->time.now_ms + STORE_LEASE_MS;
}

bool sim_rows_claim_cancel(struct sim_rows *rows, int64_t id, struct order *claimed)
{
    struct sim_row *row = find(rows, id);
    if (row == NULL || (row->order.status != ORDER_PENDING && row->order.status != ORDER_COMPLETED))
        return false;
    enum order_status claimed_from = row->order.status;
    claim(rows, row);
    row->order.attempts = 0;
    row->claim_count = 0;
    row->is_unwanted = true;
    set_status(rows, row, ORDER_CANCELLING, false);
    *claimed = row->order;
    claimed->claimed_from = claimed_from;
    return true;
}

bool sim_rows_release(struct sim_rows *rows, int64_t id, int32_t epoch, int32_t delay_ms)
{
    struct sim_row *row = find(rows, id);
    if (row == NULL || row->order.epoch != epoch || order_status_is_final(row->order.status))
        return false;
    if (rows->sim->bug != BUG_RELEASE_KEEPS_ATTEMPTS)
        row->order.attempts = 0;
    row->claim_count = 0;
    row->next_attempt_ms = rows->sim->time.now_ms + (uint64_t)delay_ms;
    return true;
}

bool sim_rows_is_parked(const struct sim_rows *rows, const struct sim_row *row)
{
    return row->exists && !order_status_is_final(row->order.status) &&
           row->order.attempts >= STORE_ATTEMPT_COUNT_MAX &&
           row->next_attempt_ms <= rows->sim->time.now_ms;
}

bool sim_rows_resume(struct sim_rows *rows, int64_t id)
{
    struct sim_row *row = find(rows, id);
    if (row == NULL || !sim_rows_is_parked(rows, row))
        return false;
    row->order.attempts = 0;
    row->claim_count = 0;
    row->next_attempt_ms = rows->sim->time.now_ms;
    return true;
}

static bool is_due(const struct sim_rows *rows, const struct sim_row *row)
{
    return row->exists && !order_status_is_final(row->order.status) &&
           row->next_attempt_ms <= rows->sim->time.now_ms &&
           row->order.attempts < STORE_ATTEMPT_COUNT_MAX;
}

static void skip_final(struct sim_rows *rows)
{
    while (rows->unfinished_first < rows->id_end &&
           (!rows->rows[rows->unfinished_first].exists ||
            order_status_is_final(rows->rows[rows->unfinished_first].order.status)))
        rows->unfinished_first++;
}

/* Oldest first would need an order by time; any `count` of those that are due is as good here.
 * Where one of them is a suspect, it is tried alone. */
static size_t pick_due(struct sim_rows *rows, struct sim_row **picked, size_t count)
{
    struct sim *sim = rows->sim;
    size_t picked_count = 0;
    skip_final(rows);
    for (int64_t id = rows->unfinished_first; id < rows->id_end && picked_count < count; id++) {
        struct sim_row *row = &rows->rows[id];
        if (!is_due(rows, row) || sim_chance(sim, sim->faults.database_row_locked))
            continue;
        if (row->order.attempts >= STORE_SUSPECT_ATTEMPT_COUNT) {
            picked[0] = row;
            return 1;
        }
        picked[picked_count++] = row;
    }
    return picked_count;
}

size_t sim_rows_sweep(struct sim_rows *rows, size_t count, struct order *claimed)
{
    struct sim_row *picked[STORE_SWEEP_COUNT_MAX];
    size_t picked_count = pick_due(rows, picked, count);
    for (size_t i = 0; i < picked_count; i++) {
        struct sim_row *row = picked[i];
        claim(rows, row);
        if (rows->sim->bug != BUG_ATTEMPTS_NOT_COUNTED)
            row->order.attempts++;
        row->claim_count++;
        row->was_swept = true;
        checker_on_claimed(rows->sim->checker, row);
        claimed[i] = row->order;
    }
    return picked_count;
}

int64_t sim_rows_reserve_ids(struct sim_rows *rows, int64_t count)
{
    int64_t first_id = rows->next_id;
    rows->next_id += count;
    return first_id;
}
