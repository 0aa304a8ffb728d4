/* The driver on hand-driven twins of its ports and of the clock: what it asks for, when, and what
 * the client is told. */
#include "order/driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

enum call_kind { CALL_NONE, CALL_CREATE, CALL_MOVE, CALL_CHARGE, CALL_VOID, CALL_REFUND };

enum { DEADLINE_MS = 5000, TIMEOUT_MS = 1000, PRICE = 100, REPLY_TO = 77 };

/* The world around the driver. The one call under way is kept until the test answers it. */
struct world {
    uint64_t now_ms;
    struct clock clock;
    struct log log;
    struct prng prng;
    struct order_store store;
    struct payment_port payment;
    struct driver *driver;
    enum status store_submit; /* what the store's functions return */
    enum status payment_submit;
    enum call_kind call;
    int call_count;
    uint64_t call_deadline_ms;
    void *context;
    store_create_cb *on_created;
    store_move_cb *on_moved;
    payment_cb *on_payment;
    store_reserve_cb *on_reserved;
    void *reserve_context;
    enum order_status moved_from;
    enum order_status moved_to;
    int release_count;
    const char *reason;
    int answer_count;
    enum driver_answer answer;
    enum order_status answered_status;
    uint64_t answered_to;
};

static uint64_t world_now_ms(void *context)
{
    const struct world *world = context;
    return world->now_ms;
}

static void keep_call(struct world *world, enum call_kind kind, uint64_t deadline_ms, void *context)
{
    assert_int_equal(world->call, CALL_NONE);
    world->call = kind;
    world->call_count++;
    world->call_deadline_ms = deadline_ms;
    world->context = context;
}

static enum status twin_create(void *store, const struct order *order, uint64_t deadline_ms,
                               void *context, store_create_cb *callback)
{
    struct world *world = store;
    assert_true(order->id > 0);
    if (world->store_submit == STATUS_OK) {
        keep_call(world, CALL_CREATE, deadline_ms, context);
        world->on_created = callback;
    }
    return world->store_submit;
}

static enum status twin_move(void *store, const struct store_move *move, void *context,
                             store_move_cb *callback)
{
    struct world *world = store;
    if (world->store_submit == STATUS_OK) {
        keep_call(world, CALL_MOVE, move->deadline_ms, context);
        world->on_moved = callback;
        world->moved_from = move->from;
        world->moved_to = move->to;
        world->reason = move->reason;
    }
    return world->store_submit;
}

static enum status twin_reserve(void *store, uint64_t deadline_ms, void *context,
                                store_reserve_cb *callback)
{
    struct world *world = store;
    assert_true(deadline_ms > world->now_ms);
    world->on_reserved = callback;
    world->reserve_context = context;
    return STATUS_OK;
}

static enum status twin_pay(struct world *world, enum call_kind kind,
                            const struct payment_request *request, void *context,
                            payment_cb *callback)
{
    assert_int_equal(request->order->price, PRICE);
    if (world->payment_submit == STATUS_OK) {
        keep_call(world, kind, request->deadline_ms, context);
        world->on_payment = callback;
    }
    return world->payment_submit;
}

static enum status twin_charge(void *payment, const struct payment_request *request, void *context,
                               payment_cb *callback)
{
    return twin_pay(payment, CALL_CHARGE, request, context, callback);
}

static enum status twin_void(void *payment, const struct payment_request *request, void *context,
                             payment_cb *callback)
{
    return twin_pay(payment, CALL_VOID, request, context, callback);
}

static enum status twin_refund(void *payment, const struct payment_request *request, void *context,
                               payment_cb *callback)
{
    return twin_pay(payment, CALL_REFUND, request, context, callback);
}

static void twin_release(void *store, int64_t id, int32_t epoch, int32_t delay_ms)
{
    struct world *world = store;
    assert_true(id > 0 && epoch >= 0 && delay_ms > 0);
    world->release_count++;
}

static void on_answer(void *context, const struct driver_client *client, enum driver_answer answer,
                      const struct order *order)
{
    struct world *world = context;
    world->answer_count++;
    world->answer = answer;
    world->answered_status = order->status;
    world->answered_to = client->reply_to;
}

