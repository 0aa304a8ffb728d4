/* stories - answers GET /orders/{id}/events: all that has happened to one order.
 *
 * Place      handler -> [stories] -> history (port), history_codec, reply.
 * Thread     the loop thread only.
 * Ownership  Borrows everything given to stories_init().
 * Limits     STORY_COUNT_MAX answers under way. */
#pragma once

#include "base/clock.h"
#include "base/slab.h"
#include "order/history.h"
#include "order/reply.h"

enum { STORY_COUNT_MAX = 4096 };

struct stories {
    struct clock *clock;
    const struct history_port *history;
    struct replier *replier;
    struct slab slab;
    struct buffer scratch;
};

void stories_init(struct stories *stories, struct clock *clock, const struct history_port *history,
                  struct replier *replier);
/* No answer may be under way. */
void stories_free(struct stories *stories);

/* 200 with the story; 404 where there is no such order. */
void story_answer(struct stories *stories, http_exchange_id exchange, int64_t order_id);
