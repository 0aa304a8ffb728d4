#include "db/batch.h"

#include <assert.h>
#include <stdlib.h>

#include "db/batch_private.h"

/* Why not two segments at once: each is a flush, and the second would wait behind the first one's.
 */
enum {
    SEGMENT_LATE_MS = 25,      /* from then on a segment keeps nobody waiting any more */
    SEGMENT_LARGE_COUNT = 256, /* so many units are worth a segment of their own */
    SWEEP_INTERVAL_MS = 25,
};

static struct db_segment *segment_of(struct db_batch *batch, const struct db_conn *conn)
{
    return &batch->segments[db_conn_number(conn) - 1];
}

void db_batch_answer_unit(struct db_batch *batch, struct db_unit *unit, enum status status,
                          const struct db_rows *rows)
{
    static const struct db_rows no_rows;
    db_suspects_release(&batch->suspects, unit);
    /* An earlier sending of a unit may have been committed, whatever became of the last. */
    if (status != STATUS_OK && unit->is_unanswered)
        status = STATUS_UNKNOWN;
    db_metrics_count_unit(batch->metrics, status);
    batch->is_answering = true;
    unit->callback(unit, status, rows != NULL ? rows : &no_rows);
    batch->is_answering = false;
}

void db_batch_requeue(struct db_batch *batch, struct db_segment *segment)
{
    struct list_node first;
    list_init(&first);
    for (size_t i = 0; i < segment->count; i++) {
        struct db_unit *unit = segment->units[i];
        list_append(unit->group != 0 ? &batch->suspects.waiting : &first, &unit->node);
    }
    list_move_all(&first, &batch->waiting);
    list_move_all(&batch->waiting, &first);
    batch->waiting_count += segment->count;
    segment->count = 0;
}

static void on_answer(void *owner, struct db_conn *conn, const struct db_answer *answer)
{
    struct db_batch *batch = owner;
    db_batch_take_answer(batch, conn, answer);
}

static void on_down(void *owner, struct db_conn *conn)
{
    struct db_batch *batch = owner;
    struct db_segment *segment = segment_of(batch, conn);
    if (segment->count != 0)
        db_metrics_count_segment(batch->metrics, DB_SEGMENT_LOST, segment->count, 0);
    for (size_t i = 0; i < segment->count; i++)
        segment->units[i]->is_unanswered = true;
    db_batch_requeue(batch, segment);
    if (!db_pool_is_ready(batch->pool))
        batch->is_cut_off = true;
}

static void take_off(struct db_batch *batch, struct db_unit *unit)
{
    list_remove(&unit->node);
    batch->newcomer_count -= unit->is_newcomer;
    unit->is_newcomer = false;
}

static void give_up(struct db_batch *batch, struct db_unit *unit)
{
    take_off(batch, unit);
    batch->waiting_count--;
    list_append(&batch->overdue, &unit->node);
}

/* Without a connection nothing is worth waiting for but the outcome of what left before. */
static void give_up_unsent(struct db_batch *batch, struct list_node *list)
{
    LIST_EACH (node, list) {
        struct db_unit *unit = LIST_ELEMENT(node, struct db_unit, node);
        if (!unit->is_unanswered && unit->retry_count == 0)
            give_up(batch, unit);
    }
}

static void give_up_expired(struct db_batch *batch, struct list_node *list, uint64_t now_ms)
{
    LIST_EACH (node, list) {
        struct db_unit *unit = LIST_ELEMENT(node, struct db_unit, node);
        if (unit->deadline_ms < now_ms)
            give_up(batch, unit);
    }
}

/* Takes what may travel together, from the front. False: there is no room for more. */
static bool fill_from(struct db_batch *batch, struct db_segment *segment, struct list_node *list,
                      uint64_t now_ms)
{
    LIST_EACH (node, list) {
        struct db_unit *unit = LIST_ELEMENT(node, struct db_unit, node);
        if (unit->deadline_ms < now_ms) {
            give_up(batch, unit);
            continue;
        }
        if (unit->group == 0 && db_suspects_have_key(&batch->suspects, unit->key)) {
            take_off(batch, unit);
            db_suspects_join(&batch->suspects, unit);
            continue;
        }
        if (segment->count != 0 && unit->group != segment->units[0]->group)
            return false;
        if (!db_segment_add(segment, unit))
            return false;
        take_off(batch, unit);
        batch->waiting_count--;
    }
    return true;
}

