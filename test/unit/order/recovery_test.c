/* Recovery before a backlog: how much of it is taken at once, and when it is looked for. */
#include "order/recovery.h"

#include "unit/order/driver_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct backlog {
    struct world world;
    struct order_store store;
    struct recovery recovery;
    int32_t asked_count; /* by the sweep under way; 0 for none */
    int sweep_count;
    store_sweep_cb *callback;
    void *context;
    int64_t next_id;
};

static enum status twin_sweep(void *store, int32_t count, uint64_t deadline_ms, void *context,
                              store_sweep_cb *callback)
{
    struct backlog *backlog = store;
    assert_int_equal(backlog->asked_count, 0);
    assert_in_range(count, 1, STORE_SWEEP_COUNT_MAX);
    assert_true(deadline_ms > backlog->world.now_ms);
    backlog->asked_count = count;
    backlog->sweep_count++;
    backlog->callback = callback;
    backlog->context = context;
    return STATUS_OK;
}

static void backlog_open(struct backlog *backlog)
{
    static const struct order_store_operations operations = {.sweep = twin_sweep};
    *backlog = (struct backlog){.next_id = 1};
    struct world *world = &backlog->world;
    world_open(world);
    world->payment_submit = STATUS_OVERLOADED; /* no order comes to its end */
    backlog->store = (struct order_store){.operations = &operations, .store = backlog};
    recovery_start(&backlog->recovery, &world->clock, &world->log, &world->prng, &backlog->store,
                   world->driver, &world->metrics);
}

static void backlog_close(struct backlog *backlog)
{
    recovery_stop(&backlog->recovery);
    world_close(&backlog->world);
}

static void answer_sweep(struct backlog *backlog, enum status status, int32_t count)
{
    struct order orders[STORE_SWEEP_COUNT_MAX];
    assert_in_range(count, 0, backlog->asked_count);
    for (int32_t i = 0; i < count; i++)
        orders[i] = (struct order){.id = backlog->next_id++,
                                   .item_name = "Apple",
                                   .item_name_size = 5,
                                   .price = PRICE,
                                   .status = ORDER_PENDING,
                                   .epoch = 1};
    backlog->asked_count = 0;
    backlog->callback(backlog->context, status, orders, (size_t)count);
}

static void wait_for_sweep(struct backlog *backlog, uint64_t most_ms)
{
    uint64_t end_ms = backlog->world.now_ms + most_ms;
    while (backlog->asked_count == 0 && backlog->world.now_ms < end_ms)
        pass_ms(&backlog->world, 1);
    assert_true(backlog->asked_count > 0);
}

static void backlog_is_taken_in_bounded_portions(void **state)
{
    struct backlog backlog;
    (void)state;
    backlog_open(&backlog);
    while (backlog.asked_count != 0)
        answer_sweep(&backlog, STATUS_OK, backlog.asked_count);
    assert_int_equal(driver_adopted_count(backlog.world.driver), DRIVER_ADOPTED_COUNT_MAX);
    int sweep_count = backlog.sweep_count;
    pass_ms(&backlog.world, (uint64_t)3 * RECOVERY_INTERVAL_MS);
    assert_int_equal(backlog.sweep_count, sweep_count);
    wait_for_sweep(&backlog,
                   (uint64_t)2 * DRIVER_HOLD_MS); /* those that were taken are handed back */
    assert_true(driver_adopted_count(backlog.world.driver) + (size_t)backlog.asked_count <=
                DRIVER_ADOPTED_COUNT_MAX);
    backlog_close(&backlog);
}

static void room_is_asked_for_and_no_more(void **state)
{
    struct backlog backlog;
    int32_t last_count = 0;
    (void)state;
    backlog_open(&backlog);
    answer_sweep(&backlog, STATUS_OK, 1);
    while (driver_adopted_count(backlog.world.driver) < DRIVER_ADOPTED_COUNT_MAX) {
        wait_for_sweep(&backlog, (uint64_t)2 * RECOVERY_INTERVAL_MS);
        last_count = backlog.asked_count;
        answer_sweep(&backlog, STATUS_OK, last_count);
    }
    assert_int_equal(last_count, STORE_SWEEP_COUNT_MAX - 1);
    backlog_close(&backlog);
}

