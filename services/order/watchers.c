#include "order/watchers.h"

#include <assert.h>

static const char heartbeat[] = ":\n\n";

static void on_heartbeat(struct timer *timer, void *context)
{
    struct watchers *watchers = context;
    LIST_EACH (node, &watchers->open) {
        const struct watcher *watcher = LIST_ELEMENT(node, struct watcher, node);
        http_stream_append(watchers->server, watcher->exchange,
                           (struct http_text){heartbeat, sizeof heartbeat - 1});
    }
    timer_start(watchers->clock, timer, WATCHER_HEARTBEAT_MS);
}

void watchers_init(struct watchers *watchers, struct clock *clock, size_t count_max,
                   struct order_metrics *metrics)
{
    *watchers = (struct watchers){.clock = clock, .count_max = count_max, .metrics = metrics};
    metrics_set(&metrics->watcher_count_max, count_max);
    list_init(&watchers->open);
    timer_init(&watchers->heartbeat, on_heartbeat, watchers);
}

void watchers_free(struct watchers *watchers)
{
    assert(watchers->count == 0 && !timer_is_active(&watchers->heartbeat));
    (void)watchers;
}

bool watchers_admit(struct watchers *watchers, struct watcher *watcher, http_exchange_id exchange,
                    watcher_gone_cb *on_gone)
{
    if (watchers->count >= watchers->count_max)
        return false;
    watchers->count++;
    metrics_set(&watchers->metrics->watchers, watchers->count);
    *watcher = (struct watcher){.watchers = watchers, .exchange = exchange, .on_gone = on_gone};
    list_init(&watcher->node);
    return true;
}

void watcher_leave(struct watcher *watcher)
{
    struct watchers *watchers = watcher->watchers;
    list_remove(&watcher->node);
    watchers->count--;
    metrics_set(&watchers->metrics->watchers, watchers->count);
    if (list_is_empty(&watchers->open))
        timer_stop(watchers->clock, &watchers->heartbeat);
}

static void on_stream_gone(void *context)
{
    struct watcher *watcher = context;
    watcher_leave(watcher);
    watcher->on_gone(watcher);
}

bool watcher_begin(struct watcher *watcher)
{
    static const struct http_response head = {
        .status = 200,
        .headers = "Cache-Control: no-store\r\n",
        .content_type = "text/event-stream",
    };
    struct watchers *watchers = watcher->watchers;
    assert(!watcher_has_begun(watcher));
    if (!http_stream_begin(watchers->server, watcher->exchange, &head, on_stream_gone, watcher)) {
        watcher_leave(watcher);
        return false;
    }
    list_append(&watchers->open, &watcher->node);
    if (!timer_is_active(&watchers->heartbeat))
        timer_start(watchers->clock, &watchers->heartbeat, WATCHER_HEARTBEAT_MS);
    return true;
}

void watcher_append(struct watcher *watcher, const struct buffer *blocks)
{
    assert(watcher_has_begun(watcher));
    if (blocks->size != 0)
        http_stream_append(watcher->watchers->server, watcher->exchange,
                           (struct http_text){blocks->data, blocks->size});
}

void watcher_end(struct watcher *watcher)
{
    assert(watcher_has_begun(watcher));
    watcher_leave(watcher);
    http_stream_end(watcher->watchers->server, watcher->exchange);
}
