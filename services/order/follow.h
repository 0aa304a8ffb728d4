/* follow - shows the story of one order live: what is recorded, then each line as it is committed.
 *
 * Place      handler -> [follow] -> history (port), history_codec, watchers, reply.
 * Thread     the loop thread only.
 * Ownership  Borrows everything given to follow_init().
 * Limits     Those of watchers, whose places it shares with others.
 *
 * Every FOLLOW_INTERVAL_MS the orders that are watched are read, and only those: all in one
 * statement. The lines of an order are committed one after the other, each under the lock of its
 * row, so whoever has seen one has seen all before it. Nothing follows CANCELLED: such an order is
 * read no more. */
#pragma once

#include "base/slab.h"
#include "order/history.h"
#include "order/reply.h"
#include "order/watchers.h"

enum { FOLLOW_INTERVAL_MS = 100 };

struct follow {
    struct clock *clock;
    const struct history_port *history;
    struct watchers *watchers;
    struct replier *replier;
    struct slab slab;
    struct list_node followers;
    struct timer timer; /* active while somebody waits for a line */
    struct buffer blocks;
};

void follow_init(struct follow *follow, struct clock *clock, const struct history_port *history,
                 struct watchers *watchers, struct replier *replier);
/* After follow_stop(); no read may be under way. */
void follow_free(struct follow *follow);

/* Ends all streams; to whoever waits for one the service is stopping. No follow_answer() may come
 * any more. */
void follow_stop(struct follow *follow);

/* Answers with the stream of an order, from the step after `after_step` on; 404, or 503 where there
 * are too many watchers or there is no database. */
void follow_answer(struct follow *follow, http_exchange_id exchange, int64_t order_id,
                   int32_t after_step);
