/* The feed on PostgreSQL: its order, its end, and its folds; whatever commits late. */
#include "order/history_pg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "order/schema.h"
#include "order/store_statements.h"
#include "unit/db/pg_fixture.h"

enum { SCHEMA_SIZE_MAX = 64 * 1024, LINE_COUNT_MAX = 32 };

struct history_world {
    struct pg_fixture fixture;
    struct history_pg *pg;
    struct history_port port;
    PGconn *other; /* a second session that meddles */
    /* The last answer. */
    bool is_answered;
    enum status status;
    struct history_position positions[LINE_COUNT_MAX];
    char statuses[LINE_COUNT_MAX][16];
    char froms[LINE_COUNT_MAX][16];
    size_t count;
    bool is_full;
    int64_t end_tx;
    int64_t next_tx;
    int64_t fold_count;
};

static PGconn *connect_other(void)
{
    PGconn *other = PQconnectdb(getenv("DATABASE_URL"));
    assert_int_equal(PQstatus(other), CONNECTION_OK);
    return other;
}

static void execute(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQresultErrorMessage(result));
    PQclear(result);
}

static int set_up(void **state)
{
    struct history_world *world = calloc(1, sizeof *world);
    struct buffer schema;
    buffer_init(&schema, SCHEMA_SIZE_MAX);
    for (size_t i = 0; i < order_migration_count; i++)
        buffer_append_text(&schema, order_migrations[i].sql);
    buffer_append_byte(&schema, '\0');
    pg_fixture_init(&world->fixture, schema.data, history_statements, history_statement_count);
    buffer_free(&schema);
    pg_fixture_open(&world->fixture);
    world->pg = history_pg_open(world->fixture.batch);
    assert_non_null(world->pg);
    world->port = history_pg_port(world->pg);
    world->other = connect_other();
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct history_world *world = *state;
    PQfinish(world->other);
    pg_fixture_close(&world->fixture);
    history_pg_close(world->pg);
    free(world);
    return 0;
}

static bool is_answered(void *context)
{
    const struct history_world *world = context;
    return world->is_answered;
}

static void keep_text(char to[16], struct history_text text)
{
    snprintf(to, 16, "%.*s", (int)text.size, text.data);
}

static void on_page(void *context, enum status status, const struct history_page *page)
{
    struct history_world *world = context;
    world->is_answered = true;
    world->status = status;
    world->is_full = page->is_full;
    world->end_tx = page->end_tx;
    world->next_tx = page->next_tx;
    world->count = page->count;
    for (size_t i = 0; i < page->count && i < LINE_COUNT_MAX; i++) {
        world->positions[i] = page->lines[i].position;
        keep_text(world->statuses[i], page->lines[i].status);
        keep_text(world->froms[i], page->lines[i].from);
    }
}

static void on_fold(void *context, enum status status, const struct history_fold *fold)
{
    struct history_world *world = context;
    world->is_answered = true;
    world->status = status;
    world->count = fold->edge_count;
    world->end_tx = fold->end_tx;
    world->fold_count = fold->count;
    int64_t sum = 0;
    for (size_t i = 0; i < fold->edge_count; i++)
        sum += fold->edges[i].count;
    assert_true(sum == fold->count);
}

static void await_answer(struct history_world *world, enum status submitted)
{
    assert_int_equal(submitted, STATUS_OK);
    pg_fixture_run_until(&world->fixture, is_answered, world);
    world->is_answered = false;
    assert_int_equal(world->status, STATUS_OK);
}

static uint64_t deadline_ms(struct history_world *world)
{
    return clock_now_ms(&world->fixture.loop.clock) + FIXTURE_DEADLINE_MS;
}

static void read_feed(struct history_world *world, struct history_position after, int64_t below_tx)
{
    struct history_range range = {.after = after, .below_tx = below_tx};
    await_answer(world, world->port.operations->read_feed(world->port.history, &range,
                                                          deadline_ms(world), world, on_page));
}

static void read_all(struct history_world *world)
{
    read_feed(world, (struct history_position){0}, INT64_MAX);
}

static void fold_feed(struct history_world *world, struct history_position after, int64_t below_tx)
{
    struct history_range range = {.after = after, .below_tx = below_tx};
    await_answer(world, world->port.operations->fold_feed(world->port.history, &range,
                                                          deadline_ms(world), world, on_fold));
}

/* In a transaction of its own. */
static void add_line(PGconn *connection, int order_id, const char *status)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "INSERT INTO order_events (order_id, status, reason) VALUES (%d, '%s', 'test')",
             order_id, status);
    execute(connection, sql);
}

