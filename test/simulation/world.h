/* world - several order services, one order database, one payment service, and bad luck.
 *
 * Place   sim_main -> [world] -> everything else here.
 *
 * Everything is drawn from the seed: the same seed makes the same world and the same run. First the
 * faults and the clients, then a calm in which all must end well. */
#pragma once

#include "simulation/checker.h"
#include "simulation/clients.h"
#include "simulation/instance.h"

enum { WORLD_INSTANCE_COUNT_MAX = 3, WORLD_ORDER_COUNT = 200 };

struct world {
    struct sim sim;
    struct sim_store store;
    struct sim_payment payment;
    struct checker checker;
    struct clients clients;
    struct instance instances[WORLD_INSTANCE_COUNT_MAX];
    int instance_count;
    bool is_verbose;
    bool is_calm;
    bool is_over;
    uint64_t rest_since_ms;   /* all but parked orders have ended; 0: not yet */
    size_t parked_count;      /* of these, when the operator came */
    uint64_t trouble_pace_ms; /* between two troubles, on average */
    struct timer trouble;
    struct timer watch;
    uint64_t trouble_after_orders_ms;
    uint64_t calm_since_ms; /* before the calm: when it is to begin */
};

/* Borrows `story`, and clears it. */
void world_init(struct world *world, uint64_t seed, enum sim_bug bug, bool is_verbose,
                struct story *story);
void world_free(struct world *world);

/* Runs it to its end, or to its first failure: see world->sim.is_failed. */
void world_run(struct world *world);
