/* sim_host - the machine under one order service, as the twins of its ports see it.
 *
 * Place   instance -> [sim_host] <- sim_store, sim_payment. */
#pragma once

#include "base/list.h"
#include "simulation/sim.h"

struct sim_host {
    struct sim *sim;
    int number; /* from 1 */
    struct sim_clock clock;
    bool is_closing;                 /* ports refuse; what ends now ends unknown */
    bool is_crash_due;               /* nothing is delivered any more */
    uint64_t frozen_until_ms;        /* nothing runs, but time goes on */
    uint64_t database_gone_until_ms; /* no route to the database */
    struct list_node store_calls;    /* waited for, by their nodes */
    struct list_node payment_calls;
};

/* Whether a completion may run now. If not, it is put off to the thaw, or the host is about to
 * crash and ends it itself. */
static inline bool sim_host_may_deliver(struct sim_host *host, struct timer *timer)
{
    struct sim *sim = host->sim;
    if (host->is_crash_due)
        return false;
    if (host->frozen_until_ms > sim->time.now_ms) {
        sim_start(sim, timer, host->frozen_until_ms - sim->time.now_ms);
        return false;
    }
    host->is_crash_due = sim_chance(sim, sim->faults.host_crash);
    return !host->is_crash_due;
}
