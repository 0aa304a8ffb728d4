/* sim_store - twin of the port to the order database: statements that are late, lost or half-known.
 *
 * Place   driver, recovery, cancel, ids -> store (port) -> [sim_store] -> sim_rows.
 * Thread  as the port says: a callback exactly once, in a later turn, while the host lives.
 *
 * As in services/order/store_pg.c, a write that changed nothing is followed by a look at the row, a
 * statement of its own that may come to other results or fail. */
#pragma once

#include "base/slab.h"
#include "simulation/sim_host.h"
#include "simulation/sim_rows.h"

struct sim_store {
    struct sim *sim;
    struct sim_rows rows;
    struct slab calls;
    uint64_t down_until_ms; /* for all hosts */
};

/* One host's way to it. */
struct sim_store_link {
    struct sim_store *store;
    struct sim_host *host;
};

void sim_store_init(struct sim_store *store, struct sim *sim);
/* No call may be under way. */
void sim_store_free(struct sim_store *store);

struct order_store sim_store_port(struct sim_store_link *link);

/* Ends every call that the host waits for, as unknown; what was sent may still be done. */
void sim_store_end_calls(struct sim_host *host);
