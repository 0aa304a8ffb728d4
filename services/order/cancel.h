/* cancel - a customer takes an order back: PENDING is voided, COMPLETED is refunded.
 *
 * Place      handler -> [cancel] -> driver, store (port).
 * Thread     the loop thread only.
 * Ownership  Borrows everything given.
 * Errors     cancel_order() reports refusal; an accepted cancel is answered exactly once, in a
 * later turn, through the driver's answer callback: ANSWER_FINAL (CANCELLED), ANSWER_PENDING
 *            (CANCELLING), ANSWER_NOT_FOUND, or ANSWER_UNAVAILABLE (nothing is known; ask again).
 * Limits     CANCEL_COUNT_MAX cancels that wait for the database.
 *
 * The claim is a compare-and-set to CANCELLING under a new epoch, so that whoever runs the saga of
 * this order finds it overtaken. Repeating a cancel is harmless. */
#pragma once

#include "base/slab.h"
#include "order/driver.h"
#include "order/metrics.h"
#include "order/store.h"

enum { CANCEL_COUNT_MAX = 4096 };

struct canceller {
    struct clock *clock;
    const struct order_store *store;
    struct driver *driver;
    driver_answer_cb *answer;
    void *answer_context;
    struct order_metrics *metrics;
    struct slab cancels;
};

void canceller_init(struct canceller *canceller, struct clock *clock,
                    const struct order_store *store, struct driver *driver,
                    driver_answer_cb *answer, void *answer_context, struct order_metrics *metrics);
/* No cancel may be under way in the store. */
void canceller_free(struct canceller *canceller);

enum status canceller_cancel(struct canceller *canceller, int64_t id, const struct trace *trace,
                             const struct driver_client *client) STATUS_MUST_CHECK;
