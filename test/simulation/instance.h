/* instance - one order service without its sockets: the real parts, wired as app.c wires them.
 *
 * Place   world, clients -> [instance] -> driver, cancel, recovery, breaker; twins of the ports.
 *
 * A crash drops all that is in memory: nobody is told anything, but what was sent goes on. */
#pragma once

#include "order/breaker.h"
#include "order/cancel.h"
#include "order/driver.h"
#include "order/recovery.h"
#include "order/replay.h"
#include "simulation/sim_payment.h"
#include "simulation/sim_store.h"

struct clients;

struct instance {
    struct sim_host host;
    bool is_up;
    uint64_t calm_since_ms; /* when it was last started or thawed */
    struct clients *clients;
    struct sim_store_link store_link;
    struct order_store store;
    struct sim_payment_link payment_link;
    struct payment_port payment_calls;
    struct breaker breaker;
    struct payment_port payment;
    struct order_metrics metrics;
    struct driver *driver;
    struct canceller canceller;
    struct recovery recovery;
    struct replays replays;
    struct replier replier; /* of the twin of order/reply.h, which finds the instance by it */
    uint64_t order_deadline_ms;
    uint64_t payment_timeout_ms;
    bool is_draining;
    struct timer turn; /* up and draining: to stop; down: to start */
};

void instance_init(struct instance *instance, int number, struct sim *sim, struct sim_store *store,
                   struct sim_payment *payment, struct clients *clients);

void instance_start(struct instance *instance);
/* Its memory is gone, at once; must not run inside of one of its callbacks. */
void instance_crash(struct instance *instance);
/* As by SIGTERM: refuses new orders, and stops after this time at the latest. */
void instance_drain(struct instance *instance, uint64_t duration_ms);
/* Whoever still waits is told. */
void instance_stop(struct instance *instance);
void instance_freeze(struct instance *instance, uint64_t duration_ms);

/* When it wants to run next, in the world's time; UINT64_MAX for never. */
uint64_t instance_next_ms(const struct instance *instance);
void instance_run_due(struct instance *instance);

bool instance_is_reachable(const struct instance *instance);
