#include "unit/db/pg_fixture.h"

#include <stdlib.h>

/* The control connection holds the row of LOCKED_KEY: whoever inserts it waits. */
enum { UNIT_COUNT = 100, LOCKED_KEY = 50, LATER_COUNT = 20 };

static const struct db_statement insert_item = {
    .name = "insert_item",
    .sql = "INSERT INTO items SELECT * FROM unnest($1::int8[]) ON CONFLICT (id) DO NOTHING"
           " RETURNING id",
    .column_count = 1,
    .columns = {DB_INT8},
};

static const struct db_statement *const statements[] = {&insert_item};

static int set_up(void **state)
{
    struct pg_fixture *fixture = malloc(sizeof *fixture);
    pg_fixture_init(fixture, "CREATE TABLE items (id int8 PRIMARY KEY)", statements, 1);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    pg_fixture_close(*state);
    free(*state);
    return 0;
}

static void open_locked(struct pg_fixture *fixture)
{
    pg_fixture_open(fixture);
    pg_execute(fixture, "BEGIN; INSERT INTO items VALUES (50)");
}

static void submit_key(struct pg_fixture *fixture, struct probe *probe, int64_t key)
{
    *probe = (struct probe){
        .unit = {.statement = &insert_item, .key = key, .values = {value_integer(key)}}};
    assert_int_equal(pg_submit(fixture, probe), STATUS_OK);
}

/* Awaits the answers of all but the locked one. */
static void await_others(struct pg_fixture *fixture, struct probe probes[UNIT_COUNT])
{
    pg_fixture_await(fixture, probes, LOCKED_KEY);
    pg_fixture_await(fixture, probes + LOCKED_KEY + 1, UNIT_COUNT - LOCKED_KEY - 1);
    assert_int_equal(probes[LOCKED_KEY].answer_count, 0);
}

static void check_progress(struct pg_fixture *fixture)
{
    struct probe probes[UNIT_COUNT];
    open_locked(fixture);
    for (int i = 0; i < UNIT_COUNT; i++)
        submit_key(fixture, &probes[i], i);
    await_others(fixture, probes);
    for (int i = 0; i < LATER_COUNT / 4; i++) {
        struct probe later;
        submit_key(fixture, &later, UNIT_COUNT + i);
        pg_fixture_await(fixture, &later, 1);
        assert_int_equal(later.status, STATUS_OK);
    }
    assert_int_equal(probes[LOCKED_KEY].answer_count, 0);
    pg_execute(fixture, "ROLLBACK");
    pg_fixture_await(fixture, &probes[LOCKED_KEY], 1);
    for (int i = 0; i < UNIT_COUNT; i++) {
        assert_int_equal(probes[i].status, STATUS_OK);
        assert_int_equal(probes[i].row_count, 1);
    }
}

static void test_locked_row_keeps_only_its_own_unit(void **state)
{
    check_progress(*state);
}

static void test_locked_row_keeps_only_its_own_unit_on_one_connection(void **state)
{
    struct pg_fixture *fixture = *state;
    fixture->settings.connection_count = 1;
    check_progress(fixture);
}

/* Those who come later commit together, as no segment of theirs has met the lock. */
static void test_later_unit_of_the_key_waits_with_the_first(void **state)
{
    struct pg_fixture *fixture = *state;
    struct probe first;
    struct probe second;
    struct probe others[LATER_COUNT];
    open_locked(fixture);
    submit_key(fixture, &first, LOCKED_KEY);
    pg_fixture_await_log(fixture, "55P03");
    submit_key(fixture, &second, LOCKED_KEY);
    for (int i = 0; i < LATER_COUNT; i++)
        submit_key(fixture, &others[i], UNIT_COUNT + i);
    pg_fixture_await(fixture, others, LATER_COUNT);
    assert_int_equal(first.answer_count + second.answer_count, 0);
    pg_execute(fixture, "ROLLBACK");
    pg_fixture_await(fixture, &first, 1);
    pg_fixture_await(fixture, &second, 1);
    assert_int_equal(first.status, STATUS_OK);
    assert_int_equal(second.status, STATUS_OK);
    assert_int_equal(
        pg_number(fixture, "SELECT count(DISTINCT xmin::text) FROM items WHERE id <> 50"), 1);
}

/* The test's own look at the server, in each turn. */
struct watch {
    struct pg_fixture *fixture;
    struct probe *later;
    int64_t key;
    int64_t waiting_max;
};

static bool have_later_passed(void *context)
{
    struct watch *watch = context;
    int64_t waiting = pg_number(watch->fixture,
                                "SELECT count(*) FROM pg_stat_activity"
                                " WHERE application_name = 'fixture' AND wait_event_type = 'Lock'");
    if (waiting > watch->waiting_max)
        watch->waiting_max = waiting;
    if (watch->later->answer_count == 0)
        return false;
    assert_int_equal(watch->later->status, STATUS_OK);
    if (++watch->key == UNIT_COUNT + LATER_COUNT)
        return true;
    submit_key(watch->fixture, watch->later, watch->key);
    return false;
}

static void test_suspects_take_one_connection(void **state)
{
    struct pg_fixture *fixture = *state;
    struct probe locked[LATER_COUNT];
    struct probe later;
    struct watch watch = {.fixture = fixture, .later = &later, .key = UNIT_COUNT};
    open_locked(fixture);
    pg_execute(fixture, "INSERT INTO items SELECT * FROM generate_series(51, 69)");
    for (int i = 0; i < LATER_COUNT; i++)
        submit_key(fixture, &locked[i], LOCKED_KEY + i);
    pg_fixture_await_log(fixture, "55P03");
    submit_key(fixture, &later, UNIT_COUNT);
    pg_fixture_run_until(fixture, have_later_passed, &watch);
    assert_int_equal(watch.waiting_max, 1);
    pg_execute(fixture, "ROLLBACK");
    pg_fixture_await(fixture, locked, LATER_COUNT);
    for (int i = 0; i < LATER_COUNT; i++)
        assert_int_equal(locked[i].status, STATUS_OK);
}

static void test_unit_whose_lock_is_not_to_be_had_is_unavailable_at_its_deadline(void **state)
{
    struct pg_fixture *fixture = *state;
    struct probe probe = {.unit = {.statement = &insert_item,
                                   .key = LOCKED_KEY,
                                   .values = {value_integer(LOCKED_KEY)}}};
    open_locked(fixture);
    probe.unit.deadline_ms = clock_now_ms(&fixture->loop.clock) + 600;
    assert_int_equal(pg_submit(fixture, &probe), STATUS_OK);
    pg_fixture_await(fixture, &probe, 1);
    assert_int_equal(probe.status, STATUS_UNAVAILABLE);
    assert_in_range(clock_now_ms(&fixture->loop.clock) - probe.unit.deadline_ms, 0, 1000);
    assert_true(pg_log_contains(fixture, "55P03"));
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_locked_row_keeps_only_its_own_unit),
        TEST(test_locked_row_keeps_only_its_own_unit_on_one_connection),
        TEST(test_later_unit_of_the_key_waits_with_the_first),
        TEST(test_suspects_take_one_connection),
        TEST(test_unit_whose_lock_is_not_to_be_had_is_unavailable_at_its_deadline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
