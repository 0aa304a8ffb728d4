#include "simulation/sim_payment.h"

#include "simulation/poison.h"

enum { PAYMENT_CALL_COUNT_MAX = 1 << 16, PAYMENT_MESSAGE_COUNT_MAX = 1 << 17 };
enum { QUICK_MS = 5, SLOW_MS = 5000, VERY_LATE_MS = 60000 };

enum verb { VERB_CHARGE, VERB_VOID, VERB_REFUND };

static const char *const verb_names[] = {"charge", "void", "refund"};

/* Lives until it is answered and none of its messages is on the way. */
struct sim_call {
    struct sim_payment *payment;
    struct sim_host *host;
    struct list_node node;
    struct timer timer; /* the deadline, or what comes before it */
    unsigned message_count;
    bool is_over;
    int64_t order_id;
    enum payment_result result; /* if the timer fires first */
    void *context;
    payment_cb *callback;
};

struct sim_message {
    struct sim_call *call;
    struct timer timer;
    enum verb verb;
    struct register_request request;
    enum payment_result result; /* on its way back */
};

void sim_payment_init(struct sim_payment *payment, struct sim *sim)
{
    *payment = (struct sim_payment){.sim = sim};
    register_init(&payment->reg, sim);
    slab_init(&payment->calls, sizeof(struct sim_call), PAYMENT_CALL_COUNT_MAX);
    slab_init(&payment->messages, sizeof(struct sim_message), PAYMENT_MESSAGE_COUNT_MAX);
}

void sim_payment_free(struct sim_payment *payment)
{
    register_free(&payment->reg);
    slab_free(&payment->calls);
    slab_free(&payment->messages);
}

void sim_payment_begin_outage(struct sim_payment *payment, enum payment_outage outage,
                              uint64_t duration_ms)
{
    static const char *const texts[] = {"payment is up", "payment refuses connections",
                                        "payment hangs", "payment is stalled"};
    payment->outage = outage;
    payment->outage_until_ms = payment->sim->time.now_ms + duration_ms;
    sim_tell(payment->sim, 0, 0, texts[outage], "for ms:", (int32_t)duration_ms);
}

static enum payment_outage outage_now(const struct sim_payment *payment)
{
    return payment->sim->time.now_ms < payment->outage_until_ms ? payment->outage : PAYMENT_UP;
}

static void free_if_over(struct sim_call *call)
{
    if (call->is_over && call->message_count == 0)
        slab_put(&call->payment->calls, call);
}

static enum payment_result as_read(const struct sim *sim, enum payment_result result)
{
    if (result == PAYMENT_UNKNOWN && sim->bug == BUG_UNKNOWN_IS_DECLINED)
        return PAYMENT_DECLINED;
    if (result == PAYMENT_UNKNOWN && sim->bug == BUG_UNKNOWN_IS_NOT_SENT)
        return PAYMENT_NOT_SENT;
    if (result == PAYMENT_FAULT && sim->bug == BUG_FAULT_IS_DECLINED)
        return PAYMENT_DECLINED;
    if (result == PAYMENT_REFUNDED && sim->bug == BUG_REFUND_IS_PAID)
        return PAYMENT_PAID;
    return result;
}

static void end_call(struct sim_call *call, enum payment_result result)
{
    static const char *const names[] = {"PAID",  "DECLINED", "VOIDED", "REFUNDED", "MISMATCH",
                                        "FAULT", "UNKNOWN",  "BUSY",   "NOT_SENT"};
    struct sim *sim = call->payment->sim;
    payment_cb *callback = call->callback;
    void *context = call->context;
    sim_tell(sim, call->host->number, call->order_id, "is told of the payment:", names[result], 0);
    timer_stop(&sim->clock.clock, &call->timer);
    list_remove(&call->node);
    call->is_over = true;
    free_if_over(call);
    callback(context, as_read(sim, result));
}

