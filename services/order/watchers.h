/* watchers - the clients that watch events live: how many there are, and that they are still there.
 *
 * Place      feed, follow -> [watchers] -> http/stream.
 * Thread     the loop thread only.
 * Ownership  A watcher lives inside what feeds it. While it has a place, it must not move or be
 *            freed.
 * Limits     count_max places, those of clients included who wait for their stream to begin.
 *
 * A place is had from watchers_admit() until watcher_leave(), watcher_end() or on_gone. A stream
 * that has begun gets a comment every WATCHER_HEARTBEAT_MS, so that its client, and whatever stands
 * between, sees that it lives, and so that a client who has gone is noticed. */
#pragma once

#include "base/clock.h"
#include "base/list.h"
#include "http/stream.h"
#include "order/metrics.h"

enum { WATCHER_HEARTBEAT_MS = 15 * 1000 };

struct watchers {
    struct http_server *server; /* set before the first request */
    struct clock *clock;
    struct order_metrics *metrics;
    size_t count;
    size_t count_max;
    struct list_node open; /* whose stream has begun */
    struct timer heartbeat;
};

struct watcher;

/* The client of a stream has gone, and the place with it. Not from within a call for this watcher.
 */
typedef void watcher_gone_cb(struct watcher *watcher);

struct watcher {
    struct watchers *watchers;
    http_exchange_id exchange;
    struct list_node node;
    watcher_gone_cb *on_gone;
};

void watchers_init(struct watchers *watchers, struct clock *clock, size_t count_max,
                   struct order_metrics *metrics);
/* Nobody may have a place. */
void watchers_free(struct watchers *watchers);

/* Gives a place to the client of an exchange; on_gone may come once its stream has begun. False:
 * there is none left. */
bool watchers_admit(struct watchers *watchers, struct watcher *watcher, http_exchange_id exchange,
                    watcher_gone_cb *on_gone) STATUS_MUST_CHECK;

/* Without a stream: the exchange is answered otherwise, by the caller. */
void watcher_leave(struct watcher *watcher);

/* Begins the stream. False: there is nobody to watch, and the place is given back. */
bool watcher_begin(struct watcher *watcher) STATUS_MUST_CHECK;

static inline bool watcher_has_begun(const struct watcher *watcher)
{
    return list_is_linked(&watcher->node);
}

/* Whole blocks; nothing where there are none. A client that does not read them is dropped. */
void watcher_append(struct watcher *watcher, const struct buffer *blocks);

/* Ends the stream, and gives the place back. */
void watcher_end(struct watcher *watcher);
