#include "payment/handler_call.h"

#include <stdlib.h>

#include "payment/assets.h"
#include "payment/codec.h"
#include "service/health.h"

/* The largest is a page: 100 payments of some 100 bytes. */
enum { ANSWER_SIZE_MAX = 32 * 1024 };

struct handler *handler_open(const struct handler_settings *settings)
{
    struct handler *handler = calloc(1, sizeof *handler);
    if (handler == NULL)
        return NULL;
    handler->settings = *settings;
    slab_init(&handler->calls, sizeof(struct handler_call), HANDLER_CALL_COUNT_MAX);
    admission_init(&handler->admission, settings->clock, settings->overload_delay_ms,
                   HANDLER_CHARGE_COUNT_MAX, &settings->metrics->admission);
    tally_init(&handler->refusals, settings->clock, settings->log,
               "Charge refused: those under way take too long (503)");
    handler_lists_init(&handler->lists);
    list_init(&handler->delayed);
    buffer_init(&handler->scratch, ANSWER_SIZE_MAX);
    if (buffer_reserve(&handler->scratch, ANSWER_SIZE_MAX) == NULL) {
        handler_close(handler);
        return NULL;
    }
    return handler;
}

void handler_close(struct handler *handler)
{
    LIST_EACH (node, &handler->delayed) {
        struct handler_call *call = LIST_ELEMENT(node, struct handler_call, node);
        timer_stop(handler->settings.clock, &call->delay);
        list_remove(&call->node);
        handler_call_end(call);
    }
    tally_stop(&handler->refusals);
    slab_free(&handler->calls);
    slab_free(&handler->lists);
    buffer_free(&handler->scratch);
    free(handler);
}

const struct admission *handler_admission(const struct handler *handler)
{
    return &handler->admission;
}

void handler_connect(struct handler *handler, struct http_server *server)
{
    handler->server = server;
}

static void on_void(void *context, enum status status, const struct payment *row)
{
    struct handler_call *call = context;
    if (status != STATUS_OK) {
        handler_call_log(call, LOG_WARN, "Void not recorded", status_text(status));
        handler_call_fail(call, PAYMENT_OPERATION_VOID, status);
        return;
    }
    enum payment_verdict verdict = payment_judge_void(&call->wanted, row);
    handler_call_count_verdict(call, PAYMENT_OPERATION_VOID, verdict);
    if (verdict == VERDICT_MISMATCH) {
        handler_call_log(call, LOG_ERROR, "Void does not match the recorded payment", "MISMATCH");
        handler_reply_mismatch(call);
    } else {
        handler_call_log(call, LOG_INFO, "Void answered", payment_status_name(row->status));
        handler_reply_row(call, 200, NULL, row);
    }
    handler_call_end(call);
}

static void reply_nothing_to_refund(const struct handler_call *call, const struct payment *row)
{
    handler_call_log(call, LOG_WARN, "Nothing to refund",
                     row == NULL ? "no payment" : payment_status_name(row->status));
    if (row != NULL)
        handler_reply_row(call, 409, "Nothing to refund", row);
    else
        handler_reply_nothing_to_refund(call);
}

static void on_refund(void *context, enum status status, const struct payment *row)
{
    struct handler_call *call = context;
    if (status != STATUS_OK) {
        handler_call_log(call, LOG_WARN, "Refund not recorded", status_text(status));
        handler_call_fail(call, PAYMENT_OPERATION_REFUND, status);
        return;
    }
    uint64_t *calls = call->handler->settings.metrics->calls[PAYMENT_OPERATION_REFUND];
    switch (payment_judge_refund(&call->wanted, row)) {
    case REFUND_DONE:
        metrics_add(&calls[PAYMENT_OUTCOME_REFUNDED], 1);
        handler_call_log(call, LOG_INFO, "Refund answered", payment_status_name(row->status));
        handler_reply_row(call, 200, NULL, row);
        break;
    case REFUND_NOTHING:
        metrics_add(&calls[PAYMENT_OUTCOME_NOTHING], 1);
        reply_nothing_to_refund(call, row);
        break;
    case REFUND_TOO_SOON:
        metrics_add(&calls[PAYMENT_OUTCOME_UNKNOWN], 1);
        handler_call_log(call, LOG_WARN, "Refund came too soon", payment_status_name(row->status));
        handler_reply_failure(call->handler, call->exchange, STATUS_UNKNOWN);
        break;
    case REFUND_MISMATCH:
        metrics_add(&calls[PAYMENT_OUTCOME_MISMATCH], 1);
        handler_call_log(call, LOG_ERROR, "Refund does not match the recorded payment", "MISMATCH");
        handler_reply_mismatch(call);
        break;
    }
    handler_call_end(call);
}

static void on_read(void *context, enum status status, const struct payment *row)
{
    struct handler_call *call = context;
    if (status != STATUS_OK)
        handler_reply_failure(call->handler, call->exchange, status);
    else if (row == NULL)
        http_reply_error(call->handler->server, call->exchange, 404, NULL, "Payment not found");
    else
        handler_reply_row(call, 200, NULL, row);
    handler_call_end(call);
}

static uint64_t deadline_ms(const struct handler *handler)
{
    return clock_now_ms(handler->settings.clock) + HANDLER_CALL_TIMEOUT_MS;
}

/* For POST /payments/{id}/<verb>; NULL where it is answered already. */
static struct handler_call *begin_verb(struct handler *handler, http_exchange_id exchange,
                                       const struct http_request *request,
                                       enum payment_status status)
{
    struct payment wanted = {.status = status, .order_id = request->path_id};
    if (!codec_read_key(request, &wanted)) {
        handler_reply_bad_header(handler, exchange, "Idempotency-Key must be one UUID");
        return NULL;
    }
    return handler_call_begin(handler, exchange, request, &wanted);
}

void handler_post_void(void *service, http_exchange_id exchange, const struct http_request *request)
{
    struct handler *handler = service;
    const struct payment_store *store = handler->settings.store;
    struct handler_call *call = begin_verb(handler, exchange, request, PAYMENT_VOIDED);
    if (call == NULL)
        return;
    enum status status =
        store->operations->record(store->store, &call->wanted, deadline_ms(handler), call, on_void);
    if (status != STATUS_OK)
        handler_call_fail(call, PAYMENT_OPERATION_VOID, status);
}

void handler_post_refund(void *service, http_exchange_id exchange,
                         const struct http_request *request)
{
    struct handler *handler = service;
    const struct payment_store *store = handler->settings.store;
    struct handler_call *call = begin_verb(handler, exchange, request, PAYMENT_REFUNDED);
    if (call == NULL)
        return;
    enum status status = store->operations->refund(store->store, &call->wanted,
                                                   deadline_ms(handler), call, on_refund);
    if (status != STATUS_OK)
        handler_call_fail(call, PAYMENT_OPERATION_REFUND, status);
}

void handler_get_payment(void *service, http_exchange_id exchange,
                         const struct http_request *request)
{
    struct handler *handler = service;
    struct payment wanted = {.order_id = request->path_id};
    struct handler_call *call = handler_call_begin(handler, exchange, request, &wanted);
    if (call != NULL)
        handler_call_read(call, on_read);
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

void handler_get_asset(void *service, http_exchange_id exchange, const struct http_request *request)
{
    struct handler *handler = service;
    asset_reply(handler->server, exchange, request, payment_assets, payment_asset_count);
}

void handler_get_metrics(void *service, http_exchange_id exchange,
                         const struct http_request *request)
{
    struct handler *handler = service;
    (void)request;
    meter_reply(handler->settings.meter, handler->server, exchange);
}
