/* rules - what a payment's row means to a caller. PURE.
 *
 * Place   handler -> [rules].  Knows no clock, no I/O, no memory.
 *
 * The row of an order is a write-once register (docs/saga.md): charge and void both try to write
 * it, both read what is there then, and these rules turn that row into the caller's answer. So
 * whatever the order, number and timing of calls, all callers are told of the same winner. */
#pragma once

#include "payment/payment.h"

enum payment_verdict {
    VERDICT_PAID,     /* charged, now or before */
    VERDICT_FAILED,   /* declined, for good */
    VERDICT_VOIDED,   /* will never be charged */
    VERDICT_REFUNDED, /* was charged, and the money went back */
    VERDICT_MISMATCH, /* the row is of another uid, or of another amount */
    VERDICT_COUNT
};

enum refund_verdict {
    REFUND_DONE,     /* the money went back, now or before */
    REFUND_NOTHING,  /* no payment, or one that holds no money */
    REFUND_TOO_SOON, /* it was recorded after the refund had looked for it: the caller may repeat */
    REFUND_MISMATCH, /* the row is of another uid, and was not touched */
};

/* `wanted` is what the caller asked to record (PAID for a charge), `row` is what is recorded. */
enum payment_verdict payment_judge_charge(const struct payment *wanted, const struct payment *row);

/* The same for a void; a caller without a uid (an operator) is told of any row. */
enum payment_verdict payment_judge_void(const struct payment *wanted, const struct payment *row);

/* `row` is what is recorded after the refund was tried, NULL for nothing. A caller without a uid
 * (an operator) refunds whatever is there. */
enum refund_verdict payment_judge_refund(const struct payment *wanted, const struct payment *row);
