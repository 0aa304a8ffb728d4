#include "order/cancel.h"

enum { CANCEL_TIMEOUT_MS = 5000 };

struct cancel {
    struct canceller *canceller;
    int64_t id;
    struct trace trace;
    struct driver_client client;
};

void canceller_init(struct canceller *canceller, struct clock *clock,
                    const struct order_store *store, struct driver *driver,
                    driver_answer_cb *answer, void *answer_context, struct order_metrics *metrics)
{
    *canceller = (struct canceller){
        .clock = clock,
        .store = store,
        .driver = driver,
        .answer = answer,
        .answer_context = answer_context,
        .metrics = metrics,
    };
    slab_init(&canceller->cancels, sizeof(struct cancel), CANCEL_COUNT_MAX);
}

void canceller_free(struct canceller *canceller)
{
    slab_free(&canceller->cancels);
}

static void end(struct cancel *cancel, enum driver_answer answer, const struct order *order)
{
    struct canceller *canceller = cancel->canceller;
    canceller->answer(canceller->answer_context, &cancel->client, answer, order);
    slab_put(&canceller->cancels, cancel);
}

/* Nothing was there to claim: cancelled already, being cancelled, or no order at all. */
static void on_read(void *context, enum status status, const struct order *order)
{
    struct cancel *cancel = context;
    if (status != STATUS_OK)
        end(cancel, ANSWER_UNAVAILABLE, NULL);
    else if (order == NULL)
        end(cancel, ANSWER_NOT_FOUND, NULL);
    else if (order->status == ORDER_CANCELLED)
        end(cancel, ANSWER_FINAL, order);
    else if (order->status == ORDER_CANCELLING)
        end(cancel, ANSWER_PENDING, order);
    else
        end(cancel, ANSWER_UNAVAILABLE, order); /* it moved between the two looks */
}

static uint64_t deadline_ms(const struct canceller *canceller)
{
    return clock_now_ms(canceller->clock) + CANCEL_TIMEOUT_MS;
}

static void on_claimed(void *context, enum status status, const struct order *order)
{
    struct cancel *cancel = context;
    struct canceller *canceller = cancel->canceller;
    const struct order_store *store = canceller->store;
    if (status != STATUS_OK) {
        end(cancel, ANSWER_UNAVAILABLE, NULL);
        return;
    }
    if (order == NULL) {
        if (store->operations->read(store->store, cancel->id, deadline_ms(canceller), cancel,
                                    on_read) != STATUS_OK)
            end(cancel, ANSWER_UNAVAILABLE, NULL);
        return;
    }
    order_metrics_count_move(canceller->metrics, (int)order->claimed_from, ORDER_CANCELLING,
                             "cancel_requested");
    /* Without room the order is durable as CANCELLING, and recovery will see to it. */
    if (driver_adopt(canceller->driver, order, &cancel->trace, &cancel->client) != STATUS_OK)
        end(cancel, ANSWER_PENDING, order);
    else
        slab_put(&canceller->cancels, cancel);
}

enum status canceller_cancel(struct canceller *canceller, int64_t id, const struct trace *trace,
                             const struct driver_client *client)
{
    const struct order_store *store = canceller->store;
    struct cancel *cancel = slab_take(&canceller->cancels);
    if (cancel == NULL)
        return STATUS_OVERLOADED;
    *cancel = (struct cancel){.canceller = canceller, .id = id, .trace = *trace, .client = *client};
    enum status status = store->operations->claim_cancel(
        store->store, id, &cancel->trace, deadline_ms(canceller), cancel, on_claimed);
    if (status != STATUS_OK)
        slab_put(&canceller->cancels, cancel);
    return status;
}
