/* recovery - finds unfinished orders that nobody cares for, and runs their sagas on.
 *
 * Place      app -> [recovery] -> driver, store (port), base/clock.
 * Thread     the loop thread only.
 * Ownership  Borrows everything given.
 * Limits     DRIVER_ADOPTED_COUNT_MAX recovered sagas at once, so that a backlog after a long
 *            outage does not fall upon the payment service all at once; oldest first.
 * Units      *_ms: milliseconds.
 *
 * Any number of instances may sweep one database: a claim skips rows that another one is claiming,
 * and commits a new epoch before any work. A lease that is too short costs work done twice,
 * and nothing else: the payment's register and the compare-and-set on the order decide.
 *
 * A suspect comes alone (store.h): the next sweep waits until no recovered order runs any more, or
 * for an interval. So an innocent one delays the others by its own time only. */
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/prng.h"
#include "order/driver.h"
#include "order/metrics.h"
#include "order/store.h"

enum { RECOVERY_INTERVAL_MS = 1000 };

struct recovery {
    struct clock *clock;
    struct log *log;
    struct prng *prng;
    const struct order_store *store;
    struct driver *driver;
    struct order_metrics *metrics;
    struct timer timer;
    uint64_t suspect_until_ms; /* while a suspect runs, nothing else is claimed until then */
    bool is_stopped;
};

/* Sweeps at once, and then about every RECOVERY_INTERVAL_MS. */
void recovery_start(struct recovery *recovery, struct clock *clock, struct log *log,
                    struct prng *prng, const struct order_store *store, struct driver *driver,
                    struct order_metrics *metrics);
void recovery_stop(struct recovery *recovery);