static void fill_segment(struct db_batch *batch, struct db_segment *segment, bool takes_suspects,
                         uint64_t now_ms)
{
    segment->size = 0;
    if (takes_suspects)
        fill_from(batch, segment, &batch->suspects.waiting, now_ms);
    else if (fill_from(batch, segment, &batch->waiting, now_ms))
        fill_from(batch, segment, &batch->newcomers, now_ms);
}

static bool has_suspects_under_way(const struct db_batch *batch)
{
    for (int i = 0; i < batch->settings->connection_count; i++) {
        const struct db_segment *segment = &batch->segments[i];
        if (segment->count != 0 && segment->units[0]->group != 0)
            return true;
    }
    return false;
}

static bool has_usual(const struct db_batch *batch)
{
    return !list_is_empty(&batch->waiting) || !list_is_empty(&batch->newcomers);
}

/* Suspects never take more than one connection, nor more than every other segment: so what they
 * wait for keeps the others waiting little, even where there is one connection. */
static bool is_suspects_turn(const struct db_batch *batch)
{
    if (list_is_empty(&batch->suspects.waiting) || has_suspects_under_way(batch))
        return false;
    return batch->suspects_are_next || !has_usual(batch);
}

static bool is_segment_due(const struct db_batch *batch, uint64_t now_ms)
{
    if (batch->waiting_count >= SEGMENT_LARGE_COUNT)
        return true;
    for (int i = 0; i < batch->settings->connection_count; i++) {
        const struct db_segment *segment = &batch->segments[i];
        bool is_usual = segment->count != 0 && segment->units[0]->group == 0;
        if (is_usual && now_ms < segment->sent_ms + SEGMENT_LATE_MS)
            return false;
    }
    return true;
}

/* When a send fails, on_down has taken the segment back already. */
static void send_segment(struct db_batch *batch, struct db_conn *conn, struct db_segment *segment)
{
    db_segment_sort(segment);
    for (size_t first = 0; first < segment->count;) {
        size_t end = db_segment_run_end(segment, first);
        if (!db_segment_encode(segment, first, end, &batch->columns))
            abort();
        if (!db_conn_send_statement(conn, segment->units[first]->place, batch->columns.values,
                                    batch->columns.sizes))
            return;
        first = end;
    }
    db_conn_send_sync(conn);
}

static void send_waiting(struct db_batch *batch, uint64_t now_ms)
{
    for (;;) {
        bool takes_suspects = is_suspects_turn(batch);
        struct db_conn *conn = db_pool_find_free(batch->pool);
        if (conn == NULL ||
            (!takes_suspects && !(has_usual(batch) && is_segment_due(batch, now_ms))))
            return;
        struct db_segment *segment = segment_of(batch, conn);
        fill_segment(batch, segment, takes_suspects, now_ms);
        if (segment->count == 0)
            continue;
        batch->suspects_are_next = !takes_suspects;
        segment->sent_ms = now_ms;
        segment->sent_ns = uv_hrtime();
        send_segment(batch, conn, segment);
    }
}

/* All that ends a wait is decided here and told in the next turn, so that no callback can come in
 * the turn of its submit. */
static void on_turn_end(void *context)
{
    struct db_batch *batch = context;
    struct clock *clock = &batch->loop->clock;
    uint64_t now_ms = clock_now_ms(clock);
    send_waiting(batch, now_ms);
    if (batch->is_cut_off) {
        give_up_unsent(batch, &batch->waiting);
        give_up_unsent(batch, &batch->newcomers);
        give_up_unsent(batch, &batch->suspects.waiting);
    }
    batch->is_cut_off = false;
    metrics_set(&batch->metrics->waiting_units, batch->waiting_count);
    if (now_ms >= batch->sweep_due_ms) {
        give_up_expired(batch, &batch->waiting, now_ms);
        give_up_expired(batch, &batch->newcomers, now_ms);
        give_up_expired(batch, &batch->suspects.waiting, now_ms);
        batch->sweep_due_ms = now_ms + SWEEP_INTERVAL_MS;
    }
    if (batch->waiting_count != 0 && !timer_is_active(&batch->sweep_timer))
        timer_start(clock, &batch->sweep_timer, SWEEP_INTERVAL_MS);
    if (!list_is_empty(&batch->overdue) && !timer_is_active(&batch->overdue_timer))
        timer_start(clock, &batch->overdue_timer, 0);
}

