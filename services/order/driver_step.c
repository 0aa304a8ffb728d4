/* The driver's dispatch loop: event -> table -> effect, until an effect takes its time. */
#include <assert.h>

#include "base/backoff.h"
#include "order/driver_saga.h"
#include "order/driver_words.h"

enum {
    BACKOFF_BASE_MS = 50,
    BACKOFF_CAP_MS = 2000,
    RELEASE_BASE_MS = 1000, /* an order that is handed back rests for about so long */
    RELEASE_CAP_MS = 5000,
    STORE_TIMEOUT_MS = 10000, /* for one attempt to write; the attempts go on for ever */
    CALL_TIMEOUT_MIN_MS = 50,
};

/* An effect that is under way answers later; one that could not start is an event at once. */
struct outcome {
    bool is_event;
    enum saga_event event;
};

static const struct outcome outcome_later = {.is_event = false};

static struct outcome outcome_now(enum saga_event event)
{
    return (struct outcome){.is_event = true, .event = event};
}

static uint64_t now_ms(const struct saga *saga)
{
    return clock_now_ms(saga->driver->settings.clock);
}

static uint64_t budget_end_ms(const struct saga *saga)
{
    return saga->held_since_ms + saga->driver->charge_budget_ms;
}

static void log_saga(const struct saga *saga, enum log_level level, const char *message)
{
    struct log *log = saga->driver->settings.log;
    if (!log_is_on(log, level))
        return;
    struct log_fields fields = {.order_id = saga->order.id, .trace_id = saga->trace.id};
    log_write(log, level, &fields, "%s", message);
}

static void log_not_created(const struct saga *saga, enum status status)
{
    struct log_fields fields = {.order_id = saga->order.id, .trace_id = saga->trace.id};
    struct log *log = saga->driver->settings.log;
    if (saga->is_key_taken) {
        fields.order_id = 0; /* ours will never exist, and the other one's is not known here */
        log_write(log, LOG_INFO, &fields,
                  "Order not created: this Idempotency-Key has an order already");
        return;
    }
    log_write(log, LOG_WARN, &fields, "Order not created: %s", status_text(status));
}

static enum saga_event event_of_create(struct saga *saga, enum status status)
{
    struct order_metrics *metrics = saga->driver->settings.metrics;
    if (status == STATUS_OK) {
        saga->is_created = true;
        metrics_add(&metrics->moves[ORDER_EDGE_NONE_PENDING_created], 1);
        log_saga(saga, LOG_INFO, "Order Created (PENDING)");
        return saga->was_refused ? EV_CREATED_UNWANTED : EV_CREATED;
    }
    if (status == STATUS_UNKNOWN)
        metrics_add(&metrics->unknown_writes[ORDER_WRITE_CREATE], 1);
    saga->is_key_taken = status == STATUS_CONFLICT && saga->order.key_size != 0;
    log_not_created(saga, status);
    /* Once an attempt's outcome was unknown, a later refusal says nothing about that one; but
     * another order under this id says that there is none of ours. */
    bool is_certain = status != STATUS_UNKNOWN && saga->failure_count == 0;
    return is_certain || status == STATUS_CONFLICT ? EV_CREATE_REFUSED : EV_CREATE_UNKNOWN;
}

static void on_created(void *context, enum status status)
{
    struct saga *saga = context;
    enum saga_event event = event_of_create(saga, status);
    if (event == EV_CREATED && saga->client.answer_when_durable)
        saga_answer(saga, ANSWER_PENDING);
    saga_handle(saga, event);
}

static enum status submit_create(struct saga *saga)
{
    const struct order_store *store = saga->driver->settings.store;
    uint64_t deadline_ms = saga->was_refused ? now_ms(saga) + STORE_TIMEOUT_MS : saga->answer_by_ms;
    return store->operations->create(store->store, &saga->order, &saga->trace, deadline_ms, saga,
                                     on_created);
}

enum status saga_start(struct saga *saga)
{
    struct saga_cell cell = saga_step(saga->state, EV_START);
    assert(cell.effect == FX_CREATE);
    enum status status = submit_create(saga);
    if (status != STATUS_OK)
        log_not_created(saga, status);
    return status;
}

static struct outcome create_again(struct saga *saga)
{
    enum status status = submit_create(saga);
    return status == STATUS_OK ? outcome_later : outcome_now(EV_CREATE_UNKNOWN);
}

/* No definite answer: again while the charge's budget lasts. A void has no budget: it is repeated
 * until it is answered. */
static enum saga_event event_of_no_answer(const struct saga *saga)
{
    if (saga->state != SAGA_CHARGING || now_ms(saga) < budget_end_ms(saga))
        return EV_UNKNOWN;
    return saga->was_sent ? EV_BUDGET_SPENT : EV_NEVER_SENT;
}

