#include "order/breaker.h"

struct breaker_call {
    struct breaker *breaker;
    void *context;
    payment_cb *callback;
    bool is_probe;
};

typedef enum status payment_operation(void *payment, const struct payment_request *request,
                                      void *context, payment_cb *callback);

/* The only writer of is_open. */
static void set_open(struct breaker *breaker, bool is_open)
{
    if (is_open && !breaker->is_open)
        metrics_add(&breaker->metrics->breaker_openings, 1);
    breaker->is_open = is_open;
    metrics_set(&breaker->metrics->open_breakers, is_open);
}

static void close_breaker(struct breaker *breaker)
{
    if (breaker->is_open)
        log_write(breaker->log, LOG_INFO, NULL,
                  "circuit breaker closed: the payment answers again");
    set_open(breaker, false);
    breaker->failure_count = 0;
}

static void count_failure(struct breaker *breaker)
{
    uint64_t now_ms = clock_now_ms(breaker->clock);
    if (breaker->failure_count != 0 && breaker->last_failure_ms == now_ms)
        return;
    breaker->last_failure_ms = now_ms;
    breaker->failure_count++;
    if (!breaker->is_open && breaker->failure_count < BREAKER_FAILURE_COUNT_MAX)
        return;
    if (!breaker->is_open)
        log_write(breaker->log, LOG_WARN, NULL,
                  "circuit breaker open: %u times in a row the payment gave no answer",
                  breaker->failure_count);
    set_open(breaker, true);
    breaker->probe_after_ms = now_ms + BREAKER_OPEN_MS;
}

/* A failed service answers nothing. A plain 500 is an answer, and so is one that says it is busy:
 * no calls at all would not help it, as what it refuses costs it little. */
static void on_result(void *context, enum payment_result result)
{
    struct breaker_call *call = context;
    struct breaker *breaker = call->breaker;
    payment_cb *callback = call->callback;
    void *inner_context = call->context;
    bool is_failure = result == PAYMENT_UNKNOWN || result == PAYMENT_NOT_SENT;
    if (call->is_probe)
        breaker->is_probing = false;
    slab_put(&breaker->calls, call);
    if (is_failure)
        count_failure(breaker);
    else
        close_breaker(breaker);
    callback(inner_context, result);
}

static bool may_pass(const struct breaker *breaker)
{
    if (!breaker->is_open)
        return true;
    return !breaker->is_probing && clock_now_ms(breaker->clock) >= breaker->probe_after_ms;
}

static enum status pass(struct breaker *breaker, payment_operation *operation,
                        const struct payment_request *request, void *context, payment_cb *callback)
{
    if (!may_pass(breaker)) {
        metrics_add(&breaker->metrics->breaker_refusals, 1);
        return STATUS_UNAVAILABLE;
    }
    struct breaker_call *call = slab_take(&breaker->calls);
    if (call == NULL)
        return STATUS_OVERLOADED;
    *call = (struct breaker_call){
        .breaker = breaker,
        .context = context,
        .callback = callback,
        .is_probe = breaker->is_open,
    };
    enum status status = operation(breaker->inner->payment, request, call, on_result);
    if (status != STATUS_OK)
        slab_put(&breaker->calls, call);
    else if (breaker->is_open)
        breaker->is_probing = true;
    return status;
}

static enum status charge(void *port, const struct payment_request *request, void *context,
                          payment_cb *callback)
{
    struct breaker *breaker = port;
    return pass(breaker, breaker->inner->operations->charge, request, context, callback);
}

static enum status void_unpaid(void *port, const struct payment_request *request, void *context,
                               payment_cb *callback)
{
    struct breaker *breaker = port;
    return pass(breaker, breaker->inner->operations->void_unpaid, request, context, callback);
}

static enum status refund(void *port, const struct payment_request *request, void *context,
                          payment_cb *callback)
{
    struct breaker *breaker = port;
    return pass(breaker, breaker->inner->operations->refund, request, context, callback);
}

void breaker_init(struct breaker *breaker, const struct payment_port *inner, struct clock *clock,
                  struct log *log, struct order_metrics *metrics)
{
    *breaker = (struct breaker){.inner = inner, .clock = clock, .log = log, .metrics = metrics};
    slab_init(&breaker->calls, sizeof(struct breaker_call), BREAKER_CALL_COUNT_MAX);
}

void breaker_free(struct breaker *breaker)
{
    slab_free(&breaker->calls);
}

struct payment_port breaker_port(struct breaker *breaker)
{
    static const struct payment_operations operations = {
        .charge = charge,
        .void_unpaid = void_unpaid,
        .refund = refund,
    };
    return (struct payment_port){.operations = &operations, .payment = breaker};
}
