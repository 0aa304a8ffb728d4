/* The driver with orders that recovery or a cancel has claimed, and with those that it hands back.
 */
#include "unit/order/driver_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void adopt(struct world *world, enum order_status status, const struct driver_client *client)
{
    struct order order = {.id = 7,
                          .item_name = "Apple",
                          .item_name_size = 5,
                          .price = PRICE,
                          .status = status,
                          .epoch = 3};
    struct trace trace = {.id = "t"};
    assert_int_equal(driver_adopt(world->driver, &order, &trace, client), STATUS_OK);
}

/* Nobody waits for it any more, so it is not charged; but what was charged already completes it. */
static void recovered_order_that_is_paid_completes(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    adopt(&world, ORDER_PENDING, NULL);
    assert_int_equal(driver_adopted_count(world.driver), 1);
    answer_payment(&world, CALL_VOID, PAYMENT_PAID);
    assert_int_equal(world.moved_from, ORDER_PENDING);
    answer_move(&world, ORDER_COMPLETED, STATUS_OK);
    assert_int_equal(world.answer_count, 0);
    assert_int_equal(driver_adopted_count(world.driver), 0);
    world_close(&world);
}

/* Whoever had it before may have sent a charge: however long it takes, a void must be answered. */
static void recovered_order_is_voided_and_never_never_sent(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    world.payment_submit = STATUS_UNAVAILABLE;
    adopt(&world, ORDER_PENDING, NULL);
    pass_ms(&world, DRIVER_HOLD_MS / 2 + 1);
    world.payment_submit = STATUS_OK;
    while (world.call == CALL_NONE)
        pass_ms(&world, 1);
    answer_payment(&world, CALL_VOID, PAYMENT_VOIDED);
    answer_move(&world, ORDER_CANCELLED, STATUS_OK);
    world_close(&world);
}

static void open_breaker_cancels_at_once(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    world.payment_submit = STATUS_UNAVAILABLE;
    post_and_create(&world);
    answer_move(&world, ORDER_CANCELLED, STATUS_OK);
    assert_string_equal(world.reason, "never_sent");
    expect_told(&world, ANSWER_FINAL, ORDER_CANCELLED);
    world_close(&world);
}

static void cancelled_order_is_voided(void **state)
{
    struct world world;
    struct driver_client client = {.reply_to = REPLY_TO, .is_cancelling = true};
    (void)state;
    world_open(&world);
    adopt(&world, ORDER_CANCELLING, &client);
    answer_payment(&world, CALL_VOID, PAYMENT_VOIDED);
    assert_int_equal(world.moved_from, ORDER_CANCELLING);
    answer_move(&world, ORDER_CANCELLED, STATUS_OK);
    expect_told(&world, ANSWER_FINAL, ORDER_CANCELLED);
    world_close(&world);
}

static void cancelled_order_that_is_paid_is_refunded(void **state)
{
    struct world world;
    struct driver_client client = {.reply_to = REPLY_TO, .is_cancelling = true};
    (void)state;
    world_open(&world);
    adopt(&world, ORDER_CANCELLING, &client);
    answer_payment(&world, CALL_VOID, PAYMENT_PAID);
    answer_payment(&world, CALL_REFUND, PAYMENT_UNKNOWN);
    while (world.call == CALL_NONE)
        pass_ms(&world, 1);
    answer_payment(&world, CALL_REFUND, PAYMENT_REFUNDED);
    answer_move(&world, ORDER_CANCELLED, STATUS_OK);
    assert_string_equal(world.reason, "refunded");
    expect_told(&world, ANSWER_FINAL, ORDER_CANCELLED);
    world_close(&world);
}

/* The payment is silent for longer than the lease: the order goes back to where others find it. */
static void long_held_order_is_handed_back(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    post_and_create(&world);
    for (int i = 0; world.release_count == 0; i++) {
        assert_true(i < 2 * STORE_LEASE_MS);
        if (world.call != CALL_NONE)
            answer_payment(&world, world.call, PAYMENT_UNKNOWN);
        pass_ms(&world, 1);
    }
    assert_true(world.now_ms < 1000 + STORE_LEASE_MS);
    expect_told(&world, ANSWER_PENDING, ORDER_PENDING);
    assert_int_equal(driver_saga_count(world.driver), 0);
    world_close(&world);
}

static void conflict_keeps_something_under_way(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    world.log.level = LOG_ERROR + 1; /* it is meant */
    adopt(&world, ORDER_CANCELLING, NULL);
    answer_payment(&world, CALL_VOID, PAYMENT_PAID);
    answer_payment(&world, CALL_REFUND, PAYMENT_VOIDED); /* can't be: PAID was recorded */
    while (world.call == CALL_NONE)
        pass_ms(&world, 1);
    answer_payment(&world, CALL_REFUND, PAYMENT_REFUNDED);
    answer_move(&world, ORDER_CANCELLED, STATUS_OK);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recovered_order_that_is_paid_completes),
        cmocka_unit_test(recovered_order_is_voided_and_never_never_sent),
        cmocka_unit_test(open_breaker_cancels_at_once),
        cmocka_unit_test(cancelled_order_is_voided),
        cmocka_unit_test(cancelled_order_that_is_paid_is_refunded),
        cmocka_unit_test(long_held_order_is_handed_back),
        cmocka_unit_test(conflict_keeps_something_under_way),
    };
    return cmocka_run_group_tests_name("order/driver_claims", tests, NULL, NULL);
}
