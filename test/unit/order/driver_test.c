/* The driver with orders that clients post: what it asks for, when, and what the client is told. */
#include "unit/order/driver_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void paid_order_is_completed(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    post_and_create(&world);
    answer_payment(&world, CALL_CHARGE, PAYMENT_PAID);
    assert_int_equal(world.answer_count, 0); /* commit first, then the reply */
    answer_move(&world, ORDER_COMPLETED, STATUS_OK);
    expect_told(&world, ANSWER_FINAL, ORDER_COMPLETED);
    assert_int_equal(driver_saga_count(world.driver), 0);
    world_close(&world);
}

static void plain_500_goes_straight_to_the_void(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    post_and_create(&world);
    answer_payment(&world, CALL_CHARGE, PAYMENT_FAULT);
    answer_payment(&world, CALL_VOID, PAYMENT_VOIDED);
    answer_move(&world, ORDER_CANCELLED, STATUS_OK);
    assert_string_equal(world.reason, "voided");
    expect_told(&world, ANSWER_FINAL, ORDER_CANCELLED);
    world_close(&world);
}

static void unknown_is_repeated_then_voided_and_paid_wins(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    post_and_create(&world);
    int charge_count = 0;
    while (world.call == CALL_CHARGE) {
        assert_true(world.call_deadline_ms <= world.now_ms + TIMEOUT_MS);
        pass_ms(&world, world.call_deadline_ms - world.now_ms);
        charge_count++;
        answer_payment(&world, CALL_CHARGE, PAYMENT_UNKNOWN);
        while (world.call == CALL_NONE)
            pass_ms(&world, 1);
    }
    assert_true(charge_count >= 2);
    assert_true(world.now_ms <= 1000 + DEADLINE_MS);
    answer_payment(&world, CALL_VOID, PAYMENT_UNKNOWN);
    pass_ms(&world, DEADLINE_MS / 2);
    expect_told(&world, ANSWER_PENDING, ORDER_PENDING); /* never CANCELLED by itself */
    answer_payment(&world, CALL_VOID, PAYMENT_PAID);
    answer_move(&world, ORDER_COMPLETED, STATUS_OK);
    assert_int_equal(world.answer_count, 1); /* told once */
    assert_int_equal(driver_saga_count(world.driver), 0);
    world_close(&world);
}

static void never_sent_needs_no_void(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    post_and_create(&world);
    while (world.call == CALL_CHARGE) {
        answer_payment(&world, CALL_CHARGE, PAYMENT_NOT_SENT);
        while (world.call == CALL_NONE)
            pass_ms(&world, 1);
    }
    assert_true(world.now_ms < 1000 + DEADLINE_MS);
    answer_move(&world, ORDER_CANCELLED, STATUS_OK);
    assert_string_equal(world.reason, "never_sent");
    expect_told(&world, ANSWER_FINAL, ORDER_CANCELLED);
    world_close(&world);
}

static void once_sent_is_never_never_sent(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    post_and_create(&world);
    answer_payment(&world, CALL_CHARGE, PAYMENT_UNKNOWN);
    while (world.call != CALL_VOID) {
        if (world.call == CALL_CHARGE)
            answer_payment(&world, CALL_CHARGE, PAYMENT_NOT_SENT);
        pass_ms(&world, 1);
    }
    answer_payment(&world, CALL_VOID, PAYMENT_VOIDED);
    answer_move(&world, ORDER_CANCELLED, STATUS_OK);
    world_close(&world);
}

static void refused_insert_is_unavailable_and_charges_nothing(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    world.store_submit = STATUS_UNAVAILABLE;
    assert_int_equal(post(&world, false), STATUS_UNAVAILABLE);
    assert_int_equal(world.answer_count, 0); /* the caller has the status: no answer comes */
    world.store_submit = STATUS_OK;
    assert_int_equal(post(&world, false), STATUS_OK);
    answer_create(&world, STATUS_UNAVAILABLE);
    expect_told(&world, ANSWER_UNAVAILABLE, ORDER_PENDING);
    assert_int_equal(world.call, CALL_NONE);
    assert_int_equal(driver_saga_count(world.driver), 0);
    world_close(&world);
}

