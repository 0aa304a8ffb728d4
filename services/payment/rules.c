#include "payment/rules.h"

#include <assert.h>

bool payment_is_faulty(int32_t amount)
{
    return amount == PAYMENT_FAULT_AMOUNT;
}

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
    if (!wanted->has_uid || is_open_tombstone(row))
        return verdict_of_status(row->status);
    return has_same_uid(wanted, row) ? verdict_of_status(row->status) : VERDICT_MISMATCH;
}
