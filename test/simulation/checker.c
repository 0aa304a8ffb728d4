#include "simulation/checker.h"

#include <inttypes.h>
#include <stdlib.h>

#include "simulation/clients.h"

static bool is_allowed_move(enum order_status from, enum order_status to)
{
    switch (from) {
    case ORDER_PENDING:
        return to != ORDER_PENDING;
    case ORDER_COMPLETED:
        return to == ORDER_CANCELLING;
    case ORDER_CANCELLING:
        return to == ORDER_CANCELLED;
    case ORDER_CANCELLED:
    case ORDER_STATUS_COUNT:
        break;
    }
    return false;
}

static bool is_of_order(const struct register_row *paid, const struct order *order)
{
    return uuid_equals(&paid->uid, &order->uid) &&
           (!paid->has_amount || paid->amount == order->price);
}

/* Whether the payment service holds money for this very order. */
static bool is_charged(const struct checker *checker, const struct order *order)
{
    struct register_row paid = register_find(checker->reg, order->id);
    return paid.recorded == RECORDED_PAID && is_of_order(&paid, order);
}

/* I3: it was declined, voided or refunded, or the number is another's, or nothing was ever sent. */
static bool may_be_cancelled(const struct checker *checker, const struct sim_row *row)
{
    struct register_row paid = register_find(checker->reg, row->order.id);
    if (paid.recorded == RECORDED_NOTHING)
        return row->is_never_sent;
    return paid.recorded != RECORDED_PAID || !is_of_order(&paid, &row->order);
}

static void check_row(struct checker *checker, const struct sim_row *row)
{
    const struct order *order = &row->order;
    if (order->status == ORDER_COMPLETED && !is_charged(checker, order))
        sim_fail(checker->sim, order->id, "I2: COMPLETED, but not PAID");
    if (order->status == ORDER_CANCELLED && !may_be_cancelled(checker, row))
        sim_fail(checker->sim, order->id, "I3: CANCELLED, but %s at the payment",
                 recorded_name(register_find(checker->reg, order->id).recorded));
}

void checker_on_created(struct checker *checker, const struct sim_row *row)
{
    if (row->key_number != 0)
        checker_keys_on_created(checker, row);
}

/* The count is the checker's own: the row's attempts may be wrong. */
void checker_on_claimed(struct checker *checker, const struct sim_row *row)
{
    if (row->claim_count > STORE_ATTEMPT_COUNT_MAX)
        sim_fail(checker->sim, row->order.id,
                 "a parked order was claimed, for the time no. %" PRId32, row->claim_count);
}

void checker_on_moved(struct checker *checker, const struct sim_row *row, enum order_status from)
{
    if (!is_allowed_move(from, row->order.status))
        sim_fail(checker->sim, row->order.id, "I4: moved from %s to %s", order_status_name(from),
                 order_status_name(row->order.status));
    check_row(checker, row);
}

void checker_on_recorded(struct checker *checker, int64_t order_id, enum recorded before,
                         const struct register_row *paid)
{
    const struct sim_row *row = sim_rows_find(checker->rows, order_id);
    bool is_refund = before == RECORDED_PAID && paid->recorded == RECORDED_REFUNDED;
    if (before != RECORDED_NOTHING && !is_refund)
        sim_fail(checker->sim, order_id, "I1: the payment's row went from %s to %s",
                 recorded_name(before), recorded_name(paid->recorded));
    if (row == NULL) {
        sim_fail(checker->sim, order_id, "I6: %s without a durable order",
                 recorded_name(paid->recorded));
        return;
    }
    if (!is_of_order(paid, &row->order))
        sim_fail(checker->sim, order_id, "I6: %s under another uid or amount",
                 recorded_name(paid->recorded));
    if (is_refund && row->order.status != ORDER_CANCELLING)
        sim_fail(checker->sim, order_id, "refunded, though nobody cancels");
    if (paid->recorded == RECORDED_PAID && row->key_number != 0)
        checker_keys_on_paid(checker, row);
    check_row(checker, row);
}

static void check_final_answer(struct checker *checker, const struct client *client,
                               const struct sim_row *row)
{
    bool is_true = client->status == ORDER_COMPLETED   ? row->was_completed
                   : client->status == ORDER_CANCELLED ? row->order.status == ORDER_CANCELLED
                                                       : false;
    if (!is_true)
        sim_fail(checker->sim, client->order_id, "a client was told %s, which is not durable",
                 order_status_name(client->status));
}

/* The order's deadline decides when the client is told, unless its host was frozen meanwhile. */
static void check_time(struct checker *checker, const struct client *client)
{
    const struct instance *instance = client->instance;
    uint64_t due_ms = client->sent_ms + instance->order_deadline_ms;
    if (!client->is_cancelling && client->sent_ms >= instance->calm_since_ms &&
        checker->sim->time.now_ms > due_ms)
        sim_fail(checker->sim, client->order_id, "a client was told after its deadline");
}

