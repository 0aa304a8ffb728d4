/* The part of the feed that serves those who are behind its head, one by one. */
#include "order/feed_private.h"
#include "order/history_codec.h"

/* False: he has gone. */
static bool begin(struct feed_watcher *watcher)
{
    if (watcher_has_begun(&watcher->watcher))
        return true;
    if (!watcher_begin(&watcher->watcher)) {
        feed_let_go(watcher);
        return false;
    }
    struct buffer *blocks = &watcher->feed->blocks;
    buffer_clear(blocks);
    history_write_retry_block(blocks);
    if (!watcher->has_position) {
        struct history_position now = feed_in_front_of(watcher->feed->head_tx);
        history_write_position_block(&now, blocks);
    }
    watcher_append(&watcher->watcher, blocks);
    return true;
}

static void join(struct feed_watcher *watcher, struct list_node *list)
{
    list_remove(&watcher->node);
    list_append(list, &watcher->node);
}

/* What is written, to him alone. */
static void tell(struct feed_watcher *watcher, struct list_node *list)
{
    struct feed *feed = watcher->feed;
    feed->served = NULL;
    if (feed->blocks.failed) {
        watcher_end(&watcher->watcher);
        feed_let_go(watcher);
        return;
    }
    watcher_append(&watcher->watcher, &feed->blocks);
    join(watcher, list);
}

static struct history_range range_to_head(const struct feed_watcher *watcher)
{
    return (struct history_range){.after = watcher->position, .below_tx = watcher->feed->head_tx};
}

static void on_served_folded(void *context, enum status status, const struct history_fold *fold)
{
    struct feed *feed = context;
    if (!feed_take_answer(feed, status))
        return;
    struct feed_watcher *watcher = feed->served;
    if (watcher != NULL && begin(watcher)) {
        buffer_clear(&feed->blocks);
        feed_write_fold(feed, fold);
        watcher->position = feed_in_front_of(fold->end_tx);
        bool is_there = fold->end_tx >= feed->head_tx;
        if (!is_there)
            feed->is_hurried = true;
        tell(watcher, is_there ? &feed->current : &feed->behind);
    }
    feed_serve_next(feed);
}

static void on_served_read(void *context, enum status status, const struct history_page *page)
{
    struct feed *feed = context;
    if (!feed_take_answer(feed, status))
        return;
    struct feed_watcher *watcher = feed->served;
    if (watcher != NULL && page->is_full) {
        struct history_range range = range_to_head(watcher);
        feed_fold_range(feed, &range, on_served_folded);
        return;
    }
    if (watcher != NULL && begin(watcher)) {
        buffer_clear(&feed->blocks);
        feed_write_lines(feed, page);
        tell(watcher, &feed->current);
    }
    feed_serve_next(feed);
}

static bool is_at_head(const struct feed_watcher *watcher)
{
    const struct history_position *position = &watcher->position;
    return !watcher->has_position || (position->tx == watcher->feed->head_tx &&
                                      position->order_id == 0 && position->step == 0);
}

/* False: his read is under way, or has failed, and the turn with it. */
static bool serve(struct feed_watcher *watcher)
{
    struct feed *feed = watcher->feed;
    bool has_begun = watcher_has_begun(&watcher->watcher);
    if (is_at_head(watcher)) {
        if (begin(watcher))
            join(watcher, &feed->current);
    } else if (watcher->position.tx < feed->head_tx) {
        struct history_range range = range_to_head(watcher);
        feed->served = watcher;
        feed->served_count++;
        feed_read_range(feed, &range, on_served_read);
        return false;
    } else if (watcher->position.tx > feed->next_tx && !has_begun) {
        reply_error(feed->replier, watcher->watcher.exchange, 409,
                    "This Last-Event-ID is not known here");
        watcher_leave(&watcher->watcher);
        feed_let_go(watcher);
    } else if (begin(watcher)) {
        join(watcher, &feed->behind);
    }
    return true;
}

void feed_serve_next(struct feed *feed)
{
    while (!list_is_empty(&feed->round)) {
        if (feed->served_count == FEED_SERVED_COUNT_MAX) {
            feed->is_hurried = true;
            break;
        }
        if (!serve(feed_watcher_at(feed->round.next)))
            return;
    }
    feed_end_turn(feed);
}