static void on_call_timer(struct timer *timer, void *context)
{
    struct sim_call *call = context;
    if (sim_host_may_deliver(call->host, timer))
        end_call(call, call->result);
}

void sim_payment_end_calls(struct sim_host *host)
{
    while (!list_is_empty(&host->payment_calls)) {
        struct list_node *node = host->payment_calls.next;
        end_call(LIST_ELEMENT(node, struct sim_call, node), PAYMENT_UNKNOWN);
    }
}

static void free_message(struct sim_message *message)
{
    struct sim_call *call = message->call;
    call->message_count--;
    slab_put(&call->payment->messages, message);
    free_if_over(call);
}

/* The answer is there, if somebody still waits for one. */
static void on_answered(struct timer *timer, void *context)
{
    struct sim_message *message = context;
    struct sim_call *call = message->call;
    enum payment_result result = message->result;
    bool is_waited_for = !call->is_over &&
                         !poison_strikes(call->host, call->order_id, POISON_ANSWERED) &&
                         sim_host_may_deliver(call->host, timer);
    if (timer_is_active(timer))
        return; /* put off to the thaw */
    call->message_count--;
    slab_put(&call->payment->messages, message);
    if (is_waited_for)
        end_call(call, result);
    else
        free_if_over(call);
}

static enum payment_result result_of(enum recorded recorded)
{
    static const enum payment_result results[] = {
        [RECORDED_NOTHING] = PAYMENT_UNKNOWN,   [RECORDED_PAID] = PAYMENT_PAID,
        [RECORDED_FAILED] = PAYMENT_DECLINED,   [RECORDED_VOIDED] = PAYMENT_VOIDED,
        [RECORDED_REFUNDED] = PAYMENT_REFUNDED, [RECORDED_MISMATCH] = PAYMENT_MISMATCH,
    };
    return results[recorded];
}

/* The payment service does its work; what it answers may hide it. */
static enum payment_result work(struct sim_payment *payment, const struct sim_message *message)
{
    struct sim *sim = payment->sim;
    const struct register_request *request = &message->request;
    bool is_charge = message->verb == VERB_CHARGE;
    if (is_charge && sim_chance(sim, sim->faults.payment_busy))
        return PAYMENT_BUSY;
    if ((is_charge && request->amount == AMOUNT_ERROR) ||
        sim_chance(sim, sim->faults.payment_error_before))
        return PAYMENT_FAULT;
    enum recorded recorded = is_charge                    ? register_charge(&payment->reg, request)
                             : message->verb == VERB_VOID ? register_void(&payment->reg, request)
                                                          : register_refund(&payment->reg, request);
    sim_tell(sim, 0, request->order_id, verb_names[message->verb], recorded_name(recorded), 0);
    if ((is_charge && request->amount == AMOUNT_COMMIT_ERROR) ||
        sim_chance(sim, sim->faults.payment_error_after))
        return PAYMENT_FAULT;
    if (sim_chance(sim, sim->faults.payment_unavailable_after))
        return PAYMENT_UNKNOWN;
    return result_of(recorded);
}

static void on_arrived(struct timer *timer, void *context)
{
    struct sim_message *message = context;
    struct sim_payment *payment = message->call->payment;
    struct sim *sim = payment->sim;
    enum payment_outage outage = outage_now(payment);
    if (outage == PAYMENT_STALLED) {
        sim_start(sim, timer, payment->outage_until_ms - sim->time.now_ms + sim_between(sim, 0, 9));
        return;
    }
    if (outage != PAYMENT_UP) {
        free_message(message);
        return;
    }
    message->result = work(payment, message);
    if (message->call->is_over || sim_chance(sim, sim->faults.payment_answer_lost)) {
        free_message(message);
        return;
    }
    timer_init(timer, on_answered, message);
    sim_start(sim, timer, sim_between(sim, 1, QUICK_MS));
}