void checker_on_answer(struct checker *checker, const struct client *client)
{
    const struct sim_row *row = sim_rows_find(checker->rows, client->order_id);
    check_time(checker, client);
    if (client->answer == ANSWER_FINAL || client->answer == ANSWER_PENDING) {
        if (row == NULL)
            sim_fail(checker->sim, client->order_id, "a client was told of an order without a row");
        else if (client->answer == ANSWER_FINAL)
            check_final_answer(checker, client, row);
        if (client->key_number != 0)
            checker_keys_on_answer(checker, client);
    }
    bool was_there = row != NULL && row->created_ms < client->sent_ms;
    if (client->answer == ANSWER_NOT_FOUND && was_there)
        sim_fail(checker->sim, client->order_id, "a client was told that there is no order");
}

/* Told 503: nothing was charged, and never will be. Before the deadline it even means that there is
 * no order; after it one may turn up, and is taken back, by whoever has it then. */
static void check_unavailable(struct checker *checker, const struct client *client)
{
    const struct sim_row *row = sim_rows_find(checker->rows, client->order_id);
    if (client->is_cancelling || row == NULL)
        return;
    if (client->is_early)
        sim_fail(checker->sim, client->order_id, "told 503 early, but there is an order");
    if (row->was_completed)
        sim_fail(checker->sim, client->order_id, "told 503, but charged");
}

static void check_client(struct checker *checker, const struct client *client)
{
    const struct sim_row *row = sim_rows_find(checker->rows, client->order_id);
    if (client->fate == CLIENT_WAITS) {
        sim_fail(checker->sim, client->order_id, "a client was never answered");
        return;
    }
    if (client->fate == CLIENT_LOST)
        return;
    if (client->answer == ANSWER_UNAVAILABLE)
        check_unavailable(checker, client);
    if (client->answer != ANSWER_FINAL)
        return;
    bool was_cancelled = client->status == ORDER_CANCELLED;
    if (was_cancelled && (row->order.status != ORDER_CANCELLED || is_charged(checker, &row->order)))
        sim_fail(checker->sim, client->order_id, "told CANCELLED, but that did not last");
    if (client->is_cancelling && !was_cancelled)
        sim_fail(checker->sim, client->order_id, "a cancel ended as COMPLETED");
}

/* An id is given to one order only. */
static void check_ids(struct checker *checker)
{
    const struct clients *clients = checker->clients;
    bool *is_taken = calloc((size_t)checker->rows->next_id, sizeof is_taken[0]);
    if (is_taken == NULL)
        abort();
    for (size_t i = 0; i < clients->count; i++) {
        const struct client *client = &clients->clients[i];
        if (client->is_cancelling || client->fate != CLIENT_ANSWERED ||
            client->answer == ANSWER_KEY_TAKEN)
            continue;
        if (client->order_id <= 0 || client->order_id >= checker->rows->next_id)
            sim_fail(checker->sim, client->order_id, "an id that was never given out");
        else if (is_taken[client->order_id])
            sim_fail(checker->sim, client->order_id, "two clients were told the same order id");
        else
            is_taken[client->order_id] = true;
    }
    free(is_taken);
}

void checker_at_rest(struct checker *checker)
{
    for (int64_t id = 1; id < checker->rows->id_end; id++) {
        const struct sim_row *row = sim_rows_find(checker->rows, id);
        if (row == NULL || order_status_is_final(row->order.status))
            continue;
        check_row(checker, row);
        if (!sim_rows_is_parked(checker->rows, row))
            sim_fail(checker->sim, id, "I5: %s after the faults, epoch %" PRId32,
                     order_status_name(row->order.status), row->order.epoch);
        else if (row->claim_count < STORE_ATTEMPT_COUNT_MAX)
            sim_fail(checker->sim, id, "parked after %" PRId32 " claims since it was handed back",
                     row->claim_count);
    }
}

void checker_at_end(struct checker *checker)
{
    for (int64_t id = 1; id < checker->rows->id_end; id++) {
        const struct sim_row *row = sim_rows_find(checker->rows, id);
        if (row == NULL)
            continue;
        if (!order_status_is_final(row->order.status))
            sim_fail(checker->sim, id, "I5: %s after the faults, epoch %" PRId32,
                     order_status_name(row->order.status), row->order.epoch);
        check_row(checker, row);
    }
    for (size_t i = 0; i < checker->clients->count; i++)
        check_client(checker, &checker->clients->clients[i]);
    check_ids(checker);
    checker_keys_at_end(checker);
}
