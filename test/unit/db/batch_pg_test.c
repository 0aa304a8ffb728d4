#include "unit/db/pg_fixture.h"

#include "db/batch_private.h"

#include <stdlib.h>
#include <string.h>

static const char setup_sql[] =
    "CREATE TABLE owners (id int8 PRIMARY KEY);"
    "INSERT INTO owners VALUES (1);"
    "CREATE TABLE items (id int8 PRIMARY KEY, amount int4 CHECK (amount >= 0), owner int8"
    "    REFERENCES owners DEFERRABLE INITIALLY DEFERRED);"
    "CREATE TABLE shapes (id int8 PRIMARY KEY, size int8);"
    "INSERT INTO shapes VALUES (1, 10), (2, 20);"
    "CREATE TABLE doomed (id int8 PRIMARY KEY);"
    "CREATE SEQUENCE failures;"
    "CREATE FUNCTION fail_first(key int8, code text, times int4) RETURNS int8 AS $$BEGIN"
    "    IF nextval('failures') <= times THEN"
    "        RAISE EXCEPTION 'on purpose' USING ERRCODE = code;"
    "    END IF;"
    "    RETURN key;"
    "END$$ LANGUAGE plpgsql;";

static const struct db_statement insert_item = {
    .name = "insert_item",
    .sql = "INSERT INTO items SELECT * FROM unnest($1::int8[], $2::int4[], $3::int8[])"
           " ON CONFLICT (id) DO UPDATE SET amount = excluded.amount"
           " RETURNING id, amount::int8",
    .column_count = 3,
    .columns = {DB_INT8, DB_INT4, DB_INT8},
};

/* Each key's shapes twice, in no helpful order. */
static const struct db_statement select_shape = {
    .name = "select_shape",
    .sql = "SELECT id, size + extra FROM unnest($1::int8[]) AS wanted(key) JOIN shapes ON id = key,"
           " generate_series(0, 1) AS extra ORDER BY extra, id DESC",
    .column_count = 1,
    .columns = {DB_INT8},
};

static const struct db_statement select_all_of_shape = {
    .name = "select_all_of_shape",
    .sql = "SELECT * FROM shapes WHERE id = ANY($1::int8[])",
    .column_count = 1,
    .columns = {DB_INT8},
};

static const struct db_statement select_doomed = {
    .name = "select_doomed",
    .sql = "SELECT id FROM doomed WHERE id = ANY($1::int8[])",
    .column_count = 1,
    .columns = {DB_INT8},
};

static const struct db_statement fail_first = {
    .name = "fail_first",
    .sql = "SELECT fail_first(key, code, times), key"
           " FROM unnest($1::int8[], $2::text[], $3::int4[]) AS input(key, code, times)",
    .column_count = 3,
    .columns = {DB_INT8, DB_TEXT, DB_INT4},
};

static const struct db_statement *const statements[] = {
    &insert_item, &select_shape, &select_all_of_shape, &select_doomed, &fail_first,
};

enum { UNIT_COUNT = 1000, STATEMENT_COUNT = sizeof statements / sizeof statements[0] };

static struct probe item_probe(int64_t key, int64_t amount, int64_t owner)
{
    return (struct probe){
        .unit = {.statement = &insert_item,
                 .key = key,
                 .values = {value_integer(key), value_integer(amount), value_integer(owner)}}};
}

static struct probe key_probe(const struct db_statement *statement, int64_t key)
{
    return (struct probe){
        .unit = {.statement = statement, .key = key, .values = {value_integer(key)}}};
}