static uint64_t travel_ms(struct sim *sim)
{
    if (sim_chance(sim, sim->faults.payment_very_late))
        return sim_between(sim, 1, VERY_LATE_MS);
    if (sim_chance(sim, sim->faults.payment_slow))
        return sim_between(sim, 1, SLOW_MS);
    return sim_between(sim, 1, QUICK_MS);
}

static void send(struct sim_call *call, enum verb verb, const struct payment_request *request)
{
    struct sim_payment *payment = call->payment;
    struct sim *sim = payment->sim;
    struct sim_message *message = slab_take(&payment->messages);
    if (message == NULL)
        return; /* lost, like any other */
    call->message_count++;
    message->call = call;
    message->verb = verb;
    message->request = (struct register_request){
        .order_id = request->order->id,
        .uid = request->order->uid,
        .amount = request->order->price,
    };
    timer_init(&message->timer, on_arrived, message);
    sim_start(sim, &message->timer, travel_ms(sim));
}

static void send_all(struct sim_call *call, enum verb verb, const struct payment_request *request)
{
    struct sim *sim = call->payment->sim;
    if (!sim_chance(sim, sim->faults.payment_request_lost))
        send(call, verb, request);
    while (sim_chance(sim, sim->faults.payment_duplicated))
        send(call, verb, request);
}

/* When the caller learns of it at the latest. */
static uint64_t wait_ms(struct sim_call *call, uint64_t deadline_ms)
{
    struct sim *sim = call->payment->sim;
    uint64_t end_ms = sim_clock_to_world_ms(&call->host->clock, deadline_ms);
    uint64_t wait = end_ms > sim->time.now_ms ? end_ms - sim->time.now_ms : 1;
    return sim_chance(sim, sim->faults.payment_reset) ? sim_between(sim, 1, wait) : wait;
}

static enum status submit(struct sim_payment_link *link, enum verb verb,
                          const struct payment_request *request, void *context,
                          payment_cb *callback)
{
    struct sim_payment *payment = link->payment;
    struct sim *sim = payment->sim;
    if (link->host->is_closing)
        return STATUS_STOPPING;
    bool is_struck = poison_strikes(link->host, request->order->id, POISON_CALLING);
    if (sim_chance(sim, is_struck ? 500 : sim->faults.payment_overloaded))
        return STATUS_OVERLOADED;
    struct sim_call *call = slab_take(&payment->calls);
    if (call == NULL)
        return STATUS_OVERLOADED;
    call->payment = payment;
    call->host = link->host;
    call->order_id = request->order->id;
    call->context = context;
    call->callback = callback;
    list_init(&call->node);
    list_append(&link->host->payment_calls, &call->node);
    timer_init(&call->timer, on_call_timer, call);
    bool is_refused =
        outage_now(payment) == PAYMENT_REFUSING || sim_chance(sim, sim->faults.payment_not_sent);
    call->result = is_refused ? PAYMENT_NOT_SENT : PAYMENT_UNKNOWN;
    sim_tell(sim, link->host->number, call->order_id, "sends", verb_names[verb],
             request->order->epoch);
    if (!is_refused)
        send_all(call, verb, request);
    sim_start(sim, &call->timer,
              is_refused ? sim_between(sim, 1, QUICK_MS) : wait_ms(call, request->deadline_ms));
    return STATUS_OK;
}

static enum status charge(void *link, const struct payment_request *request, void *context,
                          payment_cb *callback)
{
    return submit(link, VERB_CHARGE, request, context, callback);
}

static enum status void_unpaid(void *link, const struct payment_request *request, void *context,
                               payment_cb *callback)
{
    return submit(link, VERB_VOID, request, context, callback);
}

static enum status refund(void *link, const struct payment_request *request, void *context,
                          payment_cb *callback)
{
    return submit(link, VERB_REFUND, request, context, callback);
}

struct payment_port sim_payment_port(struct sim_payment_link *link)
{
    static const struct payment_operations operations = {
        .charge = charge,
        .void_unpaid = void_unpaid,
        .refund = refund,
    };
    return (struct payment_port){.operations = &operations, .payment = link};
}
