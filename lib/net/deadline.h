/* deadline - many equal time limits for the price of one timer.
 *
 * Place      above base/clock; used by conn, http/server, http/client.
 * Thread     the loop thread only.
 * Ownership  The caller owns queue and entries. A linked entry must not move or be freed.
 * Units      *_ms: milliseconds.
 *
 * All entries of a queue have the same delay, so the list is in the order of their ends and both
 * start and stop are O(1): no heap is touched per request. An entry ends up to DEADLINE_SLACK_MS
 * late, never early. (lwan's lwan-tq.c does the same; nginx's timers have such a slack.) */
#pragma once

#include "base/clock.h"
#include "base/list.h"

enum { DEADLINE_SLACK_MS = 250 };

struct deadline {
    struct list_node node;
    uint64_t end_ms;
};

/* The entry is stopped already when this runs, and may be started again or freed by it. */
typedef void deadline_cb(struct deadline *deadline);

struct deadline_queue {
    struct clock *clock;
    struct timer timer;
    struct list_node running;
    uint64_t delay_ms;
    deadline_cb *callback;
};

void deadline_queue_init(struct deadline_queue *queue, struct clock *clock, uint64_t delay_ms,
                         deadline_cb *callback);
/* Stops the timer; no entry's callback runs any more. */
void deadline_queue_stop(struct deadline_queue *queue);

static inline void deadline_init(struct deadline *deadline)
{
    list_init(&deadline->node);
}

static inline bool deadline_is_running(const struct deadline *deadline)
{
    return list_is_linked(&deadline->node);
}

/* Starts it, in this queue, or starts it anew. */
void deadline_start(struct deadline_queue *queue, struct deadline *deadline);

static inline void deadline_stop(struct deadline *deadline)
{
    list_remove(&deadline->node);
}
