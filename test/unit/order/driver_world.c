#include "unit/order/driver_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

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

static enum status twin_create(void *store, const struct order *order, const struct trace *trace,
                               uint64_t deadline_ms, void *context, store_create_cb *callback)
{
    struct world *world = store;
    (void)trace;
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

static bool on_answer(void *context, const struct driver_client *client, enum driver_answer answer,
                      const struct order *order)
{
    struct world *world = context;
    world->answer_count++;
    world->answer = answer;
    world->answered_status = order->status;
    world->answered_to = client->reply_to;
    return true;
}

void world_open(struct world *world)
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
        .metrics = &world->metrics,
        .store = &world->store,
        .payment = &world->payment,
        .order_deadline_ms = DEADLINE_MS,
        .payment_timeout_ms = TIMEOUT_MS,
        .overload_delay_ms = OVERLOAD_DELAY_MS,
        .answer = on_answer,
        .answer_context = world,
    };
    world->driver = driver_open(&settings);
    assert_non_null(world->driver);
    assert_false(driver_is_ready(world->driver));
    world->on_reserved(world->reserve_context, STATUS_OK, 1, 1000);
    assert_true(driver_is_ready(world->driver));
}

void world_close(struct world *world)
{
    driver_close(world->driver);
    clock_free(&world->clock);
    log_free(&world->log);
}

void pass_ms(struct world *world, uint64_t ms)
{
    uint64_t end_ms = world->now_ms + ms;
    while (clock_next_deadline_ms(&world->clock) <= end_ms) {
        world->now_ms = clock_next_deadline_ms(&world->clock);
        clock_run_due(&world->clock);
    }
    world->now_ms = end_ms;
}

enum call_kind take_call(struct world *world)
{
    enum call_kind kind = world->call;
    world->call = CALL_NONE;
    return kind;
}

enum status post(struct world *world, bool answer_when_created)
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

void answer_create(struct world *world, enum status status)
{
    assert_int_equal(take_call(world), CALL_CREATE);
    world->on_created(world->context, status);
}

void answer_payment(struct world *world, enum call_kind kind, enum payment_result result)
{
    assert_int_equal(take_call(world), kind);
    world->on_payment(world->context, result);
}

void answer_move(struct world *world, enum order_status to, enum status status)
{
    assert_int_equal(take_call(world), CALL_MOVE);
    assert_int_equal(world->moved_to, to);
    world->on_moved(world->context, status, to);
}

void post_and_create(struct world *world)
{
    assert_int_equal(post(world, false), STATUS_OK);
    answer_create(world, STATUS_OK);
}

void expect_told(struct world *world, enum driver_answer answer, enum order_status status)
{
    assert_int_equal(world->answer_count, 1);
    assert_int_equal(world->answer, answer);
    assert_int_equal(world->answered_status, status);
    assert_int_equal(world->answered_to, REPLY_TO);
}
