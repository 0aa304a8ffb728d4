#include "order/parked.h"

enum { LOOK_TIMEOUT_MS = 5000, RETRY_MS = 1000 };

/* Instances that were started together drift apart. */
static void look_later(struct parked *parked)
{
    uint64_t delay_ms = PARKED_INTERVAL_MS / 2 + prng_below(parked->prng, PARKED_INTERVAL_MS);
    timer_start(parked->clock, &parked->timer, delay_ms);
}

static void on_page(void *context, enum status status, const struct store_page *page)
{
    struct parked *parked = context;
    if (parked->is_stopped)
        return;
    if (status == STATUS_OK)
        metrics_set(&parked->metrics->parked_orders, page->count);
    look_later(parked);
}

static void on_timer(struct timer *timer, void *context)
{
    struct parked *parked = context;
    const struct order_store *store = parked->store;
    struct store_page_query query = {
        .before_id = INT64_MAX,
        .limit = STORE_PAGE_COUNT_MAX,
        .parked_only = true,
    };
    uint64_t deadline_ms = clock_now_ms(parked->clock) + LOOK_TIMEOUT_MS;
    (void)timer;
    if (store->operations->read_page(store->store, &query, deadline_ms, parked, on_page) !=
        STATUS_OK)
        timer_start(parked->clock, &parked->timer, RETRY_MS); /* no database yet */
}

void parked_start(struct parked *parked, struct clock *clock, struct prng *prng,
                  const struct order_store *store, struct order_metrics *metrics)
{
    *parked = (struct parked){.clock = clock, .prng = prng, .store = store, .metrics = metrics};
    timer_init(&parked->timer, on_timer, parked);
    timer_start(clock, &parked->timer, 0);
}

void parked_stop(struct parked *parked)
{
    parked->is_stopped = true;
    timer_stop(parked->clock, &parked->timer);
}
