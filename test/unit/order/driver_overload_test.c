/* The driver with more orders than can be done soon. */
#include "unit/order/driver_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void give_many_ids(struct world *world)
{
    world->on_reserved(world->reserve_context, STATUS_OK, 1001, 100000);
}

static enum status adopt(struct world *world, enum order_status status,
                         const struct driver_client *client)
{
    struct order order = {.id = 7,
                          .item_name = "Apple",
                          .item_name_size = 5,
                          .price = PRICE,
                          .status = status,
                          .epoch = 3};
    struct trace trace = {.id = "t"};
    return driver_adopt(world->driver, &order, &trace, client);
}

/* Orders that the store never ends, until one is refused. */
static size_t fill(struct world *world)
{
    size_t count = 0;
    while (post(world, false) == STATUS_OK) {
        assert_int_equal(take_call(world), CALL_CREATE);
        assert_true(++count <= DRIVER_ORDER_COUNT_MAX);
    }
    return count;
}

static void new_orders_are_refused_but_what_was_accepted_is_not(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    give_many_ids(&world);
    size_t count = fill(&world);
    assert_true(count >= ADMISSION_COUNT_MIN);
    assert_int_equal(driver_admits(world.driver), STATUS_OVERLOADED);
    assert_int_equal(driver_admission(world.driver)->metrics->refusals, 2);
    assert_int_equal(driver_saga_count(world.driver), count);
    struct driver_client client = {.reply_to = REPLY_TO, .is_cancelling = true};
    assert_int_equal(adopt(&world, ORDER_CANCELLING, &client), STATUS_OK);
    answer_payment(&world, CALL_VOID, PAYMENT_VOIDED);
    answer_move(&world, ORDER_CANCELLED, STATUS_OK);
    expect_told(&world, ANSWER_FINAL, ORDER_CANCELLED);
    assert_int_equal(adopt(&world, ORDER_PENDING, NULL), STATUS_OK);
    answer_payment(&world, CALL_VOID, PAYMENT_PAID);
    answer_move(&world, ORDER_COMPLETED, STATUS_OK);
    world_close(&world);
}

/* The last one of those accepted; its call is the one that is under way. */
static void an_order_that_ends_makes_room_for_one(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    give_many_ids(&world);
    fill(&world);
    world.call = CALL_CREATE;
    answer_create(&world, STATUS_OK);
    assert_int_equal(driver_admits(world.driver), STATUS_OVERLOADED);
    answer_payment(&world, CALL_CHARGE, PAYMENT_PAID);
    assert_int_equal(driver_admits(world.driver), STATUS_OVERLOADED);
    answer_move(&world, ORDER_COMPLETED, STATUS_OK);
    expect_told(&world, ANSWER_FINAL, ORDER_COMPLETED);
    assert_int_equal(driver_admits(world.driver), STATUS_OK);
    world_close(&world);
}

/* As nothing is known of what it did with an earlier attempt, its word is not taken for one. */
static void a_busy_payment_is_asked_again_and_then_for_a_void(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    post_and_create(&world);
    int charge_count = 0;
    while (world.now_ms < 1000 + DEADLINE_MS / 2) {
        answer_payment(&world, CALL_CHARGE, PAYMENT_BUSY);
        charge_count++;
        while (world.call == CALL_NONE)
            pass_ms(&world, 1);
        if (world.call == CALL_VOID)
            break;
    }
    assert_true(charge_count >= 3);
    assert_int_equal(world.answer_count, 0);
    answer_payment(&world, CALL_VOID, PAYMENT_VOIDED);
    answer_move(&world, ORDER_CANCELLED, STATUS_OK);
    expect_told(&world, ANSWER_FINAL, ORDER_CANCELLED);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_orders_are_refused_but_what_was_accepted_is_not),
        cmocka_unit_test(an_order_that_ends_makes_room_for_one),
        cmocka_unit_test(a_busy_payment_is_asked_again_and_then_for_a_void),
    };
    return cmocka_run_group_tests_name("order/driver_overload", tests, NULL, NULL);
}
