#include "payment/handler_call.h"

#include "payment/codec.h"

static void reply_charge(const struct handler_call *call, const struct payment *row,
                         enum payment_verdict verdict)
{
    switch (verdict) {
    case VERDICT_PAID:
        handler_reply_row(call, 200, NULL, row);
        break;
    case VERDICT_FAILED:
        handler_reply_row(call, 402, "Payment declined", row);
        break;
    case VERDICT_VOIDED:
        handler_reply_row(call, 409, "Payment voided", row);
        break;
    case VERDICT_REFUNDED:
        handler_reply_row(call, 409, "Payment refunded", row);
        break;
    case VERDICT_MISMATCH:
    case VERDICT_COUNT:
        handler_call_log(call, LOG_ERROR, "Charge does not match the recorded payment", "MISMATCH");
        handler_reply_mismatch(call);
        break;
    }
}

static void reply_system_error(const struct handler_call *call)
{
    http_reply_error(call->handler->server, call->exchange, 500, NULL,
                     "Payment System Error occurred!");
}

/* It is recorded, and its caller is not to know. */
static void hide_charge(const struct handler_call *call)
{
    if (call->fault.action == FAULT_COMMIT_ERROR)
        reply_system_error(call);
    else
        http_abandon(call->handler->server, call->exchange);
}

/* STATUS_UNKNOWN stays a word of its own: it may be recorded. */
static const char *why_not_recorded(const struct handler_call *call, enum status status)
{
    bool is_late = clock_now_ms(call->handler->settings.clock) >= call->deadline_ms;
    return status == STATUS_UNAVAILABLE && is_late ? "its caller waits no longer"
                                                   : status_text(status);
}

static void on_charge(void *context, enum status status, const struct payment *row)
{
    struct handler_call *call = context;
    enum fault_action action = call->fault.action;
    if (status != STATUS_OK) {
        handler_call_log(call, LOG_WARN, "Charge not recorded", why_not_recorded(call, status));
        handler_call_fail(call, PAYMENT_OPERATION_CHARGE, status);
        return;
    }
    enum payment_verdict verdict = payment_judge_charge(&call->wanted, row);
    handler_call_count_verdict(call, PAYMENT_OPERATION_CHARGE, verdict);
    if (action == FAULT_COMMIT_ERROR || action == FAULT_COMMIT_DROP) {
        handler_call_log(call, LOG_INFO, "Charge recorded, not told",
                         payment_status_name(row->status));
        hide_charge(call);
    } else {
        handler_call_log(call, LOG_INFO, "Charge answered", payment_status_name(row->status));
        reply_charge(call, row, verdict);
    }
    handler_call_end(call);
}

/* A charge that the caller no longer waits for must not be recorded: it would be for nobody. */
static void record(struct handler_call *call)
{
    const struct handler_settings *settings = &call->handler->settings;
    uint64_t deadline_ms = clock_now_ms(settings->clock) + HANDLER_CALL_TIMEOUT_MS;
    if (deadline_ms > call->deadline_ms)
        deadline_ms = call->deadline_ms;
    admission_enter(&call->handler->admission, &call->ticket);
    enum status status = settings->store->operations->record(settings->store->store, &call->wanted,
                                                             deadline_ms, call, on_charge);
    if (status != STATUS_OK)
        handler_call_fail(call, PAYMENT_OPERATION_CHARGE, status);
}

static void on_delay_over(struct timer *timer, void *context)
{
    struct handler_call *call = context;
    (void)timer;
    list_remove(&call->node);
    record(call);
}

static void delay(struct handler_call *call)
{
    struct handler *handler = call->handler;
    list_init(&call->node);
    list_append(&handler->delayed, &call->node);
    timer_init(&call->delay, on_delay_over, call);
    timer_start(handler->settings.clock, &call->delay, call->fault.delay_ms);
}

static void charge(struct handler_call *call)
{
    struct handler *handler = call->handler;
    if (call->fault.action != FAULT_NONE) {
        metrics_add(&handler->settings.metrics->faults[call->fault.action], 1);
        handler_call_log(call, LOG_INFO, "Fault by amount", fault_action_word(call->fault.action));
    }
    switch (call->fault.action) {
    case FAULT_DECLINE:
        call->wanted.status = PAYMENT_FAILED;
        record(call);
        return;
    case FAULT_DELAY:
        delay(call);
        return;
    case FAULT_NONE:
    case FAULT_COMMIT_ERROR:
    case FAULT_COMMIT_DROP:
        record(call);
        return;
    case FAULT_ERROR:
        reply_system_error(call);
        break;
    case FAULT_HANG:
        http_leave_unanswered(handler->server, call->exchange);
        break;
    case FAULT_DROP:
    case FAULT_ACTION_COUNT:
        http_abandon(handler->server, call->exchange);
        break;
    }
    handler_call_end(call);
}

void handler_post_payment(void *service, http_exchange_id exchange,
                          const struct http_request *request)
{
    struct handler *handler = service;
    struct payment wanted = {.status = PAYMENT_PAID};
    struct json_faults faults = {0};
    uint32_t timeout_ms;
    if (!admission_admits(&handler->admission)) {
        tally_count(&handler->refusals);
        handler_reply_busy(handler, exchange);
        return;
    }
    if (!codec_read_key(request, &wanted)) {
        handler_reply_bad_header(handler, exchange, "Idempotency-Key must be one UUID");
        return;
    }
    if (!codec_read_timeout(request, &timeout_ms)) {
        handler_reply_bad_header(handler, exchange,
                                 "Request-Timeout-Ms must be one number from 1 to 600000");
        return;
    }
    codec_read_charge(request->body, &wanted, &faults);
    if (faults.count != 0) {
        handler_reply_faults(handler, exchange, &faults);
        return;
    }
    struct handler_call *call = handler_call_begin(handler, exchange, request, &wanted);
    if (call == NULL)
        return;
    if (timeout_ms != 0)
        call->deadline_ms = clock_now_ms(handler->settings.clock) + timeout_ms;
    call->fault = faults_find(fault_rules_now(handler->settings.fault_rules), wanted.amount);
    charge(call);
}
