#include "order/feed_private.h"

#include <assert.h>

#include "order/history_codec.h"

enum { WATCHER_COUNT_MAX = 16384, READ_TIMEOUT_MS = 5000 };

static bool is_watched(const struct feed *feed)
{
    return !list_is_empty(&feed->current) || !list_is_empty(&feed->behind) ||
           !list_is_empty(&feed->round);
}

/* Until somebody comes. */
static void fall_asleep(struct feed *feed)
{
    timer_stop(feed->clock, &feed->timer);
    feed->head_tx = 0;
    buffer_free(&feed->blocks);
}

static void rest(struct feed *feed, uint64_t delay_ms)
{
    if (is_watched(feed))
        timer_start(feed->clock, &feed->timer, delay_ms);
    else
        fall_asleep(feed);
}

void feed_let_go(struct feed_watcher *watcher)
{
    struct feed *feed = watcher->feed;
    list_remove(&watcher->node);
    if (feed->served == watcher)
        feed->served = NULL;
    slab_put(&feed->slab, watcher);
}

static void on_gone(struct watcher *watcher)
{
    struct feed_watcher *gone = LIST_ELEMENT(watcher, struct feed_watcher, watcher);
    struct feed *feed = gone->feed;
    feed_let_go(gone);
    if (!feed->is_reading && !is_watched(feed))
        fall_asleep(feed);
}

static void end_all(struct feed *feed, struct list_node *list)
{
    while (!list_is_empty(list)) {
        struct feed_watcher *watcher = feed_watcher_at(list->next);
        if (watcher_has_begun(&watcher->watcher)) {
            watcher_end(&watcher->watcher);
        } else {
            reply_refusal(feed->replier, watcher->watcher.exchange, STATUS_STOPPING);
            watcher_leave(&watcher->watcher);
        }
        feed_let_go(watcher);
    }
}

/* What is written, to all who are at the head. Should memory have failed, they come back for it. */
static void tell_current(struct feed *feed)
{
    if (feed->blocks.failed) {
        end_all(feed, &feed->current);
        return;
    }
    LIST_EACH (node, &feed->current)
        watcher_append(&feed_watcher_at(node)->watcher, &feed->blocks);
}

void feed_write_lines(struct feed *feed, const struct history_page *page)
{
    for (size_t i = 0; i < page->count; i++)
        history_write_feed_block(&page->lines[i], &feed->blocks);
}

void feed_write_fold(struct feed *feed, const struct history_fold *fold)
{
    struct history_position behind = feed_in_front_of(fold->end_tx);
    history_write_fold_block(fold, &behind, &feed->blocks);
}

/* Without the database. Who has a stream keeps it. */
static void fail_turn(struct feed *feed)
{
    list_move_all(&feed->behind, &feed->round);
    feed->served = NULL;
    LIST_EACH (node, &feed->behind) {
        struct feed_watcher *watcher = feed_watcher_at(node);
        if (watcher_has_begun(&watcher->watcher))
            continue;
        reply_refusal(feed->replier, watcher->watcher.exchange, STATUS_UNAVAILABLE);
        watcher_leave(&watcher->watcher);
        feed_let_go(watcher);
    }
    rest(feed, FEED_RETRY_MS);
}

static uint64_t deadline_ms(const struct feed *feed)
{
    return clock_now_ms(feed->clock) + READ_TIMEOUT_MS;
}

void feed_read_range(struct feed *feed, const struct history_range *range,
                     history_page_cb *callback)
{
    const struct history_port *port = feed->history;
    feed->is_reading = port->operations->read_feed(port->history, range, deadline_ms(feed), feed,
                                                   callback) == STATUS_OK;
    if (!feed->is_reading)
        fail_turn(feed);
}

void feed_fold_range(struct feed *feed, const struct history_range *range,
                     history_fold_cb *callback)
{
    const struct history_port *port = feed->history;
    feed->is_reading = port->operations->fold_feed(port->history, range, deadline_ms(feed), feed,
                                                   callback) == STATUS_OK;
    if (!feed->is_reading)
        fail_turn(feed);
}

