#include "payment/handler.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/slab.h"
#include "base/trace.h"
#include "payment/codec.h"
#include "service/health.h"

enum { CALL_TIMEOUT_MS = 5000, ANSWER_SIZE_MAX = 4096 };

static const char retry_after[] = "Retry-After: 1\r\n";

struct handler {
    struct handler_settings settings;
    struct http_server *server;
    struct slab calls;
    struct buffer scratch;
};

/* One request that waits for the store. */
struct handler_call {
    struct handler *handler;
    http_exchange_id exchange;
    struct payment wanted;
    struct trace trace;
};

struct handler *handler_open(const struct handler_settings *settings)
{
    struct handler *handler = calloc(1, sizeof *handler);
    if (handler == NULL)
        return NULL;
    handler->settings = *settings;
    slab_init(&handler->calls, sizeof(struct handler_call), HANDLER_CALL_COUNT_MAX);
    buffer_init(&handler->scratch, ANSWER_SIZE_MAX);
    if (buffer_reserve(&handler->scratch, ANSWER_SIZE_MAX) == NULL) {
        handler_close(handler);
        return NULL;
    }
    return handler;
}

void handler_close(struct handler *handler)
{
    slab_free(&handler->calls);
    buffer_free(&handler->scratch);
    free(handler);
}

void handler_connect(struct handler *handler, struct http_server *server)
{
    handler->server = server;
}

static void reply_scratch(struct handler *handler, http_exchange_id exchange, int status)
{
    assert(!handler->scratch.failed);
    struct http_response response = {
        .status = status,
        .body = {.data = handler->scratch.data, .size = handler->scratch.size},
    };
    http_reply(handler->server, exchange, &response);
}

static void reply_row(struct handler *handler, http_exchange_id exchange, int status,
                      const char *detail, const struct payment *row)
{
    buffer_clear(&handler->scratch);
    codec_write_payment(row, detail, &handler->scratch);
    reply_scratch(handler, exchange, status);
}

static void reply_mismatch(struct handler *handler, http_exchange_id exchange, int64_t order_id)
{
    buffer_clear(&handler->scratch);
    codec_write_mismatch(order_id, &handler->scratch);
    reply_scratch(handler, exchange, 409);
}

/* For whatever status but STATUS_OK: the caller may repeat the call, as all calls are idempotent.
 */
static void reply_failure(struct handler *handler, http_exchange_id exchange, enum status status)
{
    const char *detail = status == STATUS_OVERLOADED ? "Too many payments are waiting"
                         : status == STATUS_UNKNOWN  ? "The outcome is not known; repeat the call"
                                                     : "The database is not available";
    http_reply_error(handler->server, exchange, 503, retry_after, detail);
}

static void reply_faults(struct handler *handler, http_exchange_id exchange,
                         const struct json_faults *faults)
{
    buffer_clear(&handler->scratch);
    json_faults_write(faults, &handler->scratch);
    reply_scratch(handler, exchange, 422);
}

static void log_call(const struct handler_call *call, enum log_level level, const char *message,
                     const char *word)
{
    struct log_fields fields = {.order_id = call->wanted.order_id, .trace_id = call->trace.id};
    log_write(call->handler->settings.log, level, &fields, "%s (%s)", message, word);
}

static void end_call(struct handler_call *call)
{
    slab_put(&call->handler->calls, call);
}

static void on_charge(void *context, enum status status, const struct payment *row)
{
    struct handler_call *call = context;
    struct handler *handler = call->handler;
    if (status != STATUS_OK) {
        log_call(call, LOG_WARN, "Charge not recorded", status_text(status));
        reply_failure(handler, call->exchange, status);
        end_call(call);
        return;
    }
    log_call(call, LOG_INFO, "Charge answered", payment_status_name(row->status));
    switch (payment_judge_charge(&call->wanted, row)) {
    case VERDICT_PAID:
        reply_row(handler, call->exchange, 200, NULL, row);
        break;
    case VERDICT_FAILED:
        reply_row(handler, call->exchange, 402, "Payment declined", row);
        break;
    case VERDICT_VOIDED:
        reply_row(handler, call->exchange, 409, "Payment voided", row);
        break;
    case VERDICT_REFUNDED:
        reply_row(handler, call->exchange, 409, "Payment refunded", row);
        break;
    case VERDICT_MISMATCH:
    case VERDICT_COUNT:
        log_call(call, LOG_ERROR, "Charge does not match the recorded payment", "MISMATCH");
        reply_mismatch(handler, call->exchange, call->wanted.order_id);
        break;
    }
    end_call(call);
}