static int set_up(void **state)
{
    struct pg_fixture *fixture = malloc(sizeof *fixture);
    pg_fixture_init(fixture, setup_sql, statements, STATEMENT_COUNT);
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

static void submit_all(struct pg_fixture *fixture, struct probe *probes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_int_equal(pg_submit(fixture, &probes[i]), STATUS_OK);
}

static void test_many_units_make_few_commits(void **state)
{
    struct pg_fixture *fixture = *state;
    struct probe *probes = calloc(UNIT_COUNT, sizeof *probes);
    for (int i = 0; i < UNIT_COUNT; i++)
        probes[i] = item_probe((i * 7919) % UNIT_COUNT, i, 1);
    submit_all(fixture, probes, UNIT_COUNT);
    assert_int_equal(db_batch_waiting_count(fixture->batch), UNIT_COUNT);
    pg_fixture_await(fixture, probes, UNIT_COUNT);
    for (int i = 0; i < UNIT_COUNT; i++) {
        assert_int_equal(probes[i].status, STATUS_OK);
        assert_int_equal(probes[i].row_count, 1);
        assert_int_equal(probes[i].value, i);
    }
    assert_int_equal(pg_number(fixture, "SELECT count(*) FROM items"), UNIT_COUNT);
    assert_int_equal(pg_number(fixture, "SELECT count(DISTINCT xmin::text) FROM items"), 2);
    free(probes);
}

enum { LOCKED_KEY = 5, TRY_COUNT = 20, LARGE_COUNT = 256 };

/* Sends a unit that a lock holds up, and one after it. Returns how many wait then. */
static size_t send_behind_a_lock(struct pg_fixture *fixture, struct probe *locked,
                                 struct probe *behind)
{
    pg_execute(fixture, "BEGIN; INSERT INTO items VALUES (5, 1, 1)");
    *locked = item_probe(LOCKED_KEY, 2, 1);
    *behind = item_probe(LOCKED_KEY + 1, 2, 1);
    submit_all(fixture, locked, 1);
    pg_fixture_turn(fixture);
    submit_all(fixture, behind, 1);
    pg_fixture_turn(fixture);
    return db_batch_waiting_count(fixture->batch);
}

/* As above, until the second one waits: a machine that pauses between two turns makes the first
 * segment late; not each time. */
static void keep_one_waiting(struct pg_fixture *fixture, struct probe *locked, struct probe *behind)
{
    for (int i = 0; i < TRY_COUNT; i++) {
        if (send_behind_a_lock(fixture, locked, behind) == 1)
            return;
        pg_fixture_await(fixture, behind, 1);
        pg_execute(fixture, "ROLLBACK");
        pg_fixture_await(fixture, locked, 1);
        pg_execute(fixture, "DELETE FROM items WHERE id IN (5, 6)");
    }
    fail_msg("the second unit has never waited");
}

static void test_segment_waits_for_the_one_before_unless_that_is_late(void **state)
{
    struct pg_fixture *fixture = *state;
    struct probe locked;
    struct probe behind;
    keep_one_waiting(fixture, &locked, &behind);
    pg_fixture_await(fixture, &behind, 1); /* on the other connection */
    assert_int_equal(locked.answer_count, 0);
    pg_execute(fixture, "ROLLBACK");
    pg_fixture_await(fixture, &locked, 1);
}

static void test_large_segment_waits_for_none(void **state)
{
    struct pg_fixture *fixture = *state;
    struct probe locked;
    struct probe behind;
    struct probe probes[LARGE_COUNT];
    keep_one_waiting(fixture, &locked, &behind);
    for (int i = 0; i < LARGE_COUNT; i++)
        probes[i] = item_probe(LOCKED_KEY + 2 + i, 1, 1);
    submit_all(fixture, probes, LARGE_COUNT);
    pg_fixture_turn(fixture);
    assert_int_equal(db_batch_waiting_count(fixture->batch), 0);
    pg_execute(fixture, "ROLLBACK");
    pg_fixture_await(fixture, &locked, 1);
    pg_fixture_await(fixture, &behind, 1);
    pg_fixture_await(fixture, probes, LARGE_COUNT);
}

static void test_rows_go_to_the_units_of_their_key(void **state)
{
    struct pg_fixture *fixture = *state;
    struct probe probes[] = {key_probe(&select_shape, 2), key_probe(&select_shape, 1),
                             key_probe(&select_shape, 3), key_probe(&select_shape, 2)};
    submit_all(fixture, probes, 4);
    pg_fixture_await(fixture, probes, 4);
    /* The key asked for twice is found twice for each of the two who asked. */
    const int64_t values[] = {20, 10, 0, 20};
    const int row_counts[] = {4, 2, 0, 4};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(probes[i].status, STATUS_OK);
        assert_int_equal(probes[i].row_count, row_counts[i]);
        assert_int_equal(probes[i].value, values[i]);
    }
}

