#include "order/follow.h"

#include "order/history_codec.h"

enum {
    FOLLOWER_COUNT_MAX = 16384,
    READ_TIMEOUT_MS = 5000,
    STEP_CANCELLED = 4,
    BLOCKS_SIZE_MAX = 16 * 1024, /* the story of an order, with every byte escaped */
};

struct follower {
    struct watcher watcher;
    struct follow *follow;
    struct list_node node;
    int64_t order_id;
    int32_t after_step;
    bool is_reading;
    bool has_gone; /* during a read, which frees it when it is answered */
};

static void let_go(struct follower *follower)
{
    list_remove(&follower->node);
    if (follower->is_reading)
        follower->has_gone = true;
    else
        slab_put(&follower->follow->slab, follower);
}

static void on_gone(struct watcher *watcher)
{
    let_go(LIST_ELEMENT(watcher, struct follower, watcher));
}

/* Before its stream has begun. */
static void refuse(struct follower *follower, enum status status)
{
    reply_refusal(follower->follow->replier, follower->watcher.exchange, status);
    watcher_leave(&follower->watcher);
    let_go(follower);
}

static bool is_waiting(const struct follower *follower)
{
    return watcher_has_begun(&follower->watcher) && follower->after_step < STEP_CANCELLED;
}

/* Its client, should the blocks have failed, comes back for what it has missed. */
static void append_lines(struct follower *follower, const struct history_page *page)
{
    struct follow *follow = follower->follow;
    for (size_t i = 0; i < page->count; i++) {
        const struct history_line *line = &page->lines[i];
        if (line->position.step <= follower->after_step)
            continue;
        history_write_story_block(line, &follow->blocks);
        follower->after_step = line->position.step;
    }
    if (follow->blocks.failed) {
        watcher_end(&follower->watcher);
        let_go(follower);
        return;
    }
    watcher_append(&follower->watcher, &follow->blocks);
    if (is_waiting(follower) && !timer_is_active(&follow->timer))
        timer_start(follow->clock, &follow->timer, FOLLOW_INTERVAL_MS);
}

/* The whole story, as an order without any is unknown. */
static void begin(struct follower *follower, const struct history_page *page)
{
    struct follow *follow = follower->follow;
    if (page->count == 0) {
        reply_error(follow->replier, follower->watcher.exchange, 404, "Order not found");
        watcher_leave(&follower->watcher);
        let_go(follower);
    } else if (watcher_begin(&follower->watcher)) {
        history_write_retry_block(&follow->blocks);
        append_lines(follower, page);
    } else {
        let_go(follower);
    }
}

static void on_read(void *context, enum status status, const struct history_page *page)
{
    struct follower *follower = context;
    bool has_begun = watcher_has_begun(&follower->watcher);
    follower->is_reading = false;
    buffer_clear(&follower->follow->blocks);
    if (follower->has_gone)
        slab_put(&follower->follow->slab, follower);
    else if (status == STATUS_OK && has_begun)
        append_lines(follower, page);
    else if (status == STATUS_OK)
        begin(follower, page);
    else if (!has_begun)
        refuse(follower, STATUS_UNAVAILABLE);
}

static enum status read_lines(struct follower *follower, int32_t after_step)
{
    const struct follow *follow = follower->follow;
    enum status status = follow->history->operations->read_order(
        follow->history->history, follower->order_id, after_step,
        clock_now_ms(follow->clock) + READ_TIMEOUT_MS, follower, on_read);
    follower->is_reading = status == STATUS_OK;
    return status;
}

static void on_timer(struct timer *timer, void *context)
{
    struct follow *follow = context;
    bool is_anybody_waiting = false;
    LIST_EACH (node, &follow->followers) {
        struct follower *follower = LIST_ELEMENT(node, struct follower, node);
        if (!is_waiting(follower))
            continue;
        is_anybody_waiting = true;
        if (!follower->is_reading)
            read_lines(follower, follower->after_step); /* where that fails, the next time */
    }
    if (is_anybody_waiting)
        timer_start(follow->clock, timer, FOLLOW_INTERVAL_MS);
}

void follow_init(struct follow *follow, struct clock *clock, const struct history_port *history,
                 struct watchers *watchers, struct replier *replier)
{
    *follow = (struct follow){
        .clock = clock, .history = history, .watchers = watchers, .replier = replier};
    slab_init(&follow->slab, sizeof(struct follower), FOLLOWER_COUNT_MAX);
    list_init(&follow->followers);
    timer_init(&follow->timer, on_timer, follow);
    buffer_init(&follow->blocks, BLOCKS_SIZE_MAX);
}

void follow_free(struct follow *follow)
{
    slab_free(&follow->slab);
    buffer_free(&follow->blocks);
}

void follow_stop(struct follow *follow)
{
    timer_stop(follow->clock, &follow->timer);
    while (!list_is_empty(&follow->followers)) {
        struct follower *follower = LIST_ELEMENT(follow->followers.next, struct follower, node);
        if (!watcher_has_begun(&follower->watcher)) {
            refuse(follower, STATUS_STOPPING);
            continue;
        }
        watcher_end(&follower->watcher);
        let_go(follower);
    }
}

void follow_answer(struct follow *follow, http_exchange_id exchange, int64_t order_id,
                   int32_t after_step)
{
    struct follower *follower = slab_take(&follow->slab);
    if (follower == NULL ||
        !watchers_admit(follow->watchers, &follower->watcher, exchange, on_gone)) {
        if (follower != NULL)
            slab_put(&follow->slab, follower);
        reply_too_many_watchers(follow->replier, exchange);
        return;
    }
    follower->follow = follow;
    follower->order_id = order_id;
    follower->after_step = after_step;
    list_append(&follow->followers, &follower->node);
    enum status status = read_lines(follower, 0);
    if (status != STATUS_OK)
        refuse(follower, status);
}
