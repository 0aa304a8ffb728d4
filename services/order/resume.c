#include "order/resume.h"

enum { RESUME_TIMEOUT_MS = 5000 };

struct resume {
    struct resumes *resumes;
    http_exchange_id exchange;
    int64_t id;
    struct trace trace;
};

void resumes_init(struct resumes *resumes, struct clock *clock, struct log *log,
                  const struct order_store *store, struct replier *replier)
{
    *resumes = (struct resumes){.clock = clock, .log = log, .store = store, .replier = replier};
    slab_init(&resumes->slab, sizeof(struct resume), RESUME_COUNT_MAX);
}

void resumes_free(struct resumes *resumes)
{
    slab_free(&resumes->slab);
}

static uint64_t deadline_ms(const struct resumes *resumes)
{
    return clock_now_ms(resumes->clock) + RESUME_TIMEOUT_MS;
}

static void end_refused(struct resume *resume, enum status status)
{
    struct resumes *resumes = resume->resumes;
    reply_refusal(resumes->replier, resume->exchange, status);
    slab_put(&resumes->slab, resume);
}

/* It was not parked. */
static void on_read(void *context, enum status status, const struct order *order)
{
    struct resume *resume = context;
    struct resumes *resumes = resume->resumes;
    struct replier *replier = resumes->replier;
    if (status != STATUS_OK) {
        end_refused(resume, STATUS_UNAVAILABLE);
        return;
    }
    if (order == NULL)
        reply_error(replier, resume->exchange, 404, "Order not found");
    else if (order_status_is_final(order->status))
        reply_order(replier, resume->exchange, 409, NULL, "The order is final", order);
    else
        reply_order(replier, resume->exchange, 200, NULL, NULL, order);
    slab_put(&resumes->slab, resume);
}

static void on_resumed(void *context, enum status status, const struct order *order)
{
    struct resume *resume = context;
    struct resumes *resumes = resume->resumes;
    const struct order_store *store = resumes->store;
    if (status != STATUS_OK) {
        end_refused(resume, STATUS_UNAVAILABLE);
        return;
    }
    if (order == NULL) {
        status = store->operations->read(store->store, resume->id, deadline_ms(resumes), resume,
                                         on_read);
        if (status != STATUS_OK)
            end_refused(resume, status);
        return;
    }
    struct log_fields fields = {.order_id = order->id, .trace_id = resume->trace.id};
    log_write(resumes->log, LOG_INFO, &fields, "Order resumed by the operator");
    reply_order(resumes->replier, resume->exchange, 200, NULL, NULL, order);
    slab_put(&resumes->slab, resume);
}

void resume_answer(struct resumes *resumes, http_exchange_id exchange, int64_t id,
                   const struct trace *trace)
{
    const struct order_store *store = resumes->store;
    struct resume *resume = slab_take(&resumes->slab);
    if (resume == NULL) {
        reply_refusal(resumes->replier, exchange, STATUS_OVERLOADED);
        return;
    }
    *resume = (struct resume){.resumes = resumes, .exchange = exchange, .id = id, .trace = *trace};
    enum status status =
        store->operations->resume(store->store, id, deadline_ms(resumes), resume, on_resumed);
    if (status != STATUS_OK)
        end_refused(resume, status);
}
