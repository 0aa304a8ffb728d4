/* metrics - what the payment service counts.
 *
 * Place   handler, handler_charge -> [metrics] -> base/metrics. */
#pragma once

#include "base/admission.h"
#include "base/metrics.h"
#include "payment/faults.h"

#define PAYMENT_OPERATION_MAP(X)                                                                   \
    X(CHARGE, "charge")                                                                            \
    X(VOID, "void")                                                                                \
    X(REFUND, "refund")

/* What the caller was told is recorded, or why not. */
#define PAYMENT_OUTCOME_MAP(X)                                                                     \
    X(PAID, "paid")                                                                                \
    X(FAILED, "failed")                                                                            \
    X(VOIDED, "voided")                                                                            \
    X(REFUNDED, "refunded")                                                                        \
    X(MISMATCH, "mismatch") /* another amount or uid is recorded under this order's number */      \
    X(NOTHING, "nothing")   /* nothing is recorded that could be refunded */                       \
    X(UNKNOWN, "unknown")   /* it may have been recorded, and may not */                           \
    X(REFUSED, "refused")   /* surely not recorded: no database, too much under way, too late */

enum payment_operation {
#define PAYMENT_OPERATION_ENUM(name, word) PAYMENT_OPERATION_##name,
    PAYMENT_OPERATION_MAP(PAYMENT_OPERATION_ENUM)
#undef PAYMENT_OPERATION_ENUM
        PAYMENT_OPERATION_COUNT
};

enum payment_outcome {
#define PAYMENT_OUTCOME_ENUM(name, word) PAYMENT_OUTCOME_##name,
    PAYMENT_OUTCOME_MAP(PAYMENT_OUTCOME_ENUM)
#undef PAYMENT_OUTCOME_ENUM
        PAYMENT_OUTCOME_COUNT
};

struct payment_metrics {
    uint64_t calls[PAYMENT_OPERATION_COUNT][PAYMENT_OUTCOME_COUNT];
    uint64_t faults[FAULT_ACTION_COUNT];
    struct admission_metrics admission;
};

extern const struct metrics_group payment_metrics_group;
