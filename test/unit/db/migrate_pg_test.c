#include "unit/db/pg_fixture.h"

#include <stdlib.h>
#include <string.h>

#define APPLIED "SELECT count(*) FROM schema_migrations"

/* The second one is slow, so that two who migrate at once are sure to meet. */
static const struct db_migration migrations[] = {
    {.number = 1,
     .name = "001_items",
     .sql = "CREATE TABLE items (id int8 PRIMARY KEY);\n"
            "CREATE INDEX ON items (id); -- and a comment that ends the text"},
    {.number = 2, .name = "002_wait", .sql = "SELECT pg_sleep(0.2)"},
    {.number = 3, .name = "003_name", .sql = "ALTER TABLE items ADD COLUMN name text DEFAULT ''''"},
};

static const struct db_migration impossible[] = {
    {.number = 1, .name = "001_good", .sql = "CREATE TABLE good (id int8)"},
    {.number = 2, .name = "002_bad", .sql = "INSERT INTO missing VALUES (1)"},
};

static const struct db_statement select_one = {
    .name = "select_one",
    .sql = "SELECT key FROM unnest($1::int8[]) AS key",
    .column_count = 1,
    .columns = {DB_INT8},
};

static const struct db_statement *const statements[] = {&select_one};

static int set_up(void **state)
{
    struct pg_fixture *fixture = malloc(sizeof *fixture);
    pg_fixture_init(fixture, "SELECT", statements, 1);
    fixture->settings.migrations = migrations;
    fixture->settings.migration_count = 2;
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    pg_fixture_close(*state);
    free(*state);
    return 0;
}

static void test_missing_migrations_are_applied_in_order(void **state)
{
    struct pg_fixture *fixture = *state;
    pg_fixture_open(fixture);
    assert_int_equal(pg_number(fixture, APPLIED), 2);
    db_batch_close(fixture->batch);
    db_pool_close(fixture->pool);
    fixture->settings.migration_count = 3;
    pg_fixture_open(fixture);
    assert_int_equal(pg_number(fixture, APPLIED " WHERE name = '003_name'"), 1);
    assert_int_equal(pg_number(fixture, "SELECT count(name) FROM items"), 0);
}

static void test_newer_schema_is_left_alone(void **state)
{
    struct pg_fixture *fixture = *state;
    fixture->settings.migration_count = 3;
    pg_fixture_open(fixture);
    db_batch_close(fixture->batch);
    db_pool_close(fixture->pool);
    fixture->settings.migration_count = 1;
    pg_fixture_open(fixture);
    assert_int_equal(pg_number(fixture, APPLIED), 3);
}

static void open_pool(struct pg_fixture *fixture, struct db_pool **pool)
{
    assert_int_equal(db_pool_open(&fixture->loop, &fixture->prng, &fixture->settings, pool),
                     STATUS_OK);
}

static bool both_are_ready(void *context)
{
    struct pg_fixture *fixture = context;
    return db_pool_is_ready(fixture->pool) && db_pool_is_ready(fixture->second_pool);
}

static void test_two_instances_migrate_at_once(void **state)
{
    struct pg_fixture *fixture = *state;
    /* The lock that the waiting one waits for must not count as a lock that takes too long. */
    fixture->settings.answer_timeout_ms = 400;
    fixture->settings.migration_count = 3;
    open_pool(fixture, &fixture->pool);
    open_pool(fixture, &fixture->second_pool);
    pg_fixture_run_until(fixture, both_are_ready, fixture);
    assert_int_equal(pg_number(fixture, APPLIED), 3);
    assert_false(pg_log_contains(fixture, "can't connect"));
}

/* A Unix socket takes far less at once, so the rest must leave when it is writable again. */
static void test_long_script_leaves_in_parts(void **state)
{
    struct pg_fixture *fixture = *state;
    enum { SCRIPT_SIZE = 900 * 1000 };
    char *sql = malloc(SCRIPT_SIZE);
    memset(sql, ' ', SCRIPT_SIZE - 1);
    memcpy(sql, "SELECT 1", 8);
    sql[SCRIPT_SIZE - 1] = '\0';
    const struct db_migration migration = {.number = 1, .name = "001_long", .sql = sql};
    fixture->settings.migrations = &migration;
    fixture->settings.migration_count = 1;
    fixture->settings.url = getenv("DATABASE_SOCKET_URL");
    pg_fixture_open(fixture);
    assert_int_equal(pg_number(fixture, APPLIED), 1);
    free(sql);
}

static void test_failed_migration_is_tried_again(void **state)
{
    struct pg_fixture *fixture = *state;
    fixture->settings.migrations = impossible;
    open_pool(fixture, &fixture->pool);
    pg_fixture_await_log(
        fixture,
        "the schema could not be brought up to date: relation \"missing\" does not exist 42P01");
    assert_false(db_pool_is_ready(fixture->pool));
    /* All or nothing. */
    assert_int_equal(pg_number(fixture, "SELECT count(to_regclass('good'))"), 0);
    pg_execute(fixture, "CREATE TABLE missing (id int8)");
    pg_fixture_run_until(fixture, pg_pool_is_up, fixture);
    assert_int_equal(pg_number(fixture, "SELECT count(*) FROM missing"), 1);
}

static void test_statement_that_does_not_fit_keeps_the_pool_down(void **state)
{
    static const struct db_statement misfit = {.name = "misfit", .sql = "SELECT id FROM nowhere"};
    static const struct db_statement *const misfits[] = {&select_one, &misfit};
    struct pg_fixture *fixture = *state;
    fixture->settings.statements = misfits;
    fixture->settings.statement_count = 2;
    open_pool(fixture, &fixture->pool);
    pg_fixture_await_log(fixture, "a statement could not be prepared: relation \"nowhere\"");
    assert_false(db_pool_is_ready(fixture->pool));
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_missing_migrations_are_applied_in_order),
        TEST(test_newer_schema_is_left_alone),
        TEST(test_two_instances_migrate_at_once),
        TEST(test_long_script_leaves_in_parts),
        TEST(test_failed_migration_is_tried_again),
        TEST(test_statement_that_does_not_fit_keeps_the_pool_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
