#include "simulation/trouble.h"

enum {
    TROUBLE_PACE_MS_MIN = 300,
    TROUBLE_PACE_MS_MAX = 6000,
    FREEZE_MS_MAX = 25000, /* longer than a lease */
    OUTAGE_MS_MAX = 25000,
    DRAIN_MS_MAX = 4000,
    SHORT_MS_MAX = 1500,
    FOREIGN_PER_MILLE = 10,
};

/* Mostly short; sometimes longer than a lease. */
static uint64_t duration_ms(struct sim *sim, uint64_t most_ms)
{
    return sim_chance(sim, 700) ? sim_between(sim, 1, SHORT_MS_MAX) : sim_between(sim, 1, most_ms);
}

static void trouble_instance(struct world *world, struct instance *instance)
{
    struct sim *sim = &world->sim;
    if (!instance->is_up)
        return;
    switch (sim_between(sim, 0, 4)) {
    case 0:
        instance->host.is_crash_due = true;
        break;
    case 1:
        if (!instance->is_draining)
            instance_drain(instance, sim_between(sim, 1, DRAIN_MS_MAX));
        break;
    case 2:
        instance_freeze(instance, duration_ms(sim, FREEZE_MS_MAX));
        break;
    default:
        instance->host.database_gone_until_ms = sim->time.now_ms + duration_ms(sim, OUTAGE_MS_MAX);
        sim_tell(sim, instance->host.number, 0, "loses the database until", NULL,
                 (int32_t)instance->host.database_gone_until_ms);
    }
}

static void trouble_service(struct world *world)
{
    struct sim *sim = &world->sim;
    uint64_t for_ms = duration_ms(sim, OUTAGE_MS_MAX);
    switch (sim_between(sim, 0, 3)) {
    case 0:
        world->store.down_until_ms = sim->time.now_ms + for_ms;
        sim_tell(sim, 0, 0, "the database is down, ms:", NULL, (int32_t)for_ms);
        break;
    case 1:
        sim_payment_begin_outage(&world->payment, PAYMENT_REFUSING, for_ms);
        break;
    case 2:
        sim_payment_begin_outage(&world->payment, PAYMENT_HANGING, for_ms);
        break;
    default:
        sim_payment_begin_outage(&world->payment, PAYMENT_STALLED, for_ms);
    }
}

static void on_trouble(struct timer *timer, void *context)
{
    struct world *world = context;
    struct sim *sim = &world->sim;
    uint64_t number = sim_between(sim, 0, (uint64_t)world->instance_count - 1);
    if (sim_chance(sim, 600))
        trouble_instance(world, &world->instances[number]);
    else
        trouble_service(world);
    sim_start(sim, timer, sim_between(sim, 1, 2 * world->trouble_pace_ms));
}

/* Numbers under which another life of the order database has left payments. */
static void put_foreign_payments(struct world *world)
{
    struct sim *sim = &world->sim;
    if (!sim_chance(sim, 300))
        return;
    for (int64_t id = 1; id < WORLD_ORDER_COUNT; id++) {
        struct uuid uid = uuid_random(&sim->prng);
        if (sim_chance(sim, FOREIGN_PER_MILLE))
            register_put_foreign(&world->payment.reg, id, &uid,
                                 sim_chance(sim, 500) ? RECORDED_PAID : RECORDED_VOIDED, 100);
    }
}

void trouble_start(struct world *world)
{
    struct sim *sim = &world->sim;
    sim->faults = faults_draw(&sim->prng);
    put_foreign_payments(world);
    world->trouble_pace_ms = sim_between(sim, TROUBLE_PACE_MS_MIN, TROUBLE_PACE_MS_MAX);
    timer_init(&world->trouble, on_trouble, world);
    sim_start(sim, &world->trouble, sim_between(sim, 1, world->trouble_pace_ms));
}

void trouble_end(struct world *world)
{
    struct sim *sim = &world->sim;
    sim_tell(sim, 0, 0, "calm", NULL, 0);
    timer_stop(&sim->clock.clock, &world->trouble);
    sim->faults = (struct sim_faults){0};
    clients_stop(&world->clients);
    world->store.down_until_ms = 0;
    world->payment.outage_until_ms = 0;
    for (int i = 0; i < world->instance_count; i++) {
        struct instance *instance = &world->instances[i];
        instance->host.database_gone_until_ms = 0;
        instance->host.frozen_until_ms = 0;
        if (!instance->is_up)
            instance_start(instance);
    }
}
