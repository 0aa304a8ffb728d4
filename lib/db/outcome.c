#include "db/batch_private.h"
#include "db/sqlstate.h"

enum { RETRY_COUNT_MAX = 3, TIMED_OUT_RETRY_COUNT_MAX = 1 };

static void refuse(struct db_batch *batch, struct db_segment *segment)
{
    size_t count = segment->count;
    segment->count = 0;
    for (size_t i = 0; i < count; i++)
        db_batch_answer_unit(batch, segment->units[i], STATUS_REFUSED, NULL);
}

static void halve(struct db_batch *batch, struct db_segment *segment)
{
    batch->last_group += 2;
    for (size_t i = 0; i < segment->count; i++)
        segment->units[i]->group = batch->last_group - (i < segment->count / 2 ? 1 : 0);
    db_batch_requeue(batch, segment);
}

/* The same units again, and no others with them. */
static void repeat(struct db_batch *batch, struct db_segment *segment, int retry_count_max)
{
    batch->last_group++;
    for (size_t i = 0; i < segment->count; i++)
        segment->units[i]->group = batch->last_group;
    if (segment->units[0]->retry_count >= retry_count_max) {
        refuse(batch, segment);
        return;
    }
    for (size_t i = 0; i < segment->count; i++)
        segment->units[i]->retry_count++;
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

static void log_refusal(const struct db_batch *batch, const struct db_segment *segment,
                        const struct db_answer *answer, const struct db_verdict *verdict)
{
    bool is_isolating = verdict->action == DB_HALVE || verdict->action == DB_TIMED_OUT;
    enum log_level level = LOG_WARN;
    if (is_isolating && segment->count > 1)
        level = LOG_DEBUG;
    else if (verdict->action == DB_REFUSE)
        level = LOG_ERROR;
    const char *statement = "the commit";
    if (answer->failed_place >= 0)
        statement = batch->settings->statements[answer->failed_place]->name;
    log_write(batch->loop->log, level, NULL,
              "database %s: %zu units rolled back: %s failed: %s (%s, %s)", batch->settings->name,
              segment->count, statement, answer->error->message, answer->error->sqlstate,
              verdict->meaning);
}

static void roll_back(struct db_batch *batch, struct db_conn *conn, struct db_segment *segment,
                      const struct db_answer *answer)
{
    struct db_verdict verdict = db_sqlstate_judge(answer->error->sqlstate);
    log_refusal(batch, segment, answer, &verdict);
    switch (verdict.action) {
    case DB_HALVE:
        if (segment->count > 1)
            halve(batch, segment);
        else
            refuse(batch, segment);
        break;
    case DB_TIMED_OUT:
        if (segment->count > 1)
            halve(batch, segment);
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
    if (answer->is_committed)
        commit(batch, segment, answer);
    else
        roll_back(batch, conn, segment, answer);
}
