#include "payment/rules.h"

#include <assert.h>

static enum payment_verdict verdict_of_status(enum payment_status status)
{
    static const enum payment_verdict verdicts[PAYMENT_STATUS_COUNT] = {
        [PAYMENT_PAID] = VERDICT_PAID,
        [PAYMENT_FAILED] = VERDICT_FAILED,
        [PAYMENT_VOIDED] = VERDICT_VOIDED,
        [PAYMENT_REFUNDED] = VERDICT_REFUNDED,
    };
    assert((unsigned)status < PAYMENT_STATUS_COUNT);
    return verdicts[status];
}

static bool has_same_uid(const struct payment *a, const struct payment *b)
{
    if (a->has_uid != b->has_uid)
        return false;
    return !a->has_uid || uuid_equals(&a->uid, &b->uid);
}

/* A tombstone that an operator left without a uid holds for whoever comes. */
static bool is_open_tombstone(const struct payment *row)
{
    return row->status == PAYMENT_VOIDED && !row->has_uid;
}

static bool may_touch(const struct payment *wanted, const struct payment *row)
{
    return !wanted->has_uid || is_open_tombstone(row) || has_same_uid(wanted, row);
}

enum payment_verdict payment_judge_charge(const struct payment *wanted, const struct payment *row)
{
    assert(wanted->order_id == row->order_id && wanted->has_amount);
    if (is_open_tombstone(row))
        return VERDICT_VOIDED;
    if (!has_same_uid(wanted, row))
        return VERDICT_MISMATCH;
    if (row->status != PAYMENT_VOIDED && row->amount != wanted->amount)
        return VERDICT_MISMATCH;
    return verdict_of_status(row->status);
}

enum payment_verdict payment_judge_void(const struct payment *wanted, const struct payment *row)
{
    assert(wanted->order_id == row->order_id);
    return may_touch(wanted, row) ? verdict_of_status(row->status) : VERDICT_MISMATCH;
}

enum refund_verdict payment_judge_refund(const struct payment *wanted, const struct payment *row)
{
    if (row == NULL)
        return REFUND_NOTHING;
    assert(wanted->order_id == row->order_id);
    if (!may_touch(wanted, row))
        return REFUND_MISMATCH;
    if (row->status == PAYMENT_REFUNDED)
        return REFUND_DONE;
    return row->status == PAYMENT_PAID ? REFUND_TOO_SOON : REFUND_NOTHING;
}
