#include "payment/handler_call.h"

#include <assert.h>

#include "payment/codec.h"

static struct trace trace_of(struct handler *handler, const struct http_request *request)
{
    struct http_text header =
        http_find_header(request->headers, request->header_count, "traceparent", NULL);
    struct trace trace;
    (void)trace_take_over(&trace, handler->settings.prng, header.data, header.size);
    return trace;
}

struct handler_call *handler_call_begin(struct handler *handler, http_exchange_id exchange,
                                        const struct http_request *request,
                                        const struct payment *wanted)
{
    struct handler_call *call = slab_take(&handler->calls);
    if (call == NULL) {
        handler_reply_failure(handler, exchange, STATUS_OVERLOADED);
        return NULL;
    }
    *call = (struct handler_call){
        .handler = handler,
        .exchange = exchange,
        .wanted = *wanted,
        .trace = trace_of(handler, request),
        .deadline_ms = UINT64_MAX,
    };
    admission_ticket_init(&call->ticket);
    return call;
}

void handler_call_end(struct handler_call *call)
{
    admission_leave(&call->handler->admission, &call->ticket);
    slab_put(&call->handler->calls, call);
}

void handler_call_refuse(struct handler_call *call, enum status status)
{
    handler_reply_failure(call->handler, call->exchange, status);
    handler_call_end(call);
}

void handler_call_fail(struct handler_call *call, enum payment_operation operation,
                       enum status status)
{
    enum payment_outcome outcome =
        status == STATUS_UNKNOWN ? PAYMENT_OUTCOME_UNKNOWN : PAYMENT_OUTCOME_REFUSED;
    metrics_add(&call->handler->settings.metrics->calls[operation][outcome], 1);
    handler_call_refuse(call, status);
}

_Static_assert((int)VERDICT_COUNT == (int)PAYMENT_OUTCOME_MISMATCH + 1 &&
                   (int)VERDICT_PAID == (int)PAYMENT_OUTCOME_PAID &&
                   (int)VERDICT_FAILED == (int)PAYMENT_OUTCOME_FAILED &&
                   (int)VERDICT_VOIDED == (int)PAYMENT_OUTCOME_VOIDED &&
                   (int)VERDICT_REFUNDED == (int)PAYMENT_OUTCOME_REFUNDED,
               "each verdict is an outcome");

void handler_call_count_verdict(const struct handler_call *call, enum payment_operation operation,
                                enum payment_verdict verdict)
{
    metrics_add(&call->handler->settings.metrics->calls[operation][verdict], 1);
}

void handler_call_read(struct handler_call *call, payment_store_cb *callback)
{
    const struct payment_store *store = call->handler->settings.store;
    uint64_t deadline_ms = clock_now_ms(call->handler->settings.clock) + HANDLER_CALL_TIMEOUT_MS;
    enum status status =
        store->operations->read(store->store, call->wanted.order_id, deadline_ms, call, callback);
    if (status != STATUS_OK)
        handler_call_refuse(call, status);
}

void handler_call_log(const struct handler_call *call, enum log_level level, const char *message,
                      const char *word)
{
    struct log_fields fields = {.order_id = call->wanted.order_id, .trace_id = call->trace.id};
    log_write(call->handler->settings.log, level, &fields, "%s (%s)", message, word);
}

void handler_reply_scratch(struct handler *handler, http_exchange_id exchange, int status)
{
    assert(!handler->scratch.failed);
    struct http_response response = {
        .status = status,
        .body = {.data = handler->scratch.data, .size = handler->scratch.size},
    };
    http_reply(handler->server, exchange, &response);
}

void handler_reply_failure(struct handler *handler, http_exchange_id exchange, enum status status)
{
    const char *detail = status == STATUS_OVERLOADED ? "Too many payments are waiting"
                         : status == STATUS_UNKNOWN  ? "The outcome is not known; repeat the call"
                                                     : "The database is not available";
    meter_count_rejection(handler->settings.meter, status);
    http_reply_error(handler->server, exchange, 503, HTTP_RETRY_AFTER, detail);
}

/* "status" tells the order service that the payment lives, and that it was no proxy that spoke. */
void handler_reply_busy(struct handler *handler, http_exchange_id exchange)
{
    static const char body[] = "{\"detail\":\"Too many payments are waiting\",\"status\":\"BUSY\"}";
    struct http_response response = {
        .status = 503,
        .headers = HTTP_RETRY_AFTER,
        .body = {.data = body, .size = sizeof body - 1},
    };
    meter_count_rejection(handler->settings.meter, STATUS_OVERLOADED);
    http_reply(handler->server, exchange, &response);
}

void handler_reply_bad_header(struct handler *handler, http_exchange_id exchange,
                              const char *detail)
{
    http_reply_error(handler->server, exchange, 400, NULL, detail);
}

void handler_reply_faults(struct handler *handler, http_exchange_id exchange,
                          const struct json_faults *faults)
{
    buffer_clear(&handler->scratch);
    json_faults_write(faults, &handler->scratch);
    handler_reply_scratch(handler, exchange, 422);
}

void handler_reply_row(const struct handler_call *call, int status, const char *detail,
                       const struct payment *row)
{
    struct handler *handler = call->handler;
    buffer_clear(&handler->scratch);
    codec_write_payment(row, detail, &handler->scratch);
    handler_reply_scratch(handler, call->exchange, status);
}

void handler_reply_mismatch(const struct handler_call *call)
{
    struct handler *handler = call->handler;
    buffer_clear(&handler->scratch);
    codec_write_mismatch(call->wanted.order_id, &handler->scratch);
    handler_reply_scratch(handler, call->exchange, 409);
}

void handler_reply_nothing_to_refund(const struct handler_call *call)
{
    struct handler *handler = call->handler;
    buffer_clear(&handler->scratch);
    codec_write_none(call->wanted.order_id, &handler->scratch);
    handler_reply_scratch(handler, call->exchange, 409);
}
