/* Moves of one order by several workers, in one segment: each is told what became of its own. */
#include <stdlib.h>

#include "order/schema.h"
#include "order/store_pg.h"
#include "unit/db/pg_fixture.h"

static const struct trace trace = {.id = "0123456789abcdef0123456789abcdef", .flags = "01"};

/* A worker's move, and what it was told. */
struct worker {
    struct store_move move;
    bool is_told;
    enum status status;
    enum order_status current;
};

static void on_moved(void *context, enum status status, enum order_status current)
{
    struct worker *worker = context;
    assert_false(worker->is_told);
    worker->is_told = true;
    worker->status = status;
    worker->current = current;
}

static struct worker make_worker(int32_t epoch, enum order_status from, enum order_status to)
{
    return (struct worker){.move = {.id = 1,
                                    .epoch = epoch,
                                    .from = from,
                                    .to = to,
                                    .reason = "test",
                                    .trace = &trace,
                                    .deadline_ms = UINT64_MAX}};
}

static bool both_are_told(void *context)
{
    const struct worker *workers = context;
    return workers[0].is_told && workers[1].is_told;
}

static bool reader_is_up(void *pool)
{
    return db_pool_is_ready(pool);
}

/* The order has been claimed by its customer's cancel; whoever had it before does not know. */
static void a_stale_move_beside_the_claimer_s_moved_nothing(void **state)
{
    (void)state;
    struct pg_fixture fixture;
    pg_fixture_init(&fixture, "SET timezone = 'UTC'", order_write_statements,
                    order_write_statement_count);
    fixture.settings.migrations = order_migrations;
    fixture.settings.migration_count = order_migration_count;
    pg_fixture_open(&fixture);
    struct db_pool_settings reading = fixture.settings;
    reading.statements = order_read_statements;
    reading.statement_count = order_read_statement_count;
    assert_int_equal(db_pool_open(&fixture.loop, &fixture.prng, &reading, &fixture.second_pool),
                     STATUS_OK);
    struct db_batch *reader = db_batch_open(&fixture.loop, fixture.second_pool);
    assert_non_null(reader);
    pg_fixture_run_until(&fixture, reader_is_up, fixture.second_pool);
    struct order_store_pg *pg =
        order_store_pg_open(&fixture.log, &fixture.loop.clock, fixture.batch, reader);
    struct order_store store = order_store_pg_port(pg);
    pg_execute(&fixture, "INSERT INTO orders (id, uid, item_name, quantity, price, status, epoch)"
                         " VALUES (1, gen_random_uuid(), 'Apple', 1, 100, 'CANCELLING', 1)");

    struct worker workers[] = {make_worker(0, ORDER_PENDING, ORDER_COMPLETED),
                               make_worker(1, ORDER_CANCELLING, ORDER_CANCELLED)};
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(
            store.operations->move(store.store, &workers[i].move, &workers[i], on_moved),
            STATUS_OK);
    pg_fixture_run_until(&fixture, both_are_told, workers);
    assert_int_equal(workers[0].status, STATUS_CONFLICT);
    assert_int_equal(workers[0].current, ORDER_CANCELLED);
    assert_int_equal(workers[1].status, STATUS_OK);
    assert_int_equal(pg_number(&fixture, "SELECT count(*) FROM order_events"), 1);

    db_batch_close(reader);
    order_store_pg_close(pg);
    pg_fixture_close(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stale_move_beside_the_claimer_s_moved_nothing),
    };
    return cmocka_run_group_tests_name("db/order_moves_pg", tests, NULL, NULL);
}
