/* checker_keys - what must hold of Idempotency-Keys: one key, one order, one answer.
 *
 * Place   checker, clients -> [checker_keys], which keeps its account in struct checker.
 * Errors  What does not hold is told by sim_fail(). */
#pragma once

#include "simulation/sim_keys.h"
#include "simulation/sim_rows.h"

struct checker;
struct client;

/* What has become known of one key: the checker's own, as the twin's table may be wrong. */
struct checker_key {
    int64_t created_id; /* 0: no order was created with it */
    int64_t paid_id;
    int64_t told_id; /* the first order that a client was told of */
    bool was_told_completed;
    bool was_told_cancelled;
    uint64_t told_cancelled_ms; /* first */
};

/* An order with a key was inserted. */
void checker_keys_on_created(struct checker *checker, const struct sim_row *row);
/* It was paid. */
void checker_keys_on_paid(struct checker *checker, const struct sim_row *row);

/* A client with a key was told of an order by its own saga. */
void checker_keys_on_answer(struct checker *checker, const struct client *client);
/* A client was told what a replay found. */
void checker_keys_on_replay(struct checker *checker, const struct client *client);

void checker_keys_at_end(struct checker *checker);