/* The insert's commit is unknown, the client is told 503: the row, once found, is never charged. */
static void unwanted_insert_is_cancelled_uncharged(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    assert_int_equal(post(&world, false), STATUS_OK);
    answer_create(&world, STATUS_UNKNOWN);
    while (world.answer_count == 0) {
        if (world.call == CALL_CREATE)
            answer_create(&world, STATUS_UNAVAILABLE); /* says nothing about the first attempt */
        pass_ms(&world, 1);
    }
    assert_int_equal(world.answer, ANSWER_UNAVAILABLE);
    while (world.call == CALL_NONE)
        pass_ms(&world, 1);
    answer_create(&world, STATUS_OK);
    answer_move(&world, ORDER_CANCELLED, STATUS_OK);
    assert_string_equal(world.reason, "never_sent");
    assert_int_equal(world.answer_count, 1);
    world_close(&world);
}

static void failed_move_is_repeated_until_it_holds(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    post_and_create(&world);
    answer_payment(&world, CALL_CHARGE, PAYMENT_PAID);
    answer_move(&world, ORDER_COMPLETED, STATUS_UNKNOWN);
    world.store_submit = STATUS_UNAVAILABLE;
    pass_ms(&world, DEADLINE_MS);
    expect_told(&world, ANSWER_PENDING, ORDER_PENDING);
    world.store_submit = STATUS_OK;
    while (world.call == CALL_NONE)
        pass_ms(&world, 1);
    answer_move(&world, ORDER_COMPLETED, STATUS_OK);
    assert_int_equal(driver_saga_count(world.driver), 0);
    world_close(&world);
}

static void respond_async_is_answered_at_the_commit(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    assert_int_equal(post(&world, true), STATUS_OK);
    assert_int_equal(world.answer_count, 0);
    answer_create(&world, STATUS_OK);
    expect_told(&world, ANSWER_PENDING, ORDER_PENDING);
    answer_payment(&world, CALL_CHARGE, PAYMENT_DECLINED);
    answer_move(&world, ORDER_CANCELLED, STATUS_OK);
    assert_string_equal(world.reason, "declined");
    assert_int_equal(world.answer_count, 1);
    world_close(&world);
}

static void another_workers_move_is_accepted(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    post_and_create(&world);
    answer_payment(&world, CALL_CHARGE, PAYMENT_VOIDED);
    assert_int_equal(take_call(&world), CALL_MOVE);
    world.on_moved(world.context, STATUS_CONFLICT, ORDER_COMPLETED);
    expect_told(&world, ANSWER_OVERTAKEN, ORDER_COMPLETED);
    assert_int_equal(driver_saga_count(world.driver), 0);
    world_close(&world);
}

/* To the status that this one wanted, too: it is another's, and the work of this one is over. */
static void another_workers_move_to_the_same_status_is_accepted(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    post_and_create(&world);
    answer_payment(&world, CALL_CHARGE, PAYMENT_VOIDED);
    answer_move(&world, ORDER_CANCELLED, STATUS_CONFLICT);
    expect_told(&world, ANSWER_OVERTAKEN, ORDER_CANCELLED);
    assert_int_equal(driver_saga_count(world.driver), 0);
    world_close(&world);
}

static void closing_tells_everybody_who_waits(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    post_and_create(&world);
    driver_drain(world.driver);
    assert_int_equal(post(&world, false), STATUS_STOPPING);
    assert_int_equal(driver_saga_count(world.driver), 1);
    world_close(&world);
    expect_told(&world, ANSWER_PENDING, ORDER_PENDING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paid_order_is_completed),
        cmocka_unit_test(plain_500_goes_straight_to_the_void),
        cmocka_unit_test(unknown_is_repeated_then_voided_and_paid_wins),
        cmocka_unit_test(never_sent_needs_no_void),
        cmocka_unit_test(once_sent_is_never_never_sent),
        cmocka_unit_test(refused_insert_is_unavailable_and_charges_nothing),
        cmocka_unit_test(unwanted_insert_is_cancelled_uncharged),
        cmocka_unit_test(failed_move_is_repeated_until_it_holds),
        cmocka_unit_test(respond_async_is_answered_at_the_commit),
        cmocka_unit_test(another_workers_move_is_accepted),
        cmocka_unit_test(another_workers_move_to_the_same_status_is_accepted),
        cmocka_unit_test(closing_tells_everybody_who_waits),
    };
    return cmocka_run_group_tests_name("order/driver", tests, NULL, NULL);
}
