/* breaker - a payment port in front of another one: when no answer comes any more, it stops asking.
 *
 * Place      driver -> payment (port) -> [breaker] -> payment (port).  Knows no HTTP.
 * Thread     the loop thread only.
 * Ownership  Borrows the inner port, clock, log and metrics.
 * Limits     BREAKER_CALL_COUNT_MAX calls under way.
 * Units      *_ms: milliseconds.
 *
 * Source     M. Nygard, "Release It!", chapter 5: Circuit Breaker.
 *
 * CLOSED: calls pass. After BREAKER_FAILURE_COUNT_MAX failures in a row (no answer at all) it is
 * OPEN: calls are refused with STATUS_UNAVAILABLE, surely not sent, so an order that never reached
 * the payment is cancelled at once instead of waiting. After BREAKER_OPEN_MS one call passes as a
 * probe; its answer closes the breaker, its failure keeps it open.
 * Calls that fail in the same millisecond count as one failure: they ended with one connection, and
 * only the call at its head need have failed. */
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/slab.h"
#include "order/metrics.h"
#include "order/payment.h"

enum { BREAKER_CALL_COUNT_MAX = 32768, BREAKER_FAILURE_COUNT_MAX = 16, BREAKER_OPEN_MS = 500 };

struct breaker {
    const struct payment_port *inner;
    struct clock *clock;
    struct log *log;
    struct order_metrics *metrics;
    struct slab calls;
    unsigned failure_count; /* in a row */
    uint64_t last_failure_ms;
    bool is_open;
    bool is_probing;
    uint64_t probe_after_ms; /* while open */
};

void breaker_init(struct breaker *breaker, const struct payment_port *inner, struct clock *clock,
                  struct log *log, struct order_metrics *metrics);
/* No call may be under way. */
void breaker_free(struct breaker *breaker);

struct payment_port breaker_port(struct breaker *breaker);