static void on_sweep_timer(struct timer *timer, void *context)
{
    (void)timer;
    (void)context;
}

static void answer_all(struct db_batch *batch, struct list_node *list)
{
    for (struct list_node *node = list_take_first(list); node != NULL; node = list_take_first(list))
        db_batch_answer_unit(batch, LIST_ELEMENT(node, struct db_unit, node), STATUS_UNAVAILABLE,
                             NULL);
}

static void on_overdue_timer(struct timer *timer, void *context)
{
    struct db_batch *batch = context;
    (void)timer;
    answer_all(batch, &batch->overdue);
}

static const struct db_pool_events pool_events = {.on_answer = on_answer, .on_down = on_down};

struct db_batch *db_batch_open(struct loop *loop, struct db_pool *pool)
{
    const struct db_pool_settings *settings = db_pool_get_settings(pool);
    struct db_batch *batch = calloc(1, sizeof *batch);
    if (batch == NULL)
        return NULL;
    batch->loop = loop;
    batch->pool = pool;
    batch->settings = settings;
    batch->metrics = db_pool_metrics(pool);
    batch->segments = calloc((size_t)settings->connection_count, sizeof(struct db_segment));
    if (batch->segments == NULL) {
        free(batch);
        return NULL;
    }
    list_init(&batch->waiting);
    list_init(&batch->newcomers);
    db_suspects_init(&batch->suspects);
    list_init(&batch->overdue);
    timer_init(&batch->sweep_timer, on_sweep_timer, batch);
    timer_init(&batch->overdue_timer, on_overdue_timer, batch);
    db_columns_init(&batch->columns);
    db_row_index_init(&batch->index);
    loop_add_hook(loop, LOOP_PHASE_DATABASE, &batch->hook, on_turn_end, batch);
    db_pool_listen(pool, &pool_events, batch);
    return batch;
}

void db_batch_close(struct db_batch *batch)
{
    assert(!batch->is_answering);
    batch->is_closing = true;
    db_pool_listen(batch->pool, NULL, NULL);
    loop_remove_hook(&batch->hook);
    timer_stop(&batch->loop->clock, &batch->sweep_timer);
    timer_stop(&batch->loop->clock, &batch->overdue_timer);
    answer_all(batch, &batch->overdue);
    answer_all(batch, &batch->waiting);
    answer_all(batch, &batch->newcomers);
    answer_all(batch, &batch->suspects.waiting);
    for (int i = 0; i < batch->settings->connection_count; i++) {
        struct db_segment *segment = &batch->segments[i];
        for (size_t unit = 0; unit < segment->count; unit++)
            db_batch_answer_unit(batch, segment->units[unit], STATUS_UNKNOWN, NULL);
    }
    db_columns_free(&batch->columns);
    db_row_index_free(&batch->index);
    free(batch->segments);
    free(batch);
}

/* Its statement must be one of the pool's. */
static int find_place(const struct db_batch *batch, const struct db_statement *statement)
{
    size_t place = 0;
    while (batch->settings->statements[place] != statement) {
        place++;
        assert(place < batch->settings->statement_count);
    }
    return (int)place;
}

enum status db_batch_submit(struct db_batch *batch, struct db_unit *unit)
{
    assert(db_unit_size(unit) <= DB_UNIT_SIZE_MAX);
    if (batch->is_closing || !db_pool_is_ready(batch->pool)) {
        metrics_add(&batch->metrics->rejected_units[DB_REJECTION_UNAVAILABLE], 1);
        return STATUS_UNAVAILABLE;
    }
    if (batch->waiting_count >= DB_WAITING_COUNT_MAX ||
        (unit->stands_back && batch->newcomer_count >= DB_NEWCOMER_COUNT_MAX)) {
        metrics_add(&batch->metrics->rejected_units[DB_REJECTION_OVERLOADED], 1);
        return STATUS_OVERLOADED;
    }
    unit->place = find_place(batch, unit->statement);
    unit->sequence = ++batch->last_sequence;
    unit->group = 0;
    unit->retry_count = 0;
    unit->is_unanswered = false;
    unit->is_newcomer = unit->stands_back;
    list_init(&unit->node);
    list_append(unit->is_newcomer ? &batch->newcomers : &batch->waiting, &unit->node);
    batch->newcomer_count += unit->is_newcomer;
    batch->waiting_count++;
    return STATUS_OK;
}

size_t db_batch_waiting_count(const struct db_batch *batch)
{
    return batch->waiting_count;
}