static void world_open(struct world *world)
{
    static const struct order_store_operations store_operations = {.create = twin_create,
                                                                   .move = twin_move,
                                                                   .release = twin_release,
                                                                   .reserve_ids = twin_reserve};
    static const struct payment_operations payment_operations = {
        .charge = twin_charge, .void_unpaid = twin_void, .refund = twin_refund};
    *world = (struct world){.now_ms = 1000};
    clock_init(&world->clock, world_now_ms, world);
    log_init(&world->log, "order", LOG_ERROR, LOG_FORMAT_TEXT, STDERR_FILENO);
    prng_seed(&world->prng, 1);
    world->store = (struct order_store){.operations = &store_operations, .store = world};
    world->payment = (struct payment_port){.operations = &payment_operations, .payment = world};
    struct driver_settings settings = {
        .clock = &world->clock,
        .log = &world->log,
        .prng = &world->prng,
        .store = &world->store,
        .payment = &world->payment,
        .order_deadline_ms = DEADLINE_MS,
        .payment_timeout_ms = TIMEOUT_MS,
        .answer = on_answer,
        .answer_context = world,
    };
    world->driver = driver_open(&settings);
    assert_non_null(world->driver);
    assert_false(driver_is_ready(world->driver));
    world->on_reserved(world->reserve_context, STATUS_OK, 1, 1000);
    assert_true(driver_is_ready(world->driver));
}

static void world_close(struct world *world)
{
    driver_close(world->driver);
    clock_free(&world->clock);
    log_free(&world->log);
}

/* Lets time pass, timer by timer. */
static void pass_ms(struct world *world, uint64_t ms)
{
    uint64_t end_ms = world->now_ms + ms;
    while (clock_next_deadline_ms(&world->clock) <= end_ms) {
        world->now_ms = clock_next_deadline_ms(&world->clock);
        clock_run_due(&world->clock);
    }
    world->now_ms = end_ms;
}

static enum call_kind take_call(struct world *world)
{
    enum call_kind kind = world->call;
    world->call = CALL_NONE;
    return kind;
}

static enum status post(struct world *world, bool answer_when_created)
{
    struct driver_command command = {
        .item_name = "Apple",
        .item_name_size = 5,
        .quantity = 1,
        .price = PRICE,
        .client = {.reply_to = REPLY_TO, .answer_when_durable = answer_when_created},
    };
    return driver_create(world->driver, &command);
}

static void answer_create(struct world *world, enum status status)
{
    assert_int_equal(take_call(world), CALL_CREATE);
    world->on_created(world->context, status);
}

static void answer_payment(struct world *world, enum call_kind kind, enum payment_result result)
{
    assert_int_equal(take_call(world), kind);
    world->on_payment(world->context, result);
}

static void answer_move(struct world *world, enum order_status to, enum status status)
{
    assert_int_equal(take_call(world), CALL_MOVE);
    assert_int_equal(world->moved_to, to);
    world->on_moved(world->context, status, to);
}

static void post_and_create(struct world *world)
{
    assert_int_equal(post(world, false), STATUS_OK);
    answer_create(world, STATUS_OK);
}

static void expect_told(struct world *world, enum driver_answer answer, enum order_status status)
{
    assert_int_equal(world->answer_count, 1);
    assert_int_equal(world->answer, answer);
    assert_int_equal(world->answered_status, status);
    assert_int_equal(world->answered_to, REPLY_TO);
}

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
    world.on_moved(world.context, STATUS_OK, ORDER_COMPLETED);
    expect_told(&world, ANSWER_FINAL, ORDER_COMPLETED);
    world_close(&world);
}

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

static void recovered_order_is_charged_again(void **state)
{
    struct world world;
    (void)state;
    world_open(&world);
    adopt(&world, ORDER_PENDING, NULL);
    assert_int_equal(driver_adopted_count(world.driver), 1);
    answer_payment(&world, CALL_CHARGE, PAYMENT_PAID);
    assert_int_equal(world.moved_from, ORDER_PENDING);
    answer_move(&world, ORDER_COMPLETED, STATUS_OK);
    assert_int_equal(world.answer_count, 0);
    assert_int_equal(driver_adopted_count(world.driver), 0);
    world_close(&world);
}

/* Somebody may have sent a charge before the claim: without an answer there must be a void. */
static void recovered_order_is_never_never_sent(void **state)
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
        cmocka_unit_test(recovered_order_is_charged_again),
        cmocka_unit_test(recovered_order_is_never_never_sent),
        cmocka_unit_test(open_breaker_cancels_at_once),
        cmocka_unit_test(cancelled_order_is_voided),
        cmocka_unit_test(cancelled_order_that_is_paid_is_refunded),
        cmocka_unit_test(long_held_order_is_handed_back),
        cmocka_unit_test(conflict_keeps_something_under_way),
        cmocka_unit_test(closing_tells_everybody_who_waits),
    };
    return cmocka_run_group_tests_name("order/driver", tests, NULL, NULL);
}
