/* parked - looks from time to time how many orders are parked, for the metrics.
 *
 * Place      app -> [parked] -> store (port), base/clock.
 * Thread     the loop thread only.
 * Ownership  Borrows everything given.
 * Limits     Counts STORE_PAGE_COUNT_MAX orders at most: what matters is whether there are any.
 * Units      *_ms: milliseconds.
 *
 * While the database does not answer, the number stays what it was. */
#pragma once

#include "base/clock.h"
#include "base/prng.h"
#include "order/metrics.h"
#include "order/store.h"

enum { PARKED_INTERVAL_MS = 10 * 1000 };

struct parked {
    struct clock *clock;
    struct prng *prng;
    const struct order_store *store;
    struct order_metrics *metrics;
    struct timer timer;
    bool is_stopped;
};

/* Looks as soon as there is a database, and then about every PARKED_INTERVAL_MS. */
void parked_start(struct parked *parked, struct clock *clock, struct prng *prng,
                  const struct order_store *store, struct order_metrics *metrics);
void parked_stop(struct parked *parked);
