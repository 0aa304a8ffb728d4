#include "simulation/sim_store_call.h"

#include <stdlib.h>

enum { QUICK_MS = 4, SLOW_MS = 6000, LATE_MS_MAX = 20000 };

static const char *const verb_names[] = {"create",  "move", "claim_cancel", "sweep",
                                         "release", "read", "read_by_key",  "reserve_ids"};

static bool is_gone(const struct sim_store_call *call)
{
    uint64_t now_ms = call->store->sim->time.now_ms;
    return now_ms < call->store->down_until_ms || now_ms < call->host->database_gone_until_ms;
}

static void free_call(struct sim_store_call *call)
{
    free(call->claimed);
    slab_put(&call->store->calls, call);
}

static void end_call(struct sim_store_call *call, enum status status)
{
    struct sim *sim = call->store->sim;
    list_remove(&call->node);
    call->is_abandoned = true;
    call->status = status;
    if (status != STATUS_OK && call->id != 0)
        sim_tell(sim, call->host->number, call->id, verb_names[call->verb],
                 status == STATUS_UNKNOWN ? "ends unknown" : "surely not done", 0);
    sim_store_call_tell(call);
}

static void on_arrived(struct timer *timer, void *context);

/* The answer, or what stands for it, has reached the host. */
static void on_told(struct timer *timer, void *context)
{
    struct sim_store_call *call = context;
    if (!call->is_abandoned) {
        if (!sim_host_may_deliver(call->host, timer))
            return;
        end_call(call, call->status);
    }
    if (!call->is_late) {
        free_call(call);
        return;
    }
    timer_init(timer, on_arrived, call);
    sim_start(call->store->sim, timer, call->late_ms);
}

static void tell_later(struct sim_store_call *call)
{
    struct sim *sim = call->store->sim;
    uint64_t delay_ms = sim_between(sim, 1, QUICK_MS);
    if (sim->time.now_ms + delay_ms >= call->deadline_ms || is_gone(call) ||
        sim_chance(sim, sim->faults.database_answer_lost))
        call->status = STATUS_UNKNOWN;
    timer_init(&call->timer, on_told, call);
    sim_start(sim, &call->timer, delay_ms);
}

static void on_looked(struct timer *timer, void *context)
{
    struct sim_store_call *call = context;
    (void)timer;
    sim_store_call_look(call);
    tell_later(call);
}

static void on_arrived(struct timer *timer, void *context)
{
    struct sim_store_call *call = context;
    struct sim *sim = call->store->sim;
    bool is_done = !is_gone(call) && sim_store_call_apply(call);
    if (call->is_late || call->verb == STORE_RELEASE) {
        free_call(call);
        return;
    }
    call->status = is_gone(call) ? STATUS_UNKNOWN : STATUS_OK;
    if (is_done || is_gone(call)) {
        tell_later(call);
        return;
    }
    timer_init(timer, on_looked, call);
    sim_start(sim, timer, sim_between(sim, 1, QUICK_MS));
}

struct sim_store_call *sim_store_call_begin(struct sim_store_link *link, enum store_verb verb,
                                            int64_t id, uint64_t deadline_ms, void *context,
                                            enum status *refusal)
{
    struct sim *sim = link->store->sim;
    if (link->host->is_closing) {
        *refusal = STATUS_STOPPING;
        return NULL;
    }
    *refusal = sim_chance(sim, 500) ? STATUS_UNAVAILABLE : STATUS_OVERLOADED;
    bool is_refused = sim_chance(sim, sim->faults.database_refused);
    struct sim_store_call *call = is_refused ? NULL : slab_take(&link->store->calls);
    if (call == NULL)
        return NULL;
    call->store = link->store;
    call->host = link->host;
    call->verb = verb;
    call->id = id;
    call->deadline_ms = sim_clock_to_world_ms(&link->host->clock, deadline_ms);
    call->context = context;
    list_init(&call->node);
    list_append(&link->host->store_calls, &call->node);
    return call;
}

static uint64_t travel_ms(struct sim *sim)
{
    uint64_t most_ms = sim_chance(sim, sim->faults.database_slow) ? SLOW_MS : QUICK_MS;
    return sim_between(sim, 1, most_ms);
}

/* The host is told this, sooner or later before its deadline. */
static void end_later(struct sim_store_call *call, enum status status)
{
    struct sim *sim = call->store->sim;
    uint64_t now_ms = sim->time.now_ms;
    uint64_t wait_ms = call->deadline_ms > now_ms ? call->deadline_ms - now_ms : 1;
    call->status = status;
    timer_init(&call->timer, on_told, call);
    sim_start(sim, &call->timer, sim_chance(sim, 500) ? wait_ms : sim_between(sim, 1, wait_ms));
}

void sim_store_call_send(struct sim_store_call *call)
{
    struct sim *sim = call->store->sim;
    uint64_t travel = travel_ms(sim);
    call->status = STATUS_OK;
    if (is_gone(call)) {
        end_later(call, sim_chance(sim, 500) ? STATUS_UNAVAILABLE : STATUS_UNKNOWN);
    } else if (sim_chance(sim, sim->faults.database_surely_not)) {
        end_later(call, sim_chance(sim, 500) ? STATUS_UNAVAILABLE : STATUS_REFUSED);
    } else if (sim_chance(sim, sim->faults.database_request_lost)) {
        end_later(call, STATUS_UNKNOWN);
    } else if (sim_chance(sim, sim->faults.database_late) ||
               sim->time.now_ms + travel >= call->deadline_ms) {
        call->is_late = true;
        call->late_ms = sim_between(sim, 1, LATE_MS_MAX);
        end_later(call, STATUS_UNKNOWN);
    } else {
        timer_init(&call->timer, on_arrived, call);
        sim_start(sim, &call->timer, travel);
    }
}

/* A call that waits to be told has nothing left to do; one that is still on its way goes on. */
void sim_store_end_calls(struct sim_host *host)
{
    while (!list_is_empty(&host->store_calls)) {
        struct sim_store_call *call =
            LIST_ELEMENT(host->store_calls.next, struct sim_store_call, node);
        struct clock *clock = &call->store->sim->clock.clock;
        end_call(call, STATUS_UNKNOWN);
        if (!timer_is_active(&call->timer))
            timer_start(clock, &call->timer, 1);
    }
}
