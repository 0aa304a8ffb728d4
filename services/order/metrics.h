/* metrics - what the order service counts of its sagas and of its calls to the payment service.
 *
 * Place   driver, cancel, recovery, breaker, payment_http, parked,
 *         watchers -> [metrics] -> base/metrics. */
#pragma once

#include "base/admission.h"
#include "base/metrics.h"
#include "order/order.h"
#include "order/payment.h"
#include "order/saga.h"

/* Every move of an order's status that there is, with the reason that its history gives. NONE: the
 * order is created. */
#define ORDER_EDGE_MAP(X)                                                                          \
    X(NONE, PENDING, created)                                                                      \
    X(PENDING, COMPLETED, paid)                                                                    \
    X(PENDING, CANCELLED, declined)                                                                \
    X(PENDING, CANCELLED, voided)                                                                  \
    X(PENDING, CANCELLED, refunded)                                                                \
    X(PENDING, CANCELLED, mismatch)                                                                \
    X(PENDING, CANCELLED, never_sent)                                                              \
    X(PENDING, CANCELLING, cancel_requested)                                                       \
    X(COMPLETED, CANCELLING, cancel_requested)                                                     \
    X(CANCELLING, CANCELLED, declined)                                                             \
    X(CANCELLING, CANCELLED, voided)                                                               \
    X(CANCELLING, CANCELLED, refunded)                                                             \
    X(CANCELLING, CANCELLED, mismatch)

enum order_edge {
#define ORDER_EDGE_ENUM(from, to, reason) ORDER_EDGE_##from##_##to##_##reason,
    ORDER_EDGE_MAP(ORDER_EDGE_ENUM)
#undef ORDER_EDGE_ENUM
        ORDER_EDGE_COUNT
};

enum { ORDER_NONE = ORDER_STATUS_COUNT };

/* How a worker's saga has ended; the words of saga.h's final states. */
#define SAGA_OUTCOME_MAP(X)                                                                        \
    X(COMPLETED, "completed")                                                                      \
    X(CANCELLED, "cancelled")                                                                      \
    X(ABANDONED, "abandoned")                                                                      \
    X(SUPERSEDED, "superseded")                                                                    \
    X(RELEASED, "handed_back")

enum saga_outcome {
#define SAGA_OUTCOME_ENUM(name, word) SAGA_OUTCOME_##name,
    SAGA_OUTCOME_MAP(SAGA_OUTCOME_ENUM)
#undef SAGA_OUTCOME_ENUM
        SAGA_OUTCOME_COUNT
};

enum order_write { ORDER_WRITE_CREATE, ORDER_WRITE_MOVE, ORDER_WRITE_COUNT };

struct order_metrics {
    uint64_t moves[ORDER_EDGE_COUNT];
    struct metrics_histogram saga_ns[SAGA_OUTCOME_COUNT];
    uint64_t sagas;
    uint64_t adopted_sagas;
    uint64_t saga_count_max;
    uint64_t recovered_orders;
    uint64_t last_claims;
    uint64_t parked_orders;
    uint64_t conflicts;
    uint64_t unknown_writes[ORDER_WRITE_COUNT];
    uint64_t payment_calls[PAYMENT_VERB_COUNT][PAYMENT_RESULT_COUNT];
    struct metrics_histogram payment_ns[PAYMENT_VERB_COUNT];
    uint64_t open_breakers;
    uint64_t breaker_openings;
    uint64_t breaker_refusals;
    struct admission_metrics admission;
    uint64_t watchers;
    uint64_t watcher_count_max;
};

extern const struct metrics_group order_metrics_group;

/* The move is durable. from: an order_status, or ORDER_NONE. `reason` as in the history. There must
 * be such an edge. */
void order_metrics_count_move(struct order_metrics *metrics, int from, enum order_status to,
                              const char *reason);

/* The worker lets go of a saga in this final state. */
void order_metrics_count_saga(struct order_metrics *metrics, enum saga_state state,
                              uint64_t duration_ms);

void order_metrics_count_payment(struct order_metrics *metrics, enum payment_verb verb,
                                 enum payment_result result, uint64_t duration_ns);
