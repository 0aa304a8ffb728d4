/* lists - answers GET /orders: one page of the orders, newest first.
 *
 * Place      handler -> [lists] -> store (port), reply, codec, service/page.
 * Thread     the loop thread only.
 * Ownership  Borrows everything given to lists_init().
 * Limits     LIST_COUNT_MAX pages under way: they share a connection with all other reads, which
 *            may wait for them. */
#pragma once

#include "base/clock.h"
#include "base/slab.h"
#include "order/reply.h"
#include "order/store.h"

enum { LIST_COUNT_MAX = 32 };

struct lists {
    struct clock *clock;
    const struct order_store *store;
    struct replier *replier;
    struct slab slab;
    struct buffer scratch;
};

void lists_init(struct lists *lists, struct clock *clock, const struct order_store *store,
                struct replier *replier);
/* No page may be under way. */
void lists_free(struct lists *lists);

/* 200 with the page that the query asks for; 422 with what is wrong with it. */
void list_answer(struct lists *lists, http_exchange_id exchange,
                 const struct http_request *request);