static enum saga_event event_of_payment(struct saga *saga, enum payment_result result)
{
    log_saga(saga, driver_level_of_payment(result), driver_describe_payment(result));
    if (result != PAYMENT_NOT_SENT)
        saga->was_sent = true;
    switch (result) {
    case PAYMENT_PAID:
        return EV_PAID;
    case PAYMENT_DECLINED:
        return EV_DECLINED;
    case PAYMENT_VOIDED:
        return EV_VOIDED;
    case PAYMENT_REFUNDED:
        return EV_REFUNDED;
    case PAYMENT_MISMATCH:
        return EV_MISMATCH;
    case PAYMENT_FAULT:
        return EV_FAULT;
    case PAYMENT_UNKNOWN:
    case PAYMENT_BUSY:
    case PAYMENT_NOT_SENT:
        break;
    }
    return event_of_no_answer(saga);
}

static void on_payment(void *context, enum payment_result result)
{
    struct saga *saga = context;
    saga_handle(saga, event_of_payment(saga, result));
}

/* One call's time; a charge's ends with the budget, so that the client's deadline can be kept. */
static uint64_t call_deadline_ms(const struct saga *saga)
{
    uint64_t now = now_ms(saga);
    uint64_t deadline_ms = now + saga->driver->settings.payment_timeout_ms;
    if (saga->state == SAGA_CHARGING && deadline_ms > budget_end_ms(saga))
        deadline_ms = budget_end_ms(saga);
    return deadline_ms < now + CALL_TIMEOUT_MIN_MS ? now + CALL_TIMEOUT_MIN_MS : deadline_ms;
}

static struct outcome call_payment(struct saga *saga, enum saga_effect effect)
{
    const struct payment_port *port = saga->driver->settings.payment;
    struct payment_request request = {
        .order = &saga->order,
        .trace = &saga->trace,
        .deadline_ms = call_deadline_ms(saga),
    };
    const struct payment_operations *operations = port->operations;
    enum status status =
        effect == FX_CHARGE ? operations->charge(port->payment, &request, saga, on_payment)
        : effect == FX_VOID ? operations->void_unpaid(port->payment, &request, saga, on_payment)
                            : operations->refund(port->payment, &request, saga, on_payment);
    if (status == STATUS_OK)
        return outcome_later;
    /* The breaker is open, and waiting would only take the client's time. */
    if (status == STATUS_UNAVAILABLE && saga->state == SAGA_CHARGING && !saga->was_sent)
        return outcome_now(EV_NEVER_SENT);
    return outcome_now(event_of_payment(saga, PAYMENT_NOT_SENT));
}

static void on_moved(void *context, enum status status, enum order_status current)
{
    struct saga *saga = context;
    struct order_metrics *metrics = saga->driver->settings.metrics;
    if (status == STATUS_NOT_FOUND) {
        log_saga(saga, LOG_ERROR, "Order's row is gone; it can't be finished");
        saga_handle(saga, EV_OVERTAKEN);
        return;
    }
    if (status == STATUS_UNKNOWN)
        metrics_add(&metrics->unknown_writes[ORDER_WRITE_MOVE], 1);
    if (status != STATUS_OK && status != STATUS_CONFLICT) {
        log_saga(saga, LOG_WARN, "Order status not written yet; trying again");
        saga_handle(saga, EV_STORE_FAILED);
        return;
    }
    if (status == STATUS_OK)
        order_metrics_count_move(metrics, (int)saga->order.status, current, saga->reason);
    saga->order.status = current;
    saga_handle(saga, status == STATUS_OK ? EV_STORED : EV_OVERTAKEN);
}

static struct outcome store_status(struct saga *saga)
{
    const struct order_store *store = saga->driver->settings.store;
    struct store_move move = {
        .id = saga->order.id,
        .epoch = saga->order.epoch,
        .from = saga->order.status,
        .to = saga_status(saga->state),
        .reason = saga->reason,
        .trace = &saga->trace,
        .deadline_ms = now_ms(saga) + STORE_TIMEOUT_MS,
    };
    enum status status = store->operations->move(store->store, &move, saga, on_moved);
    return status == STATUS_OK ? outcome_later : outcome_now(EV_STORE_FAILED);
}

static enum saga_event event_of_backoff(const struct saga *saga)
{
    bool has_lease = saga->state != SAGA_CREATING;
    if (has_lease && now_ms(saga) >= saga->held_since_ms + DRIVER_HOLD_MS)
        return EV_LEASE_ENDING;
    bool is_spent = saga->state == SAGA_CHARGING && now_ms(saga) >= budget_end_ms(saga);
    return is_spent ? event_of_no_answer(saga) : EV_RETRY;
}

