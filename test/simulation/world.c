#include "simulation/world.h"

#include <stdlib.h>
#include <string.h>

#include "simulation/trouble.h"

enum {
    TROUBLE_MS_MAX = 120000, /* an order is parked after ten leases without progress: 150 s */
    TROUBLE_AFTER_ORDERS_MS_MAX = 30000,
    /* The latest effect of a fault: a frozen host is told after 25 s, and it is done 20 s later. */
    CALM_MS_MIN = 60000,
    CONVERGE_MS_MAX = 130000,
    WATCH_MS = 1000,
    START_MS = 100000, /* so that a clock's moments are never near 0 */
};

static bool has_converged(const struct world *world)
{
    if (world->store.rows.unfinished_count != 0)
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

static void watch_calm(struct world *world)
{
    uint64_t calm_ms = world->sim.time.now_ms - world->calm_since_ms;
    if (calm_ms >= CALM_MS_MIN && has_converged(world)) {
        end_world(world);
        return;
    }
    if (calm_ms < CONVERGE_MS_MAX)
        return;
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

static int64_t order_in(const char *line, const char *end)
{
    static const char word[] = " order_id=";
    const char *found = strstr(line, word);
    return found != NULL && found < end ? strtoll(found + strlen(word), NULL, 10) : 0;
}

/* At level ERROR the services say what must never happen; but for an id of another life. */
static void check_log(struct world *world)
{
    struct sim *sim = &world->sim;
    struct buffer *buffer = &sim->log.buffer;
    if (buffer->size == 0)
        return;
    buffer_append_byte(buffer, '\0');
    static const char is_error[] = " error order: ";
    static const char is_expected[] = " error order: Payment Refused";
    const char *line = strstr(buffer->data, is_error);
    while (line != NULL) {
        const char *end = strchr(line, '\n');
        if (strncmp(line, is_expected, strlen(is_expected)) != 0)
            sim_fail(sim, order_in(line, end), "logged:%.*s", (int)(end - line), line);
        line = strstr(end, is_error);
    }
    if (world->is_verbose)
        fwrite(buffer->data, 1, buffer->size - 1, stderr);
    buffer_clear(buffer);
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
        check_log(world);
    }
    if (!sim->is_failed)
        checker_at_end(&world->checker);
}
