#include "db/batch_private.h"
#include "db/sqlstate.h"

enum {
    RETRY_COUNT_MAX = 3,
    /* Mostly the deadline ends it before, as each try waits for the lock. */
    TIMED_OUT_RETRY_COUNT_MAX = 50,
    /* A segment that waits in vain takes some hundred times as long as one that passes, so that
     * few steps are worth many parts. */
    TIMED_OUT_PART_COUNT = 8,
    TIMED_OUT_LOG_INTERVAL_MS = 1000,
};

static void refuse(struct db_batch *batch, struct db_segment *segment)
{
    size_t count = segment->count;
    segment->count = 0;
    for (size_t i = 0; i < count; i++)
        db_batch_answer_unit(batch, segment->units[i], STATUS_REFUSED, NULL);
}

static void divide(struct db_batch *batch, struct db_segment *segment, size_t part_count,
                   bool keeps_keys)
{
    metrics_add(&batch->metrics->divided_segments, 1);
    size_t part_size = (segment->count + part_count - 1) / part_count;
    db_suspects_regroup(&batch->suspects, segment->units, segment->count, part_size, keeps_keys);
    db_batch_requeue(batch, segment);
}

/* The same units again, and no others with them. */
static void repeat(struct db_batch *batch, struct db_segment *segment, int retry_count_max)
{
    if (segment->units[0]->retry_count >= retry_count_max) {
        refuse(batch, segment);
        return;
    }
    metrics_add(&batch->metrics->repeated_segments, 1);
    for (size_t i = 0; i < segment->count; i++)
        segment->units[i]->retry_count++;
    db_suspects_regroup(&batch->suspects, segment->units, segment->count, segment->count, false);
    db_batch_requeue(batch, segment);
}

/* Refuses the units of the statement that failed, or all if it was the commit; the others go again.
 */
static void refuse_failed(struct db_batch *batch, struct db_segment *segment, int failed_place)
{
    struct db_segment *others = segment;
    struct db_unit *failed[DB_SEGMENT_UNIT_COUNT_MAX];
    size_t failed_count = 0;
    size_t other_count = 0;
    for (size_t i = 0; i < segment->count; i++) {
        struct db_unit *unit = segment->units[i];
        if (failed_place < 0 || unit->place == failed_place)
            failed[failed_count++] = unit;
        else
            others->units[other_count++] = unit;
    }
    others->count = other_count;
    db_batch_requeue(batch, others);
    for (size_t i = 0; i < failed_count; i++)
        db_batch_answer_unit(batch, failed[i], STATUS_REFUSED, NULL);
}

/* Whoever waits for the one waits for the others too. */
static bool has_one_key(const struct db_segment *segment)
{
    for (size_t i = 1; i < segment->count; i++) {
        if (segment->units[i]->key != segment->units[0]->key)
            return false;
    }
    return true;
}

static enum log_level log_level_of(struct db_batch *batch, const struct db_segment *segment,
                                   enum db_action action)
{
    if (action == DB_REFUSE)
        return LOG_ERROR;
    if (action == DB_HALVE && segment->count > 1)
        return LOG_DEBUG;
    if (action != DB_TIMED_OUT)
        return LOG_WARN;
    uint64_t now_ms = clock_now_ms(&batch->loop->clock);
    if (!has_one_key(segment) || now_ms < batch->timed_out_log_due_ms)
        return LOG_DEBUG;
    batch->timed_out_log_due_ms = now_ms + TIMED_OUT_LOG_INTERVAL_MS;
    return LOG_WARN;
}

static void log_refusal(struct db_batch *batch, const struct db_segment *segment,
                        const struct db_answer *answer, const struct db_verdict *verdict)
{
    enum log_level level = log_level_of(batch, segment, verdict->action);
    const char *statement = "the commit";
    if (answer->failed_place >= 0)
        statement = batch->settings->statements[answer->failed_place]->name;
    log_write(batch->loop->log, level, NULL,
              "database %s: %zu units rolled back: %s failed: %s (%s, %s)", batch->settings->name,
              segment->count, statement, answer->error->message, answer->error->sqlstate,
              verdict->meaning);
}

/* An error without SQLSTATE is libpq's own, such as no memory for a result. It tells nothing of
 * what the server did, which may well have committed. */
static void distrust(struct db_batch *batch, struct db_conn *conn, struct db_segment *segment)
{
    for (size_t i = 0; i < segment->count; i++)
        segment->units[i]->is_unanswered = true;
    db_conn_drop(conn, "libpq could not read the answer");
    repeat(batch, segment, RETRY_COUNT_MAX);
}

static void roll_back(struct db_batch *batch, struct db_conn *conn, struct db_segment *segment,
                      const struct db_answer *answer)
{
    struct db_verdict verdict = db_sqlstate_judge(answer->error->sqlstate);
    log_refusal(batch, segment, answer, &verdict);
    if (answer->error->sqlstate[0] == '\0') {
        distrust(batch, conn, segment);
        return;
    }
    switch (verdict.action) {
    case DB_HALVE:
        if (segment->count > 1)
            divide(batch, segment, 2, false);
        else
            refuse(batch, segment);
        break;
    case DB_TIMED_OUT:
        if (!has_one_key(segment))
            divide(batch, segment, TIMED_OUT_PART_COUNT, true);
        else
            repeat(batch, segment, TIMED_OUT_RETRY_COUNT_MAX);
        break;
    case DB_REPEAT:
        repeat(batch, segment, RETRY_COUNT_MAX);
        break;
    case DB_RECONNECT:
        db_conn_drop(conn, verdict.meaning);
        repeat(batch, segment, RETRY_COUNT_MAX);
        break;
    case DB_REFUSE:
        refuse_failed(batch, segment, answer->failed_place);
        break;
    }
}

static void commit(struct db_batch *batch, struct db_segment *segment,
                   const struct db_answer *answer)
{
    size_t count = segment->count;
    segment->count = 0;
    for (size_t first = 0; first < count;) {
        int place = segment->units[first]->place;
        db_row_index_build(&batch->index, answer->results[place]);
        for (; first < count && segment->units[first]->place == place; first++) {
            struct db_unit *unit = segment->units[first];
            struct db_rows rows = db_row_index_find(&batch->index, unit->key);
            db_batch_answer_unit(batch, unit, STATUS_OK, &rows);
        }
    }
}

void db_batch_take_answer(struct db_batch *batch, struct db_conn *conn,
                          const struct db_answer *answer)
{
    struct db_segment *segment = &batch->segments[db_conn_number(conn) - 1];
    db_metrics_count_segment(batch->metrics,
                             answer->is_committed ? DB_SEGMENT_COMMITTED : DB_SEGMENT_ROLLED_BACK,
                             segment->count, loop_turn_ns(batch->loop) - segment->sent_ns);
    if (answer->is_committed)
        commit(batch, segment, answer);
    else
        roll_back(batch, conn, segment, answer);
}
