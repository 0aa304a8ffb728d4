#include "order/recovery.h"

#include <inttypes.h>

enum { SWEEP_TIMEOUT_MS = 5000, SUSPECT_CHECK_MS = 20, RELEASE_MS = 1000 };

static void sweep(struct recovery *recovery);

/* Instances that were started together drift apart. */
static void sweep_later(struct recovery *recovery)
{
    uint64_t delay_ms = RECOVERY_INTERVAL_MS / 2 + prng_below(recovery->prng, RECOVERY_INTERVAL_MS);
    timer_start(recovery->clock, &recovery->timer, delay_ms);
}

static void on_timer(struct timer *timer, void *context)
{
    struct recovery *recovery = context;
    bool is_tried = driver_adopted_count(recovery->driver) != 0 &&
                    clock_now_ms(recovery->clock) < recovery->suspect_until_ms;
    if (is_tried)
        timer_start(recovery->clock, timer, SUSPECT_CHECK_MS);
    else
        sweep(recovery);
}

static void sweep_after_suspect(struct recovery *recovery)
{
    recovery->suspect_until_ms = clock_now_ms(recovery->clock) + RECOVERY_INTERVAL_MS;
    timer_start(recovery->clock, &recovery->timer, SUSPECT_CHECK_MS);
}

static int32_t room(const struct recovery *recovery)
{
    size_t running = driver_adopted_count(recovery->driver);
    if (running >= DRIVER_ADOPTED_COUNT_MAX)
        return 0;
    size_t free_count = DRIVER_ADOPTED_COUNT_MAX - running;
    return (int32_t)(free_count < STORE_SWEEP_COUNT_MAX ? free_count : STORE_SWEEP_COUNT_MAX);
}

/* Written at once: it must be in the log if the order crashes this worker too. */
static void warn_of_parking(struct recovery *recovery, const struct order *order,
                            const struct log_fields *fields)
{
    metrics_add(&recovery->metrics->last_claims, 1);
    log_write(recovery->log, LOG_ERROR, fields,
              "Order claimed for the last time (%d claims in a row): if it is not finished now, it "
              "is parked until POST /orders/%" PRId64 "/resume",
              (int)order->attempts, order->id);
    log_flush(recovery->log);
}

/* Out of memory. Being handed back is no attempt: the order's claims are counted anew. */
static void hand_back(struct recovery *recovery, const struct order *order,
                      const struct log_fields *fields)
{
    const struct order_store *store = recovery->store;
    store->operations->release(store->store, order->id, order->epoch, RELEASE_MS);
    log_write(recovery->log, LOG_WARN, fields, "no room for a recovered order; later");
}

static bool adopt(struct recovery *recovery, const struct order *order)
{
    struct trace trace = trace_from_id_bytes(recovery->prng, order->trace_id);
    struct log_fields fields = {.order_id = order->id, .trace_id = trace.id};
    log_write(recovery->log, LOG_INFO, &fields, "Order Recovered (%s), epoch %d",
              order_status_name(order->status), (int)order->epoch);
    metrics_add(&recovery->metrics->recovered_orders, 1);
    if (order->attempts >= STORE_ATTEMPT_COUNT_MAX)
        warn_of_parking(recovery, order, &fields);
    if (driver_adopt(recovery->driver, order, &trace, NULL) == STATUS_OK)
        return true;
    hand_back(recovery, order, &fields);
    return false;
}

static bool adopt_all(struct recovery *recovery, const struct order *orders, size_t count)
{
    bool has_room = true;
    for (size_t i = 0; i < count; i++)
        has_room = adopt(recovery, &orders[i]) && has_room;
    return has_room;
}

static void on_swept(void *context, enum status status, const struct order *orders, size_t count)
{
    struct recovery *recovery = context;
    if (recovery->is_stopped)
        return;
    if (status != STATUS_OK)
        log_write(recovery->log, LOG_WARN, NULL, "no sweep for unfinished orders: %s",
                  status_text(status));
    bool has_room = adopt_all(recovery, orders, count);
    if (count == 1 && orders[0].attempts > STORE_SUSPECT_ATTEMPT_COUNT)
        sweep_after_suspect(recovery);
    else if (count == STORE_SWEEP_COUNT_MAX && has_room && room(recovery) != 0)
        sweep(recovery); /* there are more */
    else
        sweep_later(recovery);
}

static void sweep(struct recovery *recovery)
{
    int32_t count = room(recovery);
    uint64_t deadline_ms = clock_now_ms(recovery->clock) + SWEEP_TIMEOUT_MS;
    const struct order_store *store = recovery->store;
    if (count == 0 ||
        store->operations->sweep(store->store, count, deadline_ms, recovery, on_swept) != STATUS_OK)
        sweep_later(recovery);
}

void recovery_start(struct recovery *recovery, struct clock *clock, struct log *log,
                    struct prng *prng, const struct order_store *store, struct driver *driver,
                    struct order_metrics *metrics)
{
    *recovery = (struct recovery){
        .clock = clock,
        .log = log,
        .prng = prng,
        .store = store,
        .driver = driver,
        .metrics = metrics,
    };
    timer_init(&recovery->timer, on_timer, recovery);
    sweep(recovery);
}

void recovery_stop(struct recovery *recovery)
{
    recovery->is_stopped = true;
    timer_stop(recovery->clock, &recovery->timer);
}