static void empty_feed_ends_at_the_next_transaction(void **state)
{
    struct history_world *world = *state;
    read_feed(world, history_now, INT64_MAX);
    assert_int_equal(world->count, 0);
    int64_t next = pg_number(&world->fixture, "SELECT pg_current_xact_id()::text::int8");
    assert_true(world->end_tx == next && world->next_tx == next);
}

static void expect_position(const struct history_position *position,
                            const struct history_position *expected)
{
    assert_true(position->tx == expected->tx && position->order_id == expected->order_id &&
                position->step == expected->step);
}

/* Each position, taken as where to go on, gives exactly what follows it. */
static void every_position_goes_on_without_gap_or_repetition(void **state)
{
    struct history_world *world = *state;
    static const char *const statuses[] = {"PENDING", "COMPLETED", "CANCELLING", "CANCELLED"};
    PGconn *control = world->fixture.control;
    /* Two transactions, each with two orders; CANCELLING is less than COMPLETED as a text. */
    for (int half = 0; half < 4; half += 2) {
        execute(control, "BEGIN");
        for (int status = half + 1; status >= half; status--) {
            add_line(control, 2, statuses[status]);
            add_line(control, 1, statuses[status]);
        }
        execute(control, "COMMIT");
    }
    read_all(world);
    assert_int_equal(world->count, 8);
    struct history_position all[8];
    memcpy(all, world->positions, sizeof all);
    static const char *const expected[] = {"PENDING",    "COMPLETED", "PENDING",    "COMPLETED",
                                           "CANCELLING", "CANCELLED", "CANCELLING", "CANCELLED"};
    for (size_t i = 0; i < 8; i++)
        assert_string_equal(world->statuses[i], expected[i]);
    for (size_t i = 0; i < 8; i++) {
        read_feed(world, all[i], INT64_MAX);
        assert_int_equal(world->count, 7 - i);
        for (size_t next = i + 1; next < 8; next++)
            expect_position(&world->positions[next - i - 1], &all[next]);
        fold_feed(world, all[i], INT64_MAX);
        assert_true(world->fold_count == (int64_t)(7 - i));
        read_feed(world, all[i], all[4].tx);
        assert_int_equal(world->count, i < 4 ? 3 - i : 0);
    }
}

static void status_before_is_that_of_the_order(void **state)
{
    struct history_world *world = *state;
    PGconn *control = world->fixture.control;
    add_line(control, 1, "PENDING");
    add_line(control, 1, "CANCELLED");
    add_line(control, 2, "PENDING");
    add_line(control, 2, "CANCELLING");
    add_line(control, 3, "PENDING");
    add_line(control, 3, "COMPLETED");
    add_line(control, 3, "CANCELLING");
    add_line(control, 3, "CANCELLED");
    read_all(world);
    static const char *const expected[] = {"", "PENDING", "",          "PENDING",
                                           "", "PENDING", "COMPLETED", "CANCELLING"};
    for (size_t i = 0; i < 8; i++)
        assert_string_equal(world->froms[i], expected[i]);
    fold_feed(world, (struct history_position){0}, INT64_MAX);
    assert_true(world->fold_count == 8);
    assert_int_equal(world->count, 6);
}

static void open_transaction_ends_the_feed(void **state)
{
    struct history_world *world = *state;
    execute(world->other, "BEGIN");
    add_line(world->other, 1, "PENDING");
    add_line(world->fixture.control, 2, "PENDING");
    read_all(world);
    assert_int_equal(world->count, 0);
    struct history_position end = {.tx = world->end_tx};
    assert_true(world->next_tx > world->end_tx);
    fold_feed(world, (struct history_position){0}, INT64_MAX);
    assert_true(world->fold_count == 0 && world->end_tx == end.tx);
    execute(world->other, "COMMIT");
    read_feed(world, end, INT64_MAX);
    assert_int_equal(world->count, 2);
    assert_true(world->positions[0].order_id == 1);
    assert_true(world->positions[1].order_id == 2);
}

static void lines_from_before_the_feed_are_not_in_it(void **state)
{
    struct history_world *world = *state;
    pg_execute(&world->fixture, "INSERT INTO order_events (order_id, status, reason, tx)"
                                " VALUES (1, 'PENDING', 'test', NULL)");
    read_all(world);
    assert_int_equal(world->count, 0);
    await_answer(world, world->port.operations->read_order(world->port.history, 1, 0,
                                                           deadline_ms(world), world, on_page));
    assert_int_equal(world->count, 1);
    assert_true(world->positions[0].tx == 0);
}

