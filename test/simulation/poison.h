/* poison - orders that crash whoever runs them, until the world is rid of them.
 *
 * Place   sim_payment, world -> [poison] -> sim_host.
 *
 * Which orders these are follows from the world's seed and the order's number alone, so a worker
 * that is started again meets the same end. */
#pragma once

#include "simulation/sim_host.h"

/* Where in an order's run the crash comes; each poisonous order has one of them. */
enum poison_moment {
    POISON_CALLING, /* as the payment is called */
    POISON_ANSWERED /* as its answer is read */
};

bool poison_is_in(const struct sim *sim, int64_t order_id);

/* Whether the host crashes now: it delivers nothing any more. */
bool poison_strikes(struct sim_host *host, int64_t order_id, enum poison_moment moment);
