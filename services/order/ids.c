#include "order/ids.h"

#include "base/backoff.h"

enum { ASK_TIMEOUT_MS = 5000, ASK_BACKOFF_BASE_MS = 20, ASK_BACKOFF_CAP_MS = 1000 };

static void ask(struct order_ids *ids);

static void ask_later(struct order_ids *ids)
{
    timer_start(
        ids->clock, &ids->retry,
        backoff_delay_ms(ids->prng, ASK_BACKOFF_BASE_MS, ASK_BACKOFF_CAP_MS, ids->failure_count++));
}

static void on_retry(struct timer *timer, void *context)
{
    (void)timer;
    ask(context);
}

static void on_reserved(void *context, enum status status, int64_t first_id, int64_t count)
{
    struct order_ids *ids = context;
    ids->is_asking = false;
    if (ids->is_stopped)
        return;
    if (status != STATUS_OK) {
        log_write(ids->log, LOG_WARN, NULL, "no order ids reserved: %s", status_text(status));
        ask_later(ids);
        return;
    }
    ids->failure_count = 0;
    struct id_block block = {.next = first_id, .count = count};
    if (ids->current.count == 0) {
        ids->current = block;
        ask(ids);
    } else {
        ids->following = block;
    }
}

static void ask(struct order_ids *ids)
{
    uint64_t deadline_ms = clock_now_ms(ids->clock) + ASK_TIMEOUT_MS;
    enum status status =
        ids->store->operations->reserve_ids(ids->store->store, deadline_ms, ids, on_reserved);
    if (status == STATUS_OK)
        ids->is_asking = true;
    else
        ask_later(ids);
}

void ids_start(struct order_ids *ids, struct clock *clock, struct log *log, struct prng *prng,
               const struct order_store *store)
{
    *ids = (struct order_ids){.clock = clock, .log = log, .prng = prng, .store = store};
    timer_init(&ids->retry, on_retry, ids);
    ask(ids);
}

void ids_stop(struct order_ids *ids)
{
    ids->is_stopped = true;
    timer_stop(ids->clock, &ids->retry);
}

int64_t ids_take(struct order_ids *ids)
{
    if (ids->current.count == 0)
        return 0;
    int64_t id = ids->current.next++;
    if (--ids->current.count == 0) {
        ids->current = ids->following;
        ids->following = (struct id_block){0};
        if (!ids->is_asking && !timer_is_active(&ids->retry))
            ask(ids);
    }
    return id;
}

bool ids_is_ready(const struct order_ids *ids)
{
    return ids->current.count != 0;
}