static void on_backoff(struct timer *timer, void *context)
{
    struct saga *saga = context;
    (void)timer;
    saga_handle(saga, event_of_backoff(saga));
}

static struct outcome back_off(struct saga *saga)
{
    const struct driver_settings *settings = &saga->driver->settings;
    uint64_t delay_ms =
        backoff_delay_ms(settings->prng, BACKOFF_BASE_MS, BACKOFF_CAP_MS, saga->failure_count++);
    uint64_t now = now_ms(saga);
    if (saga->state == SAGA_CHARGING && now + delay_ms > budget_end_ms(saga))
        delay_ms = budget_end_ms(saga) > now ? budget_end_ms(saga) - now : 0;
    timer_start(settings->clock, &saga->backoff, delay_ms);
    return outcome_later;
}

void saga_init_backoff(struct saga *saga)
{
    timer_init(&saga->backoff, on_backoff, saga);
}

static enum driver_answer answer_at_end(const struct saga *saga)
{
    if (saga->state == SAGA_ABANDONED)
        return saga->is_key_taken ? ANSWER_KEY_TAKEN : ANSWER_UNAVAILABLE;
    if (!order_status_is_final(saga->order.status))
        return ANSWER_PENDING;
    return saga->state == SAGA_SUPERSEDED ? ANSWER_OVERTAKEN : ANSWER_FINAL;
}

static void answer_final(struct saga *saga)
{
    if (saga->state == SAGA_COMPLETED)
        log_saga(saga, LOG_INFO, "Order Completed (COMPLETED)");
    if (saga->state == SAGA_CANCELLED)
        log_saga(saga, LOG_INFO, "Compensating Transaction executed (CANCELLED)");
    if (saga->state == SAGA_SUPERSEDED)
        log_saga(saga, LOG_WARN, "Order was moved on by another worker");
    saga_answer(saga, answer_at_end(saga));
    saga_release(saga);
}

static void release(struct saga *saga)
{
    const struct driver_settings *settings = &saga->driver->settings;
    uint64_t delay_ms =
        backoff_delay_ms(settings->prng, RELEASE_BASE_MS, RELEASE_CAP_MS, saga->failure_count);
    settings->store->operations->release(settings->store->store, saga->order.id, saga->order.epoch,
                                         (int32_t)delay_ms);
    log_saga(saga, LOG_WARN, "Order handed back: recovery will go on with it");
    saga_answer(saga, ANSWER_PENDING);
    saga_release(saga);
}

static struct outcome perform(struct saga *saga, enum saga_effect effect)
{
    switch (effect) {
    case FX_CREATE:
        return create_again(saga);
    case FX_CHARGE:
    case FX_VOID:
    case FX_REFUND:
        return call_payment(saga, effect);
    case FX_STORE:
        return store_status(saga);
    case FX_BACKOFF:
        return back_off(saga);
    case FX_RELEASE:
        release(saga);
        return outcome_later;
    case FX_ANSWER:
        answer_final(saga);
        return outcome_later;
    case FX_NONE:
    case SAGA_EFFECT_COUNT:
        break;
    }
    return outcome_later;
}

/* The only writer of saga->state. */
static void enter(struct saga *saga, enum saga_event event, enum saga_state next)
{
    if (next == saga->state)
        return;
    if (log_is_on(saga->driver->settings.log, LOG_DEBUG)) {
        struct log_fields fields = {.order_id = saga->order.id, .trace_id = saga->trace.id};
        log_write(saga->driver->settings.log, LOG_DEBUG, &fields, "%s: %s -> %s",
                  saga_event_name(event), saga_state_name(saga->state), saga_state_name(next));
    }
    if (driver_reason_of(event) != NULL)
        saga->reason = driver_reason_of(event);
    saga->state = next;
    saga->failure_count = 0;
}

static void tell_conflict(const struct saga *saga, enum saga_event event)
{
    struct log_fields fields = {.order_id = saga->order.id, .trace_id = saga->trace.id};
    metrics_add(&saga->driver->settings.metrics->conflicts, 1);
    log_write(saga->driver->settings.log, LOG_ERROR, &fields,
              "conflict: event %s makes no sense in state %s; trying again", saga_event_name(event),
              saga_state_name(saga->state));
}

void saga_handle(struct saga *saga, enum saga_event event)
{
    struct outcome outcome = outcome_now(event);
    while (outcome.is_event) {
        struct saga_cell cell = saga_step(saga->state, outcome.event);
        if (cell.verdict == SAGA_CONFLICT) {
            tell_conflict(saga, outcome.event);
            outcome = back_off(saga); /* something must stay under way */
            continue;
        }
        enter(saga, outcome.event, cell.next);
        outcome = perform(saga, cell.effect);
    }
}
