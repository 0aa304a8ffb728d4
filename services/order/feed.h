/* feed - shows all that happens to the orders live, to everybody who watches.
 *
 * Place      handler -> [feed] -> history (port), history_codec, watchers, reply.
 * Thread     the loop thread only.
 * Ownership  Borrows everything given to feed_init().
 * Limits     Those of watchers, whose places it shares with others. One read is under way at a
 * time.
 *
 * While somebody watches, and only then, the feed is read every FEED_INTERVAL_MS, from its head on:
 * once for all who are that far, and written once. Where more lines have come than a page has, they
 * are counted instead, and told as one event. Who comes back with a position of his own is read for
 * alone, up to the head, in the same way; then he is one of the others. A position may be ahead of
 * our head, as another instance may have given it: its owner waits for the head to come by.
 *
 * A turn reads from the head, then for FEED_SERVED_COUNT_MAX of those behind it, so that these
 * don't keep the others waiting. Where it leaves something, the next one comes at once. */
#pragma once

#include "base/slab.h"
#include "order/history.h"
#include "order/reply.h"
#include "order/watchers.h"

enum { FEED_INTERVAL_MS = 100, FEED_RETRY_MS = 1000, FEED_SERVED_COUNT_MAX = 8 };

struct feed {
    struct clock *clock;
    const struct history_port *history;
    struct watchers *watchers;
    struct replier *replier;
    struct slab slab;
    struct list_node current;    /* have all in front of the head */
    struct list_node behind;     /* have a position of their own, or, not having begun, none yet */
    struct list_node round;      /* of those behind, who are yet to be served */
    struct feed_watcher *served; /* of these, whose read is under way; NULL where he has gone */
    int64_t head_tx;             /* 0: nobody watches */
    int64_t end_tx;              /* of the feed, as the last read of the head has told it */
    int64_t next_tx;             /* likewise */
    struct timer timer;          /* active between two turns */
    bool is_reading;
    int served_count; /* reads of this turn for those behind */
    bool is_hurried;  /* the turn has left something to do, or somebody has come since */
    bool is_stopped;
    struct buffer blocks;
};

void feed_init(struct feed *feed, struct clock *clock, const struct history_port *history,
               struct watchers *watchers, struct replier *replier);
/* After feed_stop(); no read may be under way. */
void feed_free(struct feed *feed);

/* Ends all streams; to whoever waits for one the service is stopping. No feed_answer() may come any
 * more. */
void feed_stop(struct feed *feed);

/* Answers with the stream of all orders, from now on, or from behind a position. 409: nobody here
 * can have given the position; 503: there are too many watchers, or there is no database. */
void feed_answer(struct feed *feed, http_exchange_id exchange,
                 const struct history_position *after);