/* `bad` tells which of 100 items must be refused while the others commit. */
static void check_isolation(struct pg_fixture *fixture, struct probe probes[100],
                            bool (*is_bad)(int i))
{
    submit_all(fixture, probes, 100);
    pg_fixture_await(fixture, probes, 100);
    int bad_count = 0;
    for (int i = 0; i < 100; i++) {
        assert_int_equal(probes[i].status, is_bad(i) ? STATUS_REFUSED : STATUS_OK);
        assert_int_equal(probes[i].row_count, is_bad(i) ? 0 : 1);
        bad_count += is_bad(i) ? 1 : 0;
    }
    assert_int_equal(pg_number(fixture, "SELECT count(*) FROM items"), 100 - bad_count);
}

static bool is_one_of_three(int i)
{
    return i == 0 || i == 41 || i == 99;
}

static void test_bad_rows_are_refused_alone(void **state)
{
    struct probe probes[100];
    for (int i = 0; i < 100; i++)
        probes[i] = item_probe(i, is_one_of_three(i) ? -1 : i, 1);
    check_isolation(*state, probes, is_one_of_three);
    assert_true(pg_log_contains(*state, "23514"));
}

static void test_failed_commit_is_no_commit(void **state)
{
    struct probe probes[100];
    for (int i = 0; i < 100; i++)
        probes[i] = item_probe(i, i, is_one_of_three(i) ? 2 : 1);
    check_isolation(*state, probes, is_one_of_three);
    assert_true(pg_log_contains(*state, "the commit failed"));
    assert_true(pg_log_contains(*state, "23503"));
}

static struct probe failing_probe(const char *code, int64_t times)
{
    return (struct probe){
        .unit = {.statement = &fail_first,
                 .key = 5,
                 .values = {value_integer(5), value_text(code), value_integer(times)}}};
}

static void test_lost_races_are_repeated(void **state)
{
    struct pg_fixture *fixture = *state;
    static const char *const codes[] = {"40001", "40P01", "26000", "25006", "57014"};
    static const int repeats[] = {3, 3, 3, 3, 50};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        for (int failures = repeats[i]; failures <= repeats[i] + 1; failures++) {
            struct probe probe = failing_probe(codes[i], failures);
            pg_execute(fixture, "ALTER SEQUENCE failures RESTART");
            assert_int_equal(pg_submit(fixture, &probe), STATUS_OK);
            pg_fixture_await(fixture, &probe, 1);
            assert_int_equal(probe.status, failures <= repeats[i] ? STATUS_OK : STATUS_REFUSED);
            pg_fixture_run_until(fixture, pg_pool_is_up, fixture);
        }
    }
}

static void test_changed_plan_is_prepared_anew(void **state)
{
    struct pg_fixture *fixture = *state;
    struct probe probes[] = {key_probe(&select_all_of_shape, 1), item_probe(1, 1, 1)};
    pg_execute(fixture, "ALTER TABLE shapes ADD COLUMN color text");
    submit_all(fixture, probes, 2);
    pg_fixture_await(fixture, probes, 2);
    assert_int_equal(probes[0].status, STATUS_OK);
    assert_int_equal(probes[0].value, 10);
    assert_int_equal(probes[1].status, STATUS_OK);
    assert_true(pg_log_contains(fixture, "0A000"));
}

static void test_broken_statement_spares_the_others(void **state)
{
    struct pg_fixture *fixture = *state;
    struct probe probes[] = {key_probe(&select_doomed, 1), item_probe(1, 1, 1),
                             key_probe(&select_doomed, 2)};
    pg_execute(fixture, "DROP TABLE doomed");
    submit_all(fixture, probes, 3);
    pg_fixture_await(fixture, probes, 3);
    assert_int_equal(probes[0].status, STATUS_REFUSED);
    assert_int_equal(probes[1].status, STATUS_OK);
    assert_int_equal(probes[2].status, STATUS_REFUSED);
}

static void test_too_many_waiting_units_are_refused(void **state)
{
    struct pg_fixture *fixture = *state;
    struct probe *probes = calloc(DB_WAITING_COUNT_MAX + 1, sizeof *probes);
    for (int i = 0; i <= DB_WAITING_COUNT_MAX; i++)
        probes[i] = item_probe(i, i, 1);
    submit_all(fixture, probes, DB_WAITING_COUNT_MAX);
    assert_int_equal(pg_submit(fixture, &probes[DB_WAITING_COUNT_MAX]), STATUS_OVERLOADED);
    pg_fixture_await(fixture, probes, DB_WAITING_COUNT_MAX);
    assert_int_equal(probes[DB_WAITING_COUNT_MAX].answer_count, 0);
    free(probes);
}