/* Instances that were started together do not sweep together for ever. */
static void sweeps_come_at_uneven_times(void **state)
{
    struct backlog backlog;
    uint64_t least_ms = UINT64_MAX;
    uint64_t most_ms = 0;
    (void)state;
    backlog_open(&backlog);
    for (int i = 0; i < 50; i++) {
        answer_sweep(&backlog, i % 2 == 0 ? STATUS_OK : STATUS_UNAVAILABLE, 0);
        uint64_t start_ms = backlog.world.now_ms;
        wait_for_sweep(&backlog, (uint64_t)2 * RECOVERY_INTERVAL_MS);
        uint64_t pause_ms = backlog.world.now_ms - start_ms;
        least_ms = pause_ms < least_ms ? pause_ms : least_ms;
        most_ms = pause_ms > most_ms ? pause_ms : most_ms;
    }
    assert_in_range(least_ms, RECOVERY_INTERVAL_MS / 2, RECOVERY_INTERVAL_MS * 3 / 4);
    assert_in_range(most_ms, RECOVERY_INTERVAL_MS * 5 / 4, RECOVERY_INTERVAL_MS * 3 / 2);
    backlog_close(&backlog);
}

static void answer_sweep_with_suspect(struct backlog *backlog)
{
    struct order suspect = {.id = backlog->next_id++,
                            .item_name = "Apple",
                            .item_name_size = 5,
                            .price = PRICE,
                            .status = ORDER_PENDING,
                            .epoch = STORE_SUSPECT_ATTEMPT_COUNT + 1,
                            .attempts = STORE_SUSPECT_ATTEMPT_COUNT + 1};
    backlog->asked_count = 0;
    backlog->callback(backlog->context, STATUS_OK, &suspect, 1);
}

static void suspect_runs_alone_and_delays_others_by_its_own_time(void **state)
{
    struct backlog backlog;
    (void)state;
    backlog_open(&backlog);
    backlog.world.payment_submit = STATUS_OK;
    answer_sweep_with_suspect(&backlog);
    pass_ms(&backlog.world, RECOVERY_INTERVAL_MS / 4);
    assert_int_equal(backlog.asked_count, 0);
    answer_payment(&backlog.world, CALL_VOID, PAYMENT_VOIDED);
    answer_move(&backlog.world, ORDER_CANCELLED, STATUS_OK);
    wait_for_sweep(&backlog, RECOVERY_INTERVAL_MS / 4);
    answer_sweep_with_suspect(&backlog);
    wait_for_sweep(&backlog, (uint64_t)2 * RECOVERY_INTERVAL_MS); /* this one never ends */
    backlog_close(&backlog);
}

/* Whoever is waited for can't fill the places of those that recovery may claim. */
static void overload_leaves_room_for_recovery(void **state)
{
    struct backlog backlog;
    struct driver_client client = {.is_cancelling = true};
    struct order order = {
        .item_name = "Apple", .item_name_size = 5, .price = PRICE, .status = ORDER_CANCELLING};
    struct trace trace = {.id = "t"};
    (void)state;
    backlog_open(&backlog);
    struct driver *driver = backlog.world.driver;
    do
        order.id = backlog.next_id++;
    while (driver_adopt(driver, &order, &trace, &client) == STATUS_OK);
    assert_int_equal(driver_saga_count(driver), DRIVER_SAGA_COUNT_MAX - DRIVER_ADOPTED_COUNT_MAX);
    while (backlog.asked_count != 0)
        answer_sweep(&backlog, STATUS_OK, backlog.asked_count);
    assert_int_equal(driver_adopted_count(driver), DRIVER_ADOPTED_COUNT_MAX);
    assert_int_equal(driver_saga_count(driver), DRIVER_SAGA_COUNT_MAX);
    backlog_close(&backlog);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backlog_is_taken_in_bounded_portions),
        cmocka_unit_test(room_is_asked_for_and_no_more),
        cmocka_unit_test(sweeps_come_at_uneven_times),
        cmocka_unit_test(overload_leaves_room_for_recovery),
        cmocka_unit_test(suspect_runs_alone_and_delays_others_by_its_own_time),
    };
    return cmocka_run_group_tests_name("order/recovery", tests, NULL, NULL);
}
