/* ids - hands out order ids from blocks that were reserved beforehand.
 *
 * Place   driver -> [ids] -> store.
 * Limits  Two blocks: the current one and the next. While both are spent, ids_take() has none.
 *
 * An id is the process's own before the insert, so an insert whose outcome is unknown can be
 * repeated under the same id and never makes a second order. Unused ids are lost with the process:
 * gaps. */
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/prng.h"
#include "order/store.h"

struct id_block {
    int64_t next;
    int64_t count;
};

struct order_ids {
    struct clock *clock;
    struct log *log;
    struct prng *prng;
    const struct order_store *store;
    struct id_block current;
    struct id_block following;
    bool is_asking;
    bool is_stopped;
    unsigned failure_count;
    struct timer retry;
};

/* Asks for the first block at once; borrows everything given. */
void ids_start(struct order_ids *ids, struct clock *clock, struct log *log, struct prng *prng,
               const struct order_store *store);
void ids_stop(struct order_ids *ids);

/* A fresh id, or 0 where none is left. */
int64_t ids_take(struct order_ids *ids);

bool ids_is_ready(const struct order_ids *ids);
