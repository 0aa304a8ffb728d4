/* replay - answers a request whose Idempotency-Key has been used before.
 *
 * Place      handler -> [replay] -> store (port), reply.
 * Thread     the loop thread only.
 * Ownership  Borrows everything in the settings of replays_init().
 * Limits     REPLAY_COUNT_MAX look-ups under way. */
#pragma once

#include "base/clock.h"
#include "base/slab.h"
#include "order/reply.h"
#include "order/store.h"

enum { REPLAY_COUNT_MAX = 1024 };

struct replays {
    struct clock *clock;
    const struct order_store *store;
    struct replier *replier;
    struct slab slab;
};

void replays_init(struct replays *replays, struct clock *clock, const struct order_store *store,
                  struct replier *replier);
/* No look-up may be under way. */
void replays_free(struct replays *replays);

/* Looks up the order that has the key of `order` and answers: the same body, 200 or 400 as recorded
 * with Idempotent-Replayed, or 409 while it is running; another body, 422. Copies what it needs. */
void replay_answer(struct replays *replays, http_exchange_id exchange, const struct order *order);
