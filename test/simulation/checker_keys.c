#include "simulation/checker_keys.h"

#include <inttypes.h>
#include <string.h>

#include "simulation/checker.h"
#include "simulation/clients.h"

/* The look-up's own time in order/replay.c, and the way of the last answer. */
enum { REPLAY_MS_MAX = 5000 + 10 };

static const char *text_of(const struct checker *checker, int key_number)
{
    return checker->rows->keys.keys[key_number].text;
}

void checker_keys_on_created(struct checker *checker, const struct sim_row *row)
{
    struct checker_key *key = &checker->keys[row->key_number];
    if (key->created_id != 0)
        sim_fail(checker->sim, row->order.id, "I7: a second order with %s, after %" PRId64,
                 text_of(checker, row->key_number), key->created_id);
    key->created_id = row->order.id;
}

void checker_keys_on_paid(struct checker *checker, const struct sim_row *row)
{
    struct checker_key *key = &checker->keys[row->key_number];
    if (key->paid_id != 0)
        sim_fail(checker->sim, row->order.id, "I7: paid a second time with %s, after %" PRId64,
                 text_of(checker, row->key_number), key->paid_id);
    key->paid_id = row->order.id;
}

static bool has_body(const struct sim_row *row, const struct client_body *body)
{
    return row->order.price == body->price && strcmp(row->order.item_name, body->item_name) == 0;
}

/* Answers cross on their way: only who asks after CANCELLED was told must not hear COMPLETED. */
static void check_same_outcome(struct checker *checker, const struct client *client,
                               const struct sim_row *row)
{
    struct checker_key *key = &checker->keys[client->key_number];
    if (client->status == ORDER_CANCELLED && key->was_told_completed && !row->is_unwanted)
        sim_fail(checker->sim, row->order.id, "I7: first told COMPLETED, then CANCELLED, for %s",
                 text_of(checker, client->key_number));
    if (client->status == ORDER_COMPLETED && key->was_told_cancelled &&
        client->sent_ms > key->told_cancelled_ms)
        sim_fail(checker->sim, row->order.id, "I7: first told CANCELLED, then COMPLETED, for %s",
                 text_of(checker, client->key_number));
    if (client->status == ORDER_COMPLETED)
        key->was_told_completed = true;
    if (client->status == ORDER_CANCELLED && !key->was_told_cancelled) {
        key->was_told_cancelled = true;
        key->told_cancelled_ms = checker->sim->time.now_ms;
    }
}

void checker_keys_on_answer(struct checker *checker, const struct client *client)
{
    struct checker_key *key = &checker->keys[client->key_number];
    const struct sim_row *row = sim_rows_find(checker->rows, client->order_id);
    if (row == NULL || row->key_number != client->key_number || !has_body(row, &client->body)) {
        sim_fail(checker->sim, client->order_id, "I7: told of an order of another key or body");
        return;
    }
    if (key->told_id != 0 && key->told_id != client->order_id)
        sim_fail(checker->sim, client->order_id,
                 "I7: told of a second order with %s, after %" PRId64,
                 text_of(checker, client->key_number), key->told_id);
    key->told_id = client->order_id;
    if (order_status_is_final(client->status))
        check_same_outcome(checker, client, row);
}

static void check_outcome(struct checker *checker, const struct client *client)
{
    const struct sim_row *row = sim_rows_find(checker->rows, client->order_id);
    bool is_true =
        row != NULL && (client->status == ORDER_COMPLETED ? row->was_completed
                                                          : row->order.status == ORDER_CANCELLED);
    if (!is_true)
        sim_fail(checker->sim, client->order_id, "a replay told %s, which is not durable",
                 order_status_name(client->status));
    /* A CANCELLED order stays what it is, and so does who wanted that. */
    bool is_cancelled = client->status == ORDER_CANCELLED;
    bool is_taken_back = client->replay == REPLAY_TAKEN_BACK;
    if (row != NULL && is_taken_back != (is_cancelled && row->is_unwanted))
        sim_fail(checker->sim, client->order_id, "a replay told a wrong reason for CANCELLED");
    checker_keys_on_answer(checker, client);
}

static void check_running(struct checker *checker, const struct client *client)
{
    const struct sim_row *row = sim_rows_find(checker->rows, client->order_id);
    if (row != NULL && order_status_is_final(row->order.status) && row->moved_ms < client->sent_ms)
        sim_fail(checker->sim, client->order_id, "told that it runs, but it was final before");
    checker_keys_on_answer(checker, client);
}

static void check_other_body(struct checker *checker, const struct client *client)
{
    int64_t id = checker->keys[client->key_number].created_id;
    const struct sim_row *row = sim_rows_find(checker->rows, id);
    if (row == NULL)
        sim_fail(checker->sim, 0, "told that %s is used, but there is no such order",
                 text_of(checker, client->key_number));
    else if (has_body(row, &client->body))
        sim_fail(checker->sim, id, "told that its body is another one");
}

/* As the answer of an order, and then the look-up's time. */
static void check_time(struct checker *checker, const struct client *client)
{
    const struct instance *instance = client->instance;
    uint64_t due_ms = client->sent_ms + instance->order_deadline_ms + REPLAY_MS_MAX;
    if (client->sent_ms >= instance->calm_since_ms && checker->sim->time.now_ms > due_ms)
        sim_fail(checker->sim, client->order_id, "a replay was told too late");
}

void checker_keys_on_replay(struct checker *checker, const struct client *client)
{
    check_time(checker, client);
    if (client->key_number == 0) {
        sim_fail(checker->sim, client->order_id, "a replay without a key");
        return;
    }
    switch (client->replay) {
    case REPLAY_OUTCOME:
    case REPLAY_TAKEN_BACK:
        check_outcome(checker, client);
        break;
    case REPLAY_RUNNING:
        check_running(checker, client);
        break;
    case REPLAY_OTHER_BODY:
        check_other_body(checker, client);
        break;
    case REPLAY_REFUSED:
        break;
    }
}

/* A key has its order, and that order has no other key. */
void checker_keys_at_end(struct checker *checker)
{
    for (int number = 1; number <= SIM_KEY_COUNT_MAX; number++) {
        int64_t id = checker->rows->keys.keys[number].order_id;
        const struct sim_row *row = sim_rows_find(checker->rows, id);
        bool has_order = row != NULL && row->key_number == number;
        if (id != 0 && !has_order)
            sim_fail(checker->sim, id, "I7: %s without its order", text_of(checker, number));
        if (id != checker->keys[number].created_id)
            sim_fail(checker->sim, id, "I7: %s has lost its order", text_of(checker, number));
    }
}
