#include "simulation/world.h"

#include <stdlib.h>
#include <string.h>

#include "simulation/poison.h"
#include "simulation/sim_log.h"
#include "simulation/trouble.h"

enum {
    TROUBLE_MS_MAX = 120000, /* an order is parked after ten leases without progress: 150 s */
    TROUBLE_AFTER_ORDERS_MS_MAX = 30000,
    /* The latest effect of a fault: a frozen host is told after 25 s, and it is done 20 s later. */
    CALM_MS_MIN = 60000,
    CONVERGE_MS_MAX = 130000,
    /* An order is parked after ten leases, and is handed back now and then before. */
    POISONED_CONVERGE_MS_MAX = 1200000,
    PARKED_MS = 30000, /* watched, before the operator comes */
    POISON_PER_MILLE_MAX = 20,
    KEY_PER_MILLE_MAX = 600,
    KINDS_SALT = 25, /* one that leaves the worlds of seeds.txt without keys and poison */
    WATCH_MS = 1000,
    START_MS = 100000, /* so that a clock's moments are never near 0 */
};

static size_t parked_count(const struct world *world)
{
    const struct sim_rows *rows = &world->store.rows;
    size_t count = 0;
    for (int64_t id = 1; id < rows->id_end; id++)
        count += sim_rows_is_parked(rows, &rows->rows[id]) ? 1 : 0;
    return count;
}

/* Only poison excuses an order that is parked. */
static bool has_converged(const struct world *world)
{
    size_t unfinished_count = world->store.rows.unfinished_count;
    if (unfinished_count != 0 &&
        (world->sim.poison_per_mille == 0 || unfinished_count != parked_count(world)))
        return false;
    for (int i = 0; i < world->instance_count; i++) {
        const struct instance *instance = &world->instances[i];
        if (!instance->is_up || instance->is_draining || driver_saga_count(instance->driver) != 0)
            return false;
    }
    return true;
}

/* All has ended: the hosts go, the messages that are still on their way arrive. */
static void end_world(struct world *world)
{
    world->is_over = true;
    for (int i = 0; i < world->instance_count; i++)
        instance_stop(&world->instances[i]);
}

/* The operator has found out what was wrong with the parked orders, and resumes them. */
static void resume_parked(struct world *world)
{
    struct sim *sim = &world->sim;
    struct sim_rows *rows = &world->store.rows;
    checker_at_rest(&world->checker);
    for (int64_t id = 1; id < rows->id_end; id++) {
        if (!sim_rows_resume(rows, id))
            continue;
        sim_tell(sim, 0, id, "is resumed by the operator", NULL, 0);
        world->parked_count++;
        if (!poison_is_in(sim, id))
            sim_fail(sim, id, "parked, though it crashes nobody");
    }
    sim->poison_per_mille = 0;
    world->calm_since_ms = sim->time.now_ms;
}

static void watch_rest(struct world *world)
{
    uint64_t now_ms = world->sim.time.now_ms;
    if (world->sim.poison_per_mille == 0)
        end_world(world);
    else if (world->rest_since_ms == 0)
        world->rest_since_ms = now_ms;
    else if (now_ms >= world->rest_since_ms + PARKED_MS)
        resume_parked(world);
}

static void watch_calm(struct world *world)
{
    uint64_t calm_ms = world->sim.time.now_ms - world->calm_since_ms;
    bool is_poisoned = world->sim.poison_per_mille != 0;
    if (calm_ms >= CALM_MS_MIN && has_converged(world)) {
        watch_rest(world);
        return;
    }
    if (calm_ms < (is_poisoned ? POISONED_CONVERGE_MS_MAX : CONVERGE_MS_MAX))
        return;
    if (is_poisoned)
        checker_at_rest(&world->checker);
    else
        checker_at_end(&world->checker);
    sim_fail(&world->sim, 0, "I5: a saga still runs long after the faults");
}