bool feed_take_answer(struct feed *feed, enum status status)
{
    feed->is_reading = false;
    if (feed->is_stopped)
        return false;
    buffer_clear(&feed->blocks);
    if (status != STATUS_OK)
        fail_turn(feed);
    return status == STATUS_OK;
}

/* The head never goes back, whatever a server says that has lost its last commits. */
static void move_head(struct feed *feed, int64_t end_tx)
{
    tell_current(feed);
    if (feed->head_tx < end_tx)
        feed->head_tx = end_tx;
    if (feed->head_tx < feed->end_tx)
        feed->is_hurried = true;
    feed_serve_next(feed);
}

static struct history_range range_from_head(const struct feed *feed)
{
    return (struct history_range){.after = feed_in_front_of(feed->head_tx), .below_tx = INT64_MAX};
}

static void on_head_folded(void *context, enum status status, const struct history_fold *fold)
{
    struct feed *feed = context;
    if (!feed_take_answer(feed, status))
        return;
    feed_write_fold(feed, fold);
    move_head(feed, fold->end_tx);
}

static void on_head_read(void *context, enum status status, const struct history_page *page)
{
    struct feed *feed = context;
    if (!feed_take_answer(feed, status))
        return;
    feed->end_tx = page->end_tx;
    feed->next_tx = page->next_tx;
    if (page->is_full) {
        struct history_range range = range_from_head(feed);
        feed_fold_range(feed, &range, on_head_folded);
        return;
    }
    feed_write_lines(feed, page);
    move_head(feed, page->end_tx);
}

/* First all who are at the head; where there is nobody, the head only has to be found. Who comes
 * while it is read waits for the next turn: another instance may have told him of a transaction
 * that is younger than what this read sees. */
static void start_turn(struct feed *feed)
{
    timer_stop(feed->clock, &feed->timer);
    feed->served_count = 0;
    feed->is_hurried = false;
    list_move_all(&feed->round, &feed->behind);
    struct history_range range = range_from_head(feed);
    if (list_is_empty(&feed->current))
        range.after = history_now;
    feed_read_range(feed, &range, on_head_read);
}

static void on_timer(struct timer *timer, void *context)
{
    (void)timer;
    start_turn(context);
}

void feed_end_turn(struct feed *feed)
{
    if (feed->is_hurried)
        start_turn(feed);
    else
        rest(feed, FEED_INTERVAL_MS);
}

void feed_init(struct feed *feed, struct clock *clock, const struct history_port *history,
               struct watchers *watchers, struct replier *replier)
{
    *feed =
        (struct feed){.clock = clock, .history = history, .watchers = watchers, .replier = replier};
    slab_init(&feed->slab, sizeof(struct feed_watcher), WATCHER_COUNT_MAX);
    list_init(&feed->current);
    list_init(&feed->behind);
    list_init(&feed->round);
    timer_init(&feed->timer, on_timer, feed);
    buffer_init(&feed->blocks, HTTP_STREAM_UNSENT_SIZE_MAX);
}

void feed_free(struct feed *feed)
{
    assert(!is_watched(feed));
    slab_free(&feed->slab);
    buffer_free(&feed->blocks);
}

void feed_stop(struct feed *feed)
{
    feed->is_stopped = true;
    timer_stop(feed->clock, &feed->timer);
    end_all(feed, &feed->current);
    end_all(feed, &feed->behind);
    end_all(feed, &feed->round);
}

void feed_answer(struct feed *feed, http_exchange_id exchange, const struct history_position *after)
{
    struct feed_watcher *watcher = slab_take(&feed->slab);
    if (watcher == NULL || !watchers_admit(feed->watchers, &watcher->watcher, exchange, on_gone)) {
        if (watcher != NULL)
            slab_put(&feed->slab, watcher);
        reply_too_many_watchers(feed->replier, exchange);
        return;
    }
    watcher->feed = feed;
    watcher->has_position = after != NULL;
    if (after != NULL)
        watcher->position = *after;
    list_append(&feed->behind, &watcher->node);
    if (feed->is_reading)
        feed->is_hurried = true;
    else
        start_turn(feed);
}
