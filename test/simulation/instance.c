#include "simulation/instance.h"

#include <stdlib.h>

#include "simulation/clients.h"

enum { CLOCK_OFFSET_MS_MAX = 1000000, DOWN_MS_MAX = 8000, OVERLOAD_DELAY_MS = 250 };

static void start_later(struct instance *instance)
{
    struct sim *sim = instance->host.sim;
    sim_start(sim, &instance->turn, sim_between(sim, 1, DOWN_MS_MAX));
}

static void on_turn(struct timer *timer, void *context)
{
    struct instance *instance = context;
    (void)timer;
    if (!instance->is_up) {
        instance_start(instance);
        return;
    }
    instance_stop(instance);
    start_later(instance);
}

void instance_init(struct instance *instance, int number, struct sim *sim, struct sim_store *store,
                   struct sim_payment *payment, struct clients *clients)
{
    static const uint64_t order_deadlines_ms[] = {300, 2000, 5000, 15000};
    static const uint64_t payment_timeouts_ms[] = {50, 1000, 3000};
    *instance = (struct instance){
        .host = {.sim = sim, .number = number},
        .clients = clients,
        .store_link = {.store = store, .host = &instance->host},
        .payment_link = {.payment = payment, .host = &instance->host},
        .order_deadline_ms = order_deadlines_ms[sim_between(sim, 0, 3)],
        .payment_timeout_ms = payment_timeouts_ms[sim_between(sim, 0, 2)],
    };
    list_init(&instance->host.store_calls);
    list_init(&instance->host.payment_calls);
    instance->store = sim_store_port(&instance->store_link);
    instance->payment_calls = sim_payment_port(&instance->payment_link);
    timer_init(&instance->turn, on_turn, instance);
}

void instance_start(struct instance *instance)
{
    struct sim_host *host = &instance->host;
    struct sim *sim = host->sim;
    timer_stop(&sim->clock.clock, &instance->turn);
    sim_tell(sim, host->number, 0, "starts", NULL, 0);
    instance->is_up = true;
    instance->is_draining = false;
    instance->calm_since_ms = sim->time.now_ms;
    host->is_closing = false;
    host->is_crash_due = false;
    host->frozen_until_ms = 0;
    sim_clock_init(&host->clock, &sim->time, sim_between(sim, 0, CLOCK_OFFSET_MS_MAX));
    struct clock *clock = &host->clock.clock;
    breaker_init(&instance->breaker, &instance->payment_calls, clock, &sim->log,
                 &instance->metrics);
    instance->payment = breaker_port(&instance->breaker);
    struct driver_settings settings = {
        .clock = clock,
        .log = &sim->log,
        .prng = &sim->prng,
        .metrics = &instance->metrics,
        .store = &instance->store,
        .payment = &instance->payment,
        .order_deadline_ms = instance->order_deadline_ms,
        .payment_timeout_ms = instance->payment_timeout_ms,
        .overload_delay_ms = OVERLOAD_DELAY_MS,
        .answer = clients_answer,
        .answer_context = instance,
    };
    instance->driver = driver_open(&settings);
    if (instance->driver == NULL)
        abort();
    canceller_init(&instance->canceller, clock, &instance->store, instance->driver, clients_answer,
                   instance, &instance->metrics);
    replays_init(&instance->replays, clock, &instance->store, &instance->replier);
    recovery_start(&instance->recovery, clock, &sim->log, &sim->prng, &instance->store,
                   instance->driver, &instance->metrics);
}

/* As close_all() of app.c. */
static void end(struct instance *instance)
{
    struct sim_host *host = &instance->host;
    host->is_closing = true;
    recovery_stop(&instance->recovery);
    sim_payment_end_calls(host);
    sim_store_end_calls(host);
    driver_close(instance->driver);
    canceller_free(&instance->canceller);
    replays_free(&instance->replays);
    breaker_free(&instance->breaker);
    sim_clock_free(&host->clock);
    instance->is_up = false;
}

void instance_crash(struct instance *instance)
{
    sim_tell(instance->host.sim, instance->host.number, 0, "crashes", NULL, 0);
    clients_lose(instance->clients, instance);
    end(instance);
    start_later(instance);
}

void instance_drain(struct instance *instance, uint64_t duration_ms)
{
    struct sim *sim = instance->host.sim;
    sim_tell(sim, instance->host.number, 0, "drains, ms:", NULL, (int32_t)duration_ms);
    instance->is_draining = true;
    sim_start(sim, &instance->turn, duration_ms);
    recovery_stop(&instance->recovery);
    driver_drain(instance->driver);
}

void instance_stop(struct instance *instance)
{
    sim_tell(instance->host.sim, instance->host.number, 0, "stops", NULL, 0);
    end(instance);
}

void instance_freeze(struct instance *instance, uint64_t duration_ms)
{
    struct sim *sim = instance->host.sim;
    sim_tell(sim, instance->host.number, 0, "freezes, ms:", NULL, (int32_t)duration_ms);
    instance->host.frozen_until_ms = sim->time.now_ms + duration_ms;
    instance->calm_since_ms = instance->host.frozen_until_ms;
}

bool instance_is_reachable(const struct instance *instance)
{
    return instance->is_up && instance->host.frozen_until_ms <= instance->host.sim->time.now_ms;
}

uint64_t instance_next_ms(const struct instance *instance)
{
    if (!instance->is_up)
        return UINT64_MAX;
    uint64_t next_ms = sim_clock_next_ms(&instance->host.clock);
    return next_ms > instance->host.frozen_until_ms ? next_ms : instance->host.frozen_until_ms;
}

void instance_run_due(struct instance *instance)
{
    if (instance_is_reachable(instance) && !instance->host.is_crash_due)
        clock_run_due(&instance->host.clock.clock);
}