static void one_line_more_than_a_page_is_full(void **state)
{
    struct history_world *world = *state;
    pg_execute(&world->fixture, "INSERT INTO order_events (order_id, status, reason)"
                                " SELECT i, 'PENDING', 'test' FROM generate_series(1, 500) AS i");
    read_all(world);
    assert_int_equal(world->count, HISTORY_PAGE_COUNT_MAX);
    assert_false(world->is_full);
    add_line(world->fixture.control, 501, "PENDING");
    read_all(world);
    assert_true(world->is_full);
}

/* Up to its bound, but one transaction at least. */
static void fold_of_many_ends_in_front_of_a_transaction(void **state)
{
    struct history_world *world = *state;
    static const char insert[] = "INSERT INTO order_events (order_id, status, reason)"
                                 " SELECT i, 'PENDING', 'test' FROM generate_series(1, %d) AS i";
    static const int sizes[] = {7500, 7500, 22500, 3};
    for (size_t i = 0; i < 4; i++) {
        char sql[256];
        snprintf(sql, sizeof sql, insert, sizes[i]);
        pg_execute(&world->fixture, sql);
    }
    struct history_position position = {0};
    for (size_t i = 0; i < 4; i++) {
        fold_feed(world, position, INT64_MAX);
        assert_true(world->fold_count == sizes[i]);
        position.tx = world->end_tx;
    }
}

static PGresult *claim(PGconn *connection, bool waits)
{
    static const char *const values[] = {"{1}", "{4bf92f35-77b3-4da6-a3ce-929d0e0e4736}"};
    static const Oid types[] = {1016, 2951};
    if (!waits)
        return PQexecParams(connection, order_claim_statement.sql, 2, types, values, NULL, NULL, 0);
    assert_int_equal(
        PQsendQueryParams(connection, order_claim_statement.sql, 2, types, values, NULL, NULL, 0),
        1);
    return NULL;
}

static void add_order(struct history_world *world)
{
    pg_execute(&world->fixture, "INSERT INTO orders (id, uid, item_name, quantity, price, status)"
                                " VALUES (1, gen_random_uuid(), 'Apple', 1, 1, 'PENDING')");
    add_line(world->fixture.control, 1, "PENDING");
}

static void complete_order(PGconn *connection)
{
    execute(connection, "UPDATE orders SET status = 'COMPLETED' WHERE id = 1");
    add_line(connection, 1, "COMPLETED");
}

/* The claim's transaction has the lower number, but it waits for the move. */
static void claim_that_waited_stands_behind_the_move(void **state)
{
    struct history_world *world = *state;
    PGconn *control = world->fixture.control;
    add_order(world);
    execute(world->other, "BEGIN");
    execute(world->other, "SELECT pg_current_xact_id()");
    execute(control, "BEGIN");
    complete_order(control);
    claim(world->other, true);
    pg_wait_for_number(&world->fixture, "SELECT count(*) FROM pg_locks WHERE NOT granted", 1);
    execute(control, "COMMIT");
    PQclear(PQgetResult(world->other));
    assert_null(PQgetResult(world->other));
    execute(world->other, "COMMIT");
    read_all(world);
    assert_int_equal(world->count, 3);
    assert_string_equal(world->statuses[1], "COMPLETED");
    assert_string_equal(world->statuses[2], "CANCELLING");
    assert_string_equal(world->froms[2], "COMPLETED");
    assert_true(world->positions[2].tx == world->positions[1].tx);
}

static void claim_has_the_number_of_its_own_transaction(void **state)
{
    struct history_world *world = *state;
    add_order(world);
    complete_order(world->fixture.control);
    execute(world->other, "BEGIN");
    PQclear(claim(world->other, false));
    execute(world->other, "COMMIT");
    read_all(world);
    assert_int_equal(world->count, 3);
    assert_true(world->positions[2].tx == world->end_tx - 1);
    assert_true(pg_number(&world->fixture,
                          "SELECT (trace_id = '4bf92f35-77b3-4da6-a3ce-929d0e0e4736')::int4::int8"
                          " FROM order_events WHERE status = 'CANCELLING'") == 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(empty_feed_ends_at_the_next_transaction),
        TEST(every_position_goes_on_without_gap_or_repetition),
        TEST(status_before_is_that_of_the_order),
        TEST(open_transaction_ends_the_feed),
        TEST(lines_from_before_the_feed_are_not_in_it),
        TEST(one_line_more_than_a_page_is_full),
        TEST(fold_of_many_ends_in_front_of_a_transaction),
        TEST(claim_that_waited_stands_behind_the_move),
        TEST(claim_has_the_number_of_its_own_transaction),
    };
    return cmocka_run_group_tests_name("order/history_pg", tests, NULL, NULL);
}
