/* batch_private - what batch.c (who waits, and when they leave) and outcome.c (what became of those
 * who left) share. For nobody else. */
#pragma once

#include "db/batch.h"
#include "db/segment.h"
#include "db/suspects.h"

struct db_batch {
    struct loop *loop;
    struct db_pool *pool;
    const struct db_pool_settings *settings;
    struct db_metrics *metrics; /* the pool's */
    struct loop_hook hook;
    struct list_node waiting;   /* for a connection; those that were sent before stand in front */
    struct list_node newcomers; /* behind `waiting` */
    size_t newcomer_count;
    struct db_suspects suspects;
    bool suspects_are_next;   /* they have stood back for a segment of the others */
    size_t waiting_count;     /* all three */
    struct list_node overdue; /* gave up waiting; answered at the start of the next turn */
    struct timer sweep_timer; /* only makes a turn come, whose hook then sweeps */
    struct timer overdue_timer;
    uint64_t sweep_due_ms;
    uint64_t last_sequence;
    uint64_t timed_out_log_due_ms;
    bool is_cut_off;   /* the last connection went down since the last turn */
    bool is_answering; /* a callback is running */
    bool is_closing;
    struct db_columns columns;
    struct db_row_index index;
    struct db_segment *segments; /* what is under way on each connection */
};

/* Runs the callback; from here on the unit is the caller's. */
void db_batch_answer_unit(struct db_batch *batch, struct db_unit *unit, enum status status,
                          const struct db_rows *rows);

/* Puts the segment's units, in their order, back in front of all that wait; suspects behind the
 * other suspects. */
void db_batch_requeue(struct db_batch *batch, struct db_segment *segment);

/* outcome.c: the connection's segment is answered. */
void db_batch_take_answer(struct db_batch *batch, struct db_conn *conn,
                          const struct db_answer *answer);
