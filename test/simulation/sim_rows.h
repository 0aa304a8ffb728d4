/* sim_rows - the order database's table in memory: what each statement does, at one instant.
 *
 * Place   sim_store -> [sim_rows] -> checker.  Knows nothing of calls, delays and outages.
 * Source  services/order/store_statements.c: each function stands for the statement of its name.
 *         One runs after the other, as if each were a serializable transaction of its own. */
#pragma once

#include "order/store.h"
#include "simulation/sim.h"
#include "simulation/sim_keys.h"

struct sim_row {
    bool exists;
    struct order order;
    uint64_t created_ms;
    int32_t claim_count;      /* for the checker: by recovery, since it was last handed back */
    int key_number;           /* 0: none */
    uint64_t next_attempt_ms; /* of the database's clock: the world's time */
    uint64_t moved_ms;        /* since when it has its status */
    bool was_completed;
    bool is_unwanted;   /* its customer has cancelled it */
    bool was_swept;     /* recovery has had it */
    bool is_never_sent; /* the reason of its last move */
};

struct sim_rows {
    struct sim *sim;
    struct sim_keys keys;
    struct sim_row *rows; /* by id; rows[0] stays empty */
    int64_t capacity;
    int64_t id_end;           /* no row has this id or a higher one */
    int64_t next_id;          /* of the sequence */
    int64_t unfinished_first; /* rows before it are final, and stay so but for a cancel */
    size_t unfinished_count;
};

void sim_rows_init(struct sim_rows *rows, struct sim *sim);
void sim_rows_free(struct sim_rows *rows);

/* NULL: there is none. Dead after the next insert. */
const struct sim_row *sim_rows_find(const struct sim_rows *rows, int64_t id);

/* NULL: no order has this key. */
const struct sim_row *sim_rows_find_by_key(const struct sim_rows *rows, int key_number);

/* Of an order that is on its way to the database: texts that outlast the caller's. */
void sim_rows_keep_texts(const struct sim_rows *rows, struct order *order);

/* Each returns whether a row was written. An order's texts must be lasting ones. */
bool sim_rows_create(struct sim_rows *rows, const struct order *order);
bool sim_rows_move(struct sim_rows *rows, const struct store_move *move);
bool sim_rows_claim_cancel(struct sim_rows *rows, int64_t id, struct order *claimed);
bool sim_rows_release(struct sim_rows *rows, int64_t id, int32_t epoch, int32_t delay_ms);

/* For the operator: only if the order is parked. */
bool sim_rows_resume(struct sim_rows *rows, int64_t id);

/* Whether it is unfinished, its last lease has ended, and recovery leaves it alone. */
bool sim_rows_is_parked(const struct sim_rows *rows, const struct sim_row *row);

/* The number of orders claimed. */
size_t sim_rows_sweep(struct sim_rows *rows, size_t count, struct order *claimed);

/* The first id of a block that is nobody else's. */
int64_t sim_rows_reserve_ids(struct sim_rows *rows, int64_t count);
