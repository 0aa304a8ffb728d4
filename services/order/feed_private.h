/* feed_private - the feed's inside: what feed.c (its head, and who is there) and feed_behind.c (who
 * is not there yet) share. For nobody else. */
#pragma once

#include "order/feed.h"

struct feed_watcher {
    struct watcher watcher;
    struct feed *feed;
    struct list_node node; /* in one of the feed's lists */
    bool has_position;
    struct history_position position; /* of those behind */
};

static inline struct feed_watcher *feed_watcher_at(struct list_node *node)
{
    return LIST_ELEMENT(node, struct feed_watcher, node);
}

/* Behind all lines of lower transactions. */
static inline struct history_position feed_in_front_of(int64_t tx)
{
    return (struct history_position){.tx = tx};
}

/* feed.c: frees a watcher whose place is given back. */
void feed_let_go(struct feed_watcher *watcher);

/* feed.c: each starts the one read; where that fails, the turn has failed. */
void feed_read_range(struct feed *feed, const struct history_range *range,
                     history_page_cb *callback);
void feed_fold_range(struct feed *feed, const struct history_range *range,
                     history_fold_cb *callback);

/* feed.c: begins each callback. True: the turn goes on with the answer, and `blocks` is empty. */
bool feed_take_answer(struct feed *feed, enum status status);

/* feed.c: into `blocks`. */
void feed_write_lines(struct feed *feed, const struct history_page *page);
void feed_write_fold(struct feed *feed, const struct history_fold *fold);

/* feed.c */
void feed_end_turn(struct feed *feed);

/* feed_behind.c: serves those of the round, up to the next read; or ends the turn. */
void feed_serve_next(struct feed *feed);
