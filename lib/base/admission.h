/* admission - takes on new work only while what is under way will likely be done soon.
 *
 * Place      driver, payment handler -> [admission] -> base/clock. No I/O, no timers: the
 *            simulation links this very file.
 * Thread     the loop thread only.
 * Ownership  The caller owns admission and tickets; a ticket must not move while it is inside.
 * Units      *_ms: milliseconds.
 * Limits     ADMISSION_COUNT_MIN pieces of work are always taken, and never more than count_max.
 *
 * Source     J. Little, "A Proof for the Queuing Formula L = λW", 1961: what comes now will take as
 *            long as (work under way) / (work done per ms). New work is refused where that is more
 *            than delay_max_ms. So the bound is one of time, on fast disks and slow ones, wherever
 *            the queue is: in this process, at a database, or behind a call to somebody else.
 *
 * Three things keep the estimate honest:
 *   - How much can be done is seen only while enough is under way; else what is done tells how
 *     much was asked for. So the limit falls only after ADMISSION_WINDOW_MS in which at least
 *     ADMISSION_COUNT_MIN were under way all the time.
 *   - What has been inside for ADMISSION_LATE_FACTOR times delay_max_ms stands in no queue:
 *     something hangs. It is counted no more, so that a few that hang do not shut out the others.
 *   - Work comes out in lumps, one for each commit; the limit follows their mean. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/metrics.h"

enum {
    ADMISSION_WINDOW_MS = 100,
    ADMISSION_COUNT_MIN = 256, /* less than one batch takes: they wait for no others of them */
    ADMISSION_LATE_FACTOR = 4,
};

struct admission_metrics {
    uint64_t limit;
    uint64_t inside;
    uint64_t refusals;
};

struct admission_ticket {
    struct list_node node;
    uint64_t entered_ms;
};

struct admission {
    const struct clock *clock;
    uint64_t delay_max_ms;
    size_t count_max;
    size_t limit;            /* as many may be inside */
    struct list_node inside; /* tickets, oldest first; without the late ones */
    size_t inside_count;
    uint64_t window_start_ms;
    size_t window_done_count;
    size_t window_inside_min; /* the fewest that were inside since its start */
    struct admission_metrics *metrics;
};

/* Borrows clock and metrics. */
void admission_init(struct admission *admission, const struct clock *clock, uint64_t delay_max_ms,
                    size_t count_max, struct admission_metrics *metrics);
void admission_ticket_init(struct admission_ticket *ticket);

/* May one more enter? Cheap; a no is counted as a refusal. */
bool admission_admits(struct admission *admission);

/* The ticket must not be inside. */
void admission_enter(struct admission *admission, struct admission_ticket *ticket);
/* Harmless where it is not inside any more, or never was. */
void admission_leave(struct admission *admission, struct admission_ticket *ticket);