static void on_void(void *context, enum status status, const struct payment *row)
{
    struct handler_call *call = context;
    struct handler *handler = call->handler;
    if (status != STATUS_OK) {
        log_call(call, LOG_WARN, "Void not recorded", status_text(status));
        reply_failure(handler, call->exchange, status);
    } else if (payment_judge_void(&call->wanted, row) == VERDICT_MISMATCH) {
        log_call(call, LOG_ERROR, "Void does not match the recorded payment", "MISMATCH");
        reply_mismatch(handler, call->exchange, call->wanted.order_id);
    } else {
        log_call(call, LOG_INFO, "Void answered", payment_status_name(row->status));
        reply_row(handler, call->exchange, 200, NULL, row);
    }
    end_call(call);
}

static void on_read(void *context, enum status status, const struct payment *row)
{
    struct handler_call *call = context;
    struct handler *handler = call->handler;
    if (status != STATUS_OK)
        reply_failure(handler, call->exchange, status);
    else if (row == NULL)
        http_reply_error(handler->server, call->exchange, 404, NULL, "Payment not found");
    else
        reply_row(handler, call->exchange, 200, NULL, row);
    end_call(call);
}

static struct trace trace_of(struct handler *handler, const struct http_request *request)
{
    struct http_text header =
        http_find_header(request->headers, request->header_count, "traceparent", NULL);
    return trace_from_header(handler->settings.prng, header.data, header.size);
}

static struct handler_call *begin(struct handler *handler, http_exchange_id exchange,
                                  const struct http_request *request, const struct payment *wanted)
{
    struct handler_call *call = slab_take(&handler->calls);
    if (call == NULL) {
        reply_failure(handler, exchange, STATUS_OVERLOADED);
        return NULL;
    }
    *call = (struct handler_call){
        .handler = handler,
        .exchange = exchange,
        .wanted = *wanted,
        .trace = trace_of(handler, request),
    };
    return call;
}

static void refuse(struct handler_call *call, enum status status)
{
    reply_failure(call->handler, call->exchange, status);
    end_call(call);
}

static void record(struct handler_call *call, payment_store_cb *callback)
{
    const struct handler_settings *settings = &call->handler->settings;
    enum status status = settings->store->operations->record(
        settings->store->store, &call->wanted, clock_now_ms(settings->clock) + CALL_TIMEOUT_MS,
        call, callback);
    if (status != STATUS_OK)
        refuse(call, status);
}

void handler_post_payment(void *service, http_exchange_id exchange,
                          const struct http_request *request)
{
    struct handler *handler = service;
    struct payment wanted = {.status = PAYMENT_PAID};
    struct json_faults faults = {0};
    if (!codec_read_key(request, &wanted)) {
        http_reply_error(handler->server, exchange, 400, NULL, "Idempotency-Key must be one UUID");
        return;
    }
    codec_read_charge(request->body, &wanted, &faults);
    if (faults.count != 0) {
        reply_faults(handler, exchange, &faults);
        return;
    }
    struct handler_call *call = begin(handler, exchange, request, &wanted);
    if (call == NULL)
        return;
    if (payment_is_faulty(wanted.amount)) {
        log_call(call, LOG_INFO, "Charge failed by its amount", "500 Error");
        http_reply_error(handler->server, exchange, 500, NULL, "Payment System Error occurred!");
        end_call(call);
        return;
    }
    record(call, on_charge);
}

void handler_post_void(void *service, http_exchange_id exchange, const struct http_request *request)
{
    struct handler *handler = service;
    struct payment wanted = {.status = PAYMENT_VOIDED, .order_id = request->path_id};
    if (!codec_read_key(request, &wanted)) {
        http_reply_error(handler->server, exchange, 400, NULL, "Idempotency-Key must be one UUID");
        return;
    }
    struct handler_call *call = begin(handler, exchange, request, &wanted);
    if (call != NULL)
        record(call, on_void);
}

void handler_get_payment(void *service, http_exchange_id exchange,
                         const struct http_request *request)
{
    struct handler *handler = service;
    const struct handler_settings *settings = &handler->settings;
    struct payment wanted = {.order_id = request->path_id};
    struct handler_call *call = begin(handler, exchange, request, &wanted);
    if (call == NULL)
        return;
    enum status status = settings->store->operations->read(
        settings->store->store, wanted.order_id, clock_now_ms(settings->clock) + CALL_TIMEOUT_MS,
        call, on_read);
    if (status != STATUS_OK)
        refuse(call, status);
}

void handler_get_healthz(void *service, http_exchange_id exchange,
                         const struct http_request *request)
{
    struct handler *handler = service;
    (void)request;
    health_reply_live(handler->server, exchange);
}

void handler_get_readyz(void *service, http_exchange_id exchange,
                        const struct http_request *request)
{
    struct handler *handler = service;
    (void)request;
    health_reply_ready(handler->server, exchange,
                       handler->settings.is_ready(handler->settings.is_ready_context));
}