static void test_who_stands_back_is_sent_last(void **state)
{
    enum { NEWCOMER_COUNT = DB_SEGMENT_UNIT_COUNT_MAX, OTHER_COUNT = 100 };
    struct pg_fixture *fixture = *state;
    static struct probe probes[NEWCOMER_COUNT + OTHER_COUNT];
    for (int i = 0; i < NEWCOMER_COUNT + OTHER_COUNT; i++) {
        probes[i] = item_probe(i, i, 1);
        probes[i].unit.stands_back = i < NEWCOMER_COUNT;
    }
    submit_all(fixture, probes, NEWCOMER_COUNT + OTHER_COUNT);
    pg_fixture_await(fixture, probes, NEWCOMER_COUNT + OTHER_COUNT);
    /* One transaction with all the others, and the newcomers that had room beside them. */
    assert_int_equal(pg_number(fixture, "SELECT count(*) FROM items WHERE xmin ="
                                        " (SELECT xmin FROM items WHERE id = 512)"),
                     DB_SEGMENT_UNIT_COUNT_MAX);
    assert_int_equal(pg_number(fixture, "SELECT count(DISTINCT xmin::text) FROM items"
                                        " WHERE id < 412 OR id >= 512"),
                     1);
    assert_int_equal(fixture->batch->newcomer_count, 0);
}

static void test_who_stands_back_is_refused_sooner(void **state)
{
    enum { COUNT = DB_NEWCOMER_COUNT_MAX + 2 };
    struct pg_fixture *fixture = *state;
    struct probe *probes = calloc(COUNT, sizeof *probes);
    for (int i = 0; i < COUNT; i++) {
        probes[i] = item_probe(i, i, 1);
        probes[i].unit.stands_back = i <= DB_NEWCOMER_COUNT_MAX;
    }
    submit_all(fixture, probes, DB_NEWCOMER_COUNT_MAX);
    assert_int_equal(pg_submit(fixture, &probes[DB_NEWCOMER_COUNT_MAX]), STATUS_OVERLOADED);
    assert_int_equal(pg_submit(fixture, &probes[DB_NEWCOMER_COUNT_MAX + 1]), STATUS_OK);
    pg_fixture_await(fixture, probes, DB_NEWCOMER_COUNT_MAX);
    pg_fixture_await(fixture, &probes[DB_NEWCOMER_COUNT_MAX + 1], 1);
    free(probes);
}

static void test_closing_answers_everything(void **state)
{
    struct pg_fixture *fixture = *state;
    struct probe probes[] = {item_probe(1, 1, 1), item_probe(2, 2, 1), item_probe(3, 3, 1)};
    probes[2].unit.stands_back = true;
    pg_execute(fixture, "BEGIN; LOCK TABLE items");
    submit_all(fixture, probes, 1);
    pg_fixture_turn(fixture);
    submit_all(fixture, probes + 1, 2);
    db_batch_close(fixture->batch);
    fixture->batch = NULL;
    assert_int_equal(probes[0].answer_count, 1);
    assert_int_equal(probes[0].status, STATUS_UNKNOWN);
    assert_int_equal(probes[1].answer_count, 1);
    assert_int_equal(probes[1].status, STATUS_UNAVAILABLE);
    assert_int_equal(probes[2].answer_count, 1);
    assert_int_equal(probes[2].status, STATUS_UNAVAILABLE);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_many_units_make_few_commits),
        TEST(test_segment_waits_for_the_one_before_unless_that_is_late),
        TEST(test_large_segment_waits_for_none),
        TEST(test_rows_go_to_the_units_of_their_key),
        TEST(test_bad_rows_are_refused_alone),
        TEST(test_failed_commit_is_no_commit),
        TEST(test_lost_races_are_repeated),
        TEST(test_changed_plan_is_prepared_anew),
        TEST(test_broken_statement_spares_the_others),
        TEST(test_too_many_waiting_units_are_refused),
        TEST(test_who_stands_back_is_sent_last),
        TEST(test_who_stands_back_is_refused_sooner),
        TEST(test_closing_answers_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
