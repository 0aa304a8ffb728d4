/* Id blocks: no id twice, no gap inside a block, the next block asked for in time. */
#include "order/ids.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
    uint64_t now_ms;
    struct clock clock;
    struct log log;
    struct prng prng;
    struct order_store store;
    struct order_ids ids;
    enum status submit;
    int ask_count;
    store_reserve_cb *callback;
    void *context;
};

static uint64_t world_now_ms(void *context)
{
    const struct world *world = context;
    return world->now_ms;
}

static enum status twin_reserve(void *store, uint64_t deadline_ms, void *context,
                                store_reserve_cb *callback)
{
    struct world *world = store;
    (void)deadline_ms;
    world->ask_count++;
    world->callback = callback;
    world->context = context;
    return world->submit;
}

static void world_open(struct world *world, enum status submit)
{
    static const struct order_store_operations operations = {.reserve_ids = twin_reserve};
    *world = (struct world){.now_ms = 1, .submit = submit};
    clock_init(&world->clock, world_now_ms, world);
    log_init(&world->log, "order", LOG_ERROR, LOG_FORMAT_TEXT, STDERR_FILENO);
    prng_seed(&world->prng, 1);
    world->store = (struct order_store){.operations = &operations, .store = world};
    ids_start(&world->ids, &world->clock, &world->log, &world->prng, &world->store);
}

static void world_close(struct world *world)
{
    ids_stop(&world->ids);
    clock_free(&world->clock);
    log_free(&world->log);
}

static void give(struct world *world, int64_t first_id, int64_t count)
{
    world->callback(world->context, STATUS_OK, first_id, count);
}

static void ids_come_in_order_over_blocks(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, STATUS_OK);
    assert_int_equal(ids_take(&world.ids), 0);
    give(&world, 1, 3);
    assert_int_equal(world.ask_count, 2); /* the following block, before it is needed */
    give(&world, 101, 2);
    assert_int_equal(world.ask_count, 2);
    assert_int_equal(ids_take(&world.ids), 1);
    assert_int_equal(ids_take(&world.ids), 2);
    assert_int_equal(ids_take(&world.ids), 3);
    assert_int_equal(world.ask_count, 3);
    assert_int_equal(ids_take(&world.ids), 101);
    assert_int_equal(ids_take(&world.ids), 102);
    assert_int_equal(world.ask_count, 3); /* one question at a time */
    assert_int_equal(ids_take(&world.ids), 0);
    assert_false(ids_is_ready(&world.ids));
    give(&world, 201, 2);
    assert_int_equal(ids_take(&world.ids), 201);
    world_close(&world);
}

static void failures_are_asked_again(void **state)
{
    struct world world;
    (void)state;
    world_open(&world, STATUS_UNAVAILABLE);
    for (int i = 0; i < 10; i++) {
        int before = world.ask_count;
        assert_true(clock_next_deadline_ms(&world.clock) != UINT64_MAX);
        world.now_ms = clock_next_deadline_ms(&world.clock);
        clock_run_due(&world.clock);
        assert_int_equal(world.ask_count, before + 1);
    }
    world.submit = STATUS_OK;
    world.now_ms = clock_next_deadline_ms(&world.clock);
    clock_run_due(&world.clock);
    world.callback(world.context, STATUS_UNKNOWN, 0, 0);
    assert_int_equal(ids_take(&world.ids), 0);
    world.now_ms = clock_next_deadline_ms(&world.clock);
    clock_run_due(&world.clock);
    give(&world, 5, 1);
    assert_int_equal(ids_take(&world.ids), 5);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_come_in_order_over_blocks),
        cmocka_unit_test(failures_are_asked_again),
    };
    return cmocka_run_group_tests_name("order/ids", tests, NULL, NULL);
}