static void on_watch(struct timer *timer, void *context)
{
    struct world *world = context;
    struct sim *sim = &world->sim;
    uint64_t now_ms = sim->time.now_ms;
    if (world->is_calm) {
        watch_calm(world);
    } else if (!clients_are_done(&world->clients) && now_ms < START_MS + TROUBLE_MS_MAX) {
        world->calm_since_ms = now_ms + world->trouble_after_orders_ms;
    } else if (now_ms >= world->calm_since_ms) {
        trouble_end(world);
        world->is_calm = true;
        world->calm_since_ms = now_ms;
    }
    if (!world->is_over)
        sim_start(sim, timer, WATCH_MS);
}

/* From numbers of its own: a world without keys and poison is what it was before there were any. */
static void draw_kinds(struct sim *sim)
{
    struct prng kinds;
    prng_seed(&kinds, sim->seed ^ KINDS_SALT);
    if (prng_below(&kinds, 2) == 0)
        sim->key_per_mille = 1 + (unsigned)prng_below(&kinds, KEY_PER_MILLE_MAX);
    if (prng_below(&kinds, 8) == 0)
        sim->poison_per_mille = 1 + (unsigned)prng_below(&kinds, POISON_PER_MILLE_MAX);
}

void world_init(struct world *world, uint64_t seed, enum sim_bug bug, bool is_verbose,
                struct story *story)
{
    memset(world, 0, sizeof *world);
    struct sim *sim = &world->sim;
    sim->seed = seed;
    sim->bug = bug;
    sim->story = story;
    story_clear(story);
    sim->time.now_ms = START_MS;
    sim_clock_init(&sim->clock, &sim->time, 0);
    prng_seed(&sim->prng, seed);
    draw_kinds(sim);
    log_init(&sim->log, "order", is_verbose ? LOG_DEBUG : LOG_ERROR, LOG_FORMAT_TEXT, 2);
    world->is_verbose = is_verbose;
    sim_store_init(&world->store, sim);
    sim_payment_init(&world->payment, sim);
    world->checker = (struct checker){
        .sim = sim,
        .rows = &world->store.rows,
        .reg = &world->payment.reg,
        .clients = &world->clients,
    };
    sim->checker = &world->checker;
    world->instance_count = (int)sim_between(sim, 1, WORLD_INSTANCE_COUNT_MAX);
    for (int i = 0; i < world->instance_count; i++)
        instance_init(&world->instances[i], i + 1, sim, &world->store, &world->payment,
                      &world->clients);
}

/* A failed world is left as it stands: its parts would rightly complain at being freed. */
void world_free(struct world *world)
{
    clients_free(&world->clients);
    sim_store_free(&world->store);
    sim_payment_free(&world->payment);
    sim_clock_free(&world->sim.clock);
    buffer_free(&world->sim.log.buffer);
}

static void run_instances(struct world *world)
{
    for (int i = 0; i < world->instance_count; i++) {
        struct instance *instance = &world->instances[i];
        if (instance_next_ms(instance) <= world->sim.time.now_ms)
            instance_run_due(instance);
        if (instance->is_up && instance->host.is_crash_due)
            instance_crash(instance);
    }
}

static uint64_t next_ms(const struct world *world)
{
    uint64_t next = sim_clock_next_ms(&world->sim.clock);
    for (int i = 0; i < world->instance_count; i++) {
        uint64_t instance_ms = instance_next_ms(&world->instances[i]);
        if (instance_ms < next)
            next = instance_ms;
    }
    return next;
}

void world_run(struct world *world)
{
    struct sim *sim = &world->sim;
    for (int i = 0; i < world->instance_count; i++)
        instance_start(&world->instances[i]);
    trouble_start(world);
    clients_start(&world->clients, sim, &world->store, world->instances, world->instance_count,
                  WORLD_ORDER_COUNT);
    world->trouble_after_orders_ms = sim_between(sim, 0, TROUBLE_AFTER_ORDERS_MS_MAX);
    timer_init(&world->watch, on_watch, world);
    sim_start(sim, &world->watch, WATCH_MS);
    while (!sim->is_failed) {
        uint64_t next = next_ms(world);
        if (next == UINT64_MAX)
            break;
        if (next > sim->time.now_ms)
            sim->time.now_ms = next;
        clock_run_due(&sim->clock.clock);
        run_instances(world);
        sim_log_check(sim, world->is_verbose);
    }
    if (!sim->is_failed)
        checker_at_end(&world->checker);
}
