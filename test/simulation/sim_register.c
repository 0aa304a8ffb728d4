#include "simulation/sim_register.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "payment/rules.h"
#include "simulation/checker.h"

enum { REGISTER_CAPACITY_MIN = 1024 };

static const enum payment_status status_of[] = {
    [RECORDED_PAID] = PAYMENT_PAID,
    [RECORDED_FAILED] = PAYMENT_FAILED,
    [RECORDED_VOIDED] = PAYMENT_VOIDED,
    [RECORDED_REFUNDED] = PAYMENT_REFUNDED,
};

static enum recorded recorded_of(enum payment_verdict verdict)
{
    static const enum recorded recorded[VERDICT_COUNT] = {
        [VERDICT_PAID] = RECORDED_PAID,         [VERDICT_FAILED] = RECORDED_FAILED,
        [VERDICT_VOIDED] = RECORDED_VOIDED,     [VERDICT_REFUNDED] = RECORDED_REFUNDED,
        [VERDICT_MISMATCH] = RECORDED_MISMATCH,
    };
    return recorded[verdict];
}

const char *recorded_name(enum recorded recorded)
{
    static const char *const names[] = {
        [RECORDED_NOTHING] = "nothing",   [RECORDED_PAID] = "PAID",
        [RECORDED_FAILED] = "FAILED",     [RECORDED_VOIDED] = "VOIDED",
        [RECORDED_REFUNDED] = "REFUNDED", [RECORDED_MISMATCH] = "MISMATCH",
    };
    return names[recorded];
}

void register_init(struct sim_register *reg, struct sim *sim)
{
    *reg = (struct sim_register){.sim = sim};
}

void register_free(struct sim_register *reg)
{
    free(reg->rows);
}

struct register_row register_find(const struct sim_register *reg, int64_t order_id)
{
    if (order_id < 1 || order_id >= reg->capacity)
        return (struct register_row){.recorded = RECORDED_NOTHING};
    return reg->rows[order_id];
}

static struct register_row *reserve(struct sim_register *reg, int64_t order_id)
{
    assert(order_id > 0);
    if (order_id < reg->capacity)
        return &reg->rows[order_id];
    int64_t capacity = reg->capacity == 0 ? REGISTER_CAPACITY_MIN : reg->capacity;
    while (capacity <= order_id)
        capacity *= 2;
    struct register_row *grown = realloc(reg->rows, (size_t)capacity * sizeof grown[0]);
    if (grown == NULL)
        abort();
    memset(grown + reg->capacity, 0, (size_t)(capacity - reg->capacity) * sizeof grown[0]);
    reg->rows = grown;
    reg->capacity = capacity;
    return &reg->rows[order_id];
}

/* The only writer of a row. */
static void write_row(struct sim_register *reg, int64_t order_id, const struct register_row *row)
{
    struct register_row *place = reserve(reg, order_id);
    enum recorded before = place->recorded;
    *place = *row;
    checker_on_recorded(reg->sim->checker, order_id, before, row);
}

/* As the payment service's own record, for its rules. */
static struct payment payment_of(int64_t order_id, const struct register_row *row)
{
    return (struct payment){
        .order_id = order_id,
        .has_uid = true,
        .uid = row->uid,
        .has_amount = row->has_amount,
        .amount = row->amount,
        .status = status_of[row->recorded],
    };
}

/* INSERT … ON CONFLICT DO NOTHING. */
static void record(struct sim_register *reg, const struct register_request *request,
                   const struct register_row *row)
{
    bool is_free = register_find(reg, request->order_id).recorded == RECORDED_NOTHING;
    if (is_free || (reg->sim->bug == BUG_REWRITABLE && row->recorded == RECORDED_PAID))
        write_row(reg, request->order_id, row);
}

enum recorded register_charge(struct sim_register *reg, const struct register_request *request)
{
    const struct register_row row = {
        .recorded = request->amount == AMOUNT_DECLINED ? RECORDED_FAILED : RECORDED_PAID,
        .uid = request->uid,
        .has_amount = true,
        .amount = request->amount,
    };
    record(reg, request, &row);
    struct register_row there = register_find(reg, request->order_id);
    struct payment wanted = payment_of(request->order_id, &row);
    struct payment found = payment_of(request->order_id, &there);
    return recorded_of(payment_judge_charge(&wanted, &found));
}

enum recorded register_void(struct sim_register *reg, const struct register_request *request)
{
    const struct register_row row = {.recorded = RECORDED_VOIDED, .uid = request->uid};
    struct register_row there = register_find(reg, request->order_id);
    if (there.recorded == RECORDED_NOTHING && reg->sim->bug == BUG_NO_TOMBSTONE)
        return RECORDED_VOIDED;
    record(reg, request, &row);
    there = register_find(reg, request->order_id);
    struct payment wanted = payment_of(request->order_id, &row);
    struct payment found = payment_of(request->order_id, &there);
    return recorded_of(payment_judge_void(&wanted, &found));
}

enum recorded register_refund(struct sim_register *reg, const struct register_request *request)
{
    struct register_row there = register_find(reg, request->order_id);
    if (there.recorded == RECORDED_PAID && uuid_equals(&there.uid, &request->uid)) {
        there.recorded = RECORDED_REFUNDED;
        write_row(reg, request->order_id, &there);
    }
    if (there.recorded == RECORDED_NOTHING)
        return RECORDED_NOTHING;
    const struct register_row row = {.recorded = RECORDED_REFUNDED, .uid = request->uid};
    struct payment wanted = payment_of(request->order_id, &row);
    struct payment found = payment_of(request->order_id, &there);
    switch (payment_judge_refund(&wanted, &found)) {
    case REFUND_DONE:
        return RECORDED_REFUNDED;
    case REFUND_MISMATCH:
        return RECORDED_MISMATCH;
    case REFUND_NOTHING:
        return there.recorded;
    case REFUND_TOO_SOON:
        break;
    }
    return RECORDED_NOTHING;
}

void register_put_foreign(struct sim_register *reg, int64_t order_id, const struct uuid *uid,
                          enum recorded recorded, int32_t amount)
{
    struct register_row row = {
        .recorded = recorded, .uid = *uid, .has_amount = true, .amount = amount};
    *reserve(reg, order_id) = row;
}
