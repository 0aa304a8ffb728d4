/* checker - what must hold in every world, at each commit, at each answer, and at the end.
 *
 * Place   sim_rows, sim_register, clients, world -> [checker]; it reads all three and changes
 *         nothing.
 * Errors  What does not hold is told by sim_fail().
 *
 * The invariants are those of docs/saga.md, "What always holds", and of its register. */
#pragma once

#include "simulation/checker_keys.h"
#include "simulation/sim_register.h"
#include "simulation/sim_rows.h"

struct client;
struct clients;

struct checker {
    struct sim *sim;
    const struct sim_rows *rows;
    const struct sim_register *reg;
    const struct clients *clients;
    struct checker_key keys[SIM_KEY_COUNT_MAX + 1]; /* by number, from 1 */
};

/* A row has just been inserted. */
void checker_on_created(struct checker *checker, const struct sim_row *row);

/* A row has just got its status; `from` is the one before. */
void checker_on_moved(struct checker *checker, const struct sim_row *row, enum order_status from);

/* Recovery has just claimed it. */
void checker_on_claimed(struct checker *checker, const struct sim_row *row);

/* The payment's row of this order has just been written. */
void checker_on_recorded(struct checker *checker, int64_t order_id, enum recorded before,
                         const struct register_row *paid);

/* A client has just been told something. */
void checker_on_answer(struct checker *checker, const struct client *client);

/* All is at rest but for the parked orders, and the operator has not come yet. */
void checker_at_rest(struct checker *checker);

/* Nothing is under way any more. */
void checker_at_end(struct checker *checker);
