#include "unit/db/pg_fixture.h"

#include <stdlib.h>

/* The server's own word on the session that a statement runs in; 0 and 1 for off and on. */
static const struct db_statement read_setting = {
    .name = "read_setting",
    .sql = "SELECT key, CASE s.setting WHEN 'off' THEN 0 WHEN 'on' THEN 1 ELSE s.setting::int8 END"
           " FROM unnest($1::int8[], $2::text[]) AS u (key, name) JOIN pg_settings s USING (name)",
    .column_count = 2,
    .columns = {DB_INT8, DB_TEXT},
    .result_column_count = 2,
    .result_columns = {DB_INT8, DB_INT8},
};

static const struct db_statement select_amount = {
    .name = "select_amount",
    .sql = "SELECT id, amount FROM items WHERE id = ANY ($1::int8[])",
    .column_count = 1,
    .columns = {DB_INT8},
    .result_column_count = 2,
    .result_columns = {DB_INT8, DB_INT8},
};

static const struct db_statement *const statements[] = {&read_setting, &select_amount};

static int set_up(void **state)
{
    struct pg_fixture *fixture = malloc(sizeof *fixture);
    pg_fixture_init(fixture,
                    "CREATE TABLE items (id int8 PRIMARY KEY, amount int8);"
                    "INSERT INTO items VALUES (1, 10)",
                    statements, 2);
    pg_fixture_open(fixture);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    pg_fixture_close(*state);
    free(*state);
    return 0;
}

static void test_settings_reach_the_server(void **state)
{
    struct pg_fixture *fixture = *state;
    static const struct {
        const char *name;
        int64_t value;
    } expected[] = {
        {"statement_timeout", 2000},
        {"lock_timeout", 200},
        {"idle_in_transaction_session_timeout", 4000},
        {"enable_seqscan", 0},
        {"enable_bitmapscan", 0},
        {"enable_hashjoin", 0},
        {"enable_mergejoin", 0},
        {"jit", 0},
        {"tcp_keepalives_idle", 5},
        {"tcp_keepalives_interval", 2},
        {"tcp_keepalives_count", 3},
        {"tcp_user_timeout", 10000},
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        struct probe probe = {.unit = {.statement = &read_setting,
                                       .key = 1,
                                       .values = {value_integer(1), value_text(expected[i].name)}}};
        assert_int_equal(pg_submit(fixture, &probe), STATUS_OK);
        pg_fixture_await(fixture, &probe, 1);
        assert_int_equal(probe.row_count, 1);
        assert_int_equal(probe.value, expected[i].value);
    }
}

static void test_changed_column_type_keeps_the_pool_down(void **state)
{
    struct pg_fixture *fixture = *state;
    struct probe probes[2];
    for (size_t i = 0; i < 2; i++)
        probes[i] = (struct probe){
            .unit = {.statement = &select_amount, .key = 1, .values = {value_integer(1)}}};
    pg_execute(fixture, "ALTER TABLE items ALTER COLUMN amount TYPE int4");
    /* Each connection learns of it by its next statement. */
    for (size_t i = 0; i < 2; i++) {
        probes[i].unit.deadline_ms = clock_now_ms(&fixture->loop.clock) + 500;
        assert_int_equal(pg_submit(fixture, &probes[i]), STATUS_OK);
    }
    pg_fixture_await(fixture, probes, 2);
    for (size_t i = 0; i < 2; i++)
        assert_int_not_equal(probes[i].status, STATUS_OK);
    pg_fixture_await_log(fixture,
                         "the result of select_amount has not the columns that it should have");
    pg_execute(fixture, "ALTER TABLE items ALTER COLUMN amount TYPE int8");
    pg_fixture_run_until(fixture, pg_pool_is_up, fixture);
    probes[0].answer_count = 0;
    probes[0].unit.deadline_ms = 0;
    assert_int_equal(pg_submit(fixture, &probes[0]), STATUS_OK);
    pg_fixture_await(fixture, probes, 1);
    assert_int_equal(probes[0].value, 10);
}

static void test_results_are_compared_with_what_is_declared(void **state)
{
    (void)state;
    PGresAttDesc columns[] = {
        {.name = "id", .format = 1, .typid = 20, .typlen = 8},
        {.name = "name", .format = 1, .typid = 25, .typlen = -1},
    };
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    assert_int_equal(PQsetResultAttrs(result, 2, columns), 1);
    struct db_statement statement = {.name = "any"};
    assert_true(db_statement_can_read(&statement, result));
    statement.result_column_count = 2;
    statement.result_columns[0] = DB_INT8;
    statement.result_columns[1] = DB_TEXT;
    assert_true(db_statement_can_read(&statement, result));
    statement.result_columns[1] = DB_UUID;
    assert_false(db_statement_can_read(&statement, result));
    statement.result_column_count = 1;
    assert_false(db_statement_can_read(&statement, result));
    statement.result_column_count = 3;
    assert_false(db_statement_can_read(&statement, result));
    PQclear(result);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_settings_reach_the_server),
        TEST(test_changed_column_type_keeps_the_pool_down),
        cmocka_unit_test(test_results_are_compared_with_what_is_declared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
