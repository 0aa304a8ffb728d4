#include "unit/db/pg_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

/* A unit of wait_and_insert waits for the lock that the control connection holds, so that a test
 * can be sure that a segment is under way. */
#define LOCK   "SELECT pg_advisory_lock(7)"
#define UNLOCK "SELECT pg_advisory_unlock(7)"
#define WAITING_BACKENDS                                                                           \
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'fixture'"                     \
    " AND wait_event = 'advisory'"
#define BACKENDS "FROM pg_stat_activity WHERE application_name = 'fixture'"

static const char setup_sql[] = "CREATE TABLE items (id int8 PRIMARY KEY);";

static const struct db_statement wait_and_insert = {
    .name = "wait_and_insert",
    .sql = "WITH waited AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(7))"
           " INSERT INTO items SELECT id FROM waited, unnest($1::int8[]) AS id"
           " ON CONFLICT (id) DO NOTHING RETURNING id",
    .column_count = 1,
    .columns = {DB_INT8},
};

static const struct db_statement *const statements[] = {&wait_and_insert};

enum { UNIT_COUNT = 20 };

static struct probe item_probe(int64_t key)
{
    return (struct probe){
        .unit = {.statement = &wait_and_insert, .key = key, .values = {value_integer(key)}}};
}

static int set_up(void **state)
{
    struct pg_fixture *fixture = malloc(sizeof *fixture);
    pg_fixture_init(fixture, setup_sql, statements, 1);
    fixture->settings.connection_count = 1;
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    pg_fixture_close(*state);
    free(*state);
    return 0;
}

/* Units 0 … UNIT_COUNT/2-1 are under way and waiting for the lock, the others are not sent yet. */
static void get_half_under_way(struct pg_fixture *fixture, struct probe probes[UNIT_COUNT])
{
    for (int i = 0; i < UNIT_COUNT; i++)
        probes[i] = item_probe(i);
    pg_execute(fixture, LOCK);
    for (int i = 0; i < UNIT_COUNT / 2; i++)
        assert_int_equal(pg_submit(fixture, &probes[i]), STATUS_OK);
    pg_fixture_turn(fixture);
    for (int i = UNIT_COUNT / 2; i < UNIT_COUNT; i++)
        assert_int_equal(pg_submit(fixture, &probes[i]), STATUS_OK);
    pg_wait_for_number(fixture, WAITING_BACKENDS, 1);
}

static void check_all_committed(struct pg_fixture *fixture, struct probe probes[UNIT_COUNT])
{
    pg_fixture_await(fixture, probes, UNIT_COUNT);
    for (int i = 0; i < UNIT_COUNT; i++)
        assert_int_equal(probes[i].status, STATUS_OK);
    assert_int_equal(pg_number(fixture, "SELECT count(*) FROM items"), UNIT_COUNT);
}

static void test_killed_backend_is_replaced_by_another(void **state)
{
    struct pg_fixture *fixture = *state;
    struct probe probes[UNIT_COUNT];
    fixture->settings.connection_count = 2;
    pg_fixture_open(fixture);
    get_half_under_way(fixture, probes);
    pg_execute(fixture,
               "SELECT pg_terminate_backend(pid) " BACKENDS " AND wait_event = 'advisory'");
    pg_execute(fixture, UNLOCK);
    check_all_committed(fixture, probes);
    assert_true(pg_log_contains(fixture, "57P01"));
}

static void test_lost_last_connection_decides_unsent_units_only(void **state)
{
    struct pg_fixture *fixture = *state;
    struct probe probes[UNIT_COUNT];
    pg_fixture_open(fixture);
    get_half_under_way(fixture, probes);
    pg_execute(fixture, "SELECT pg_terminate_backend(pid) " BACKENDS);
    pg_execute(fixture, UNLOCK);
    pg_fixture_await(fixture, probes, UNIT_COUNT);
    for (int i = 0; i < UNIT_COUNT; i++)
        assert_int_equal(probes[i].status, i < UNIT_COUNT / 2 ? STATUS_OK : STATUS_UNAVAILABLE);
}

static void test_stopped_server_is_answered_at_once(void **state)
{
    struct pg_fixture *fixture = *state;
    struct probe probe = item_probe(1);
    pg_fixture_open(fixture);
    pg_control("stop");
    pg_fixture_run_until(fixture, pg_pool_is_down, fixture);
    assert_int_equal(pg_submit(fixture, &probe), STATUS_UNAVAILABLE);
    pg_control("start");
    pg_reconnect_control(fixture);
    pg_fixture_run_until(fixture, pg_pool_is_up, fixture);
    assert_int_equal(pg_submit(fixture, &probe), STATUS_OK);
    pg_fixture_await(fixture, &probe, 1);
    assert_int_equal(probe.status, STATUS_OK);
}

static void test_outcome_lost_with_the_server_is_unknown(void **state)
{
    struct pg_fixture *fixture = *state;
    struct probe probes[UNIT_COUNT];
    pg_fixture_open(fixture);
    uint64_t start_ms = clock_now_ms(&fixture->loop.clock);
    for (int i = 0; i < UNIT_COUNT; i++)
        probes[i] = item_probe(i);
    pg_execute(fixture, LOCK);
    for (int i = 0; i < UNIT_COUNT; i++) {
        probes[i].unit.deadline_ms = start_ms + 400;
        assert_int_equal(pg_submit(fixture, &probes[i]), STATUS_OK);
    }
    pg_fixture_turn(fixture);
    pg_wait_for_number(fixture, WAITING_BACKENDS, 1);
    pg_control("stop");
    pg_fixture_await(fixture, probes, UNIT_COUNT);
    for (int i = 0; i < UNIT_COUNT; i++)
        assert_int_equal(probes[i].status, STATUS_UNKNOWN);
    assert_true(clock_now_ms(&fixture->loop.clock) > start_ms + 400);
    pg_control("start");
    pg_reconnect_control(fixture);
}

static void test_silent_server_is_left_and_asked_again(void **state)
{
    struct pg_fixture *fixture = *state;
    struct probe probes[UNIT_COUNT];
    fixture->settings.answer_timeout_ms = 600;
    pg_fixture_open(fixture);
    /* Stopped before it has anything to do, so that no timeout of its own can end the statement. */
    pid_t backend = (pid_t)pg_number(fixture, "SELECT pid " BACKENDS);
    assert_int_equal(kill(backend, SIGSTOP), 0);
    for (int i = 0; i < UNIT_COUNT; i++) {
        probes[i] = item_probe(i);
        assert_int_equal(pg_submit(fixture, &probes[i]), STATUS_OK);
    }
    check_all_committed(fixture, probes);
    assert_true(pg_log_contains(fixture, "no answer in time"));
    assert_int_equal(kill(backend, SIGCONT), 0);
}

static void test_unsent_unit_is_unavailable_at_its_deadline(void **state)
{
    struct pg_fixture *fixture = *state;
    struct probe sent = item_probe(1);
    struct probe unsent = item_probe(2);
    pg_fixture_open(fixture);
    pg_execute(fixture, LOCK);
    assert_int_equal(pg_submit(fixture, &sent), STATUS_OK);
    pg_fixture_turn(fixture);
    unsent.unit.deadline_ms = clock_now_ms(&fixture->loop.clock) + 100;
    assert_int_equal(pg_submit(fixture, &unsent), STATUS_OK);
    pg_fixture_await(fixture, &unsent, 1);
    assert_int_equal(unsent.status, STATUS_UNAVAILABLE);
    assert_true(clock_now_ms(&fixture->loop.clock) < unsent.unit.deadline_ms + 500);
    assert_int_equal(sent.answer_count, 0);
    pg_execute(fixture, UNLOCK);
    pg_fixture_await(fixture, &sent, 1);
    assert_int_equal(sent.status, STATUS_OK);
}

static void test_unanswered_unit_is_unknown_when_the_batch_closes(void **state)
{
    struct pg_fixture *fixture = *state;
    struct probe probes[UNIT_COUNT];
    pg_fixture_open(fixture);
    get_half_under_way(fixture, probes);
    pg_control("stop");
    pg_fixture_run_until(fixture, pg_pool_is_down, fixture);
    db_batch_close(fixture->batch);
    fixture->batch = NULL;
    for (int i = 0; i < UNIT_COUNT; i++) {
        assert_int_equal(probes[i].answer_count, 1);
        assert_int_equal(probes[i].status,
                         i < UNIT_COUNT / 2 ? STATUS_UNKNOWN : STATUS_UNAVAILABLE);
    }
    pg_control("start");
    pg_reconnect_control(fixture);
}

static void test_read_only_server_is_not_used(void **state)
{
    struct pg_fixture *fixture = *state;
    pg_fixture_open(fixture);
    pg_execute(fixture, "ALTER DATABASE postgres SET default_transaction_read_only = on");
    pg_execute(fixture, "SELECT pg_terminate_backend(pid) " BACKENDS);
    pg_fixture_run_until(fixture, pg_pool_is_down, fixture);
    pg_fixture_await_log(fixture, "read-only");
    assert_false(db_pool_is_ready(fixture->pool));
    pg_execute(fixture, "ALTER DATABASE postgres RESET default_transaction_read_only");
    pg_fixture_run_until(fixture, pg_pool_is_up, fixture);
}

struct turnover {
    struct pg_fixture *fixture;
    struct probe probe;
    int64_t answered_count;
};

/* Keeps a unit under way at all times until both first backends are gone. */
static bool both_backends_are_new(void *context)
{
    struct turnover *turnover = context;
    if (turnover->probe.answer_count == 0)
        return false;
    assert_int_equal(turnover->probe.status, STATUS_OK);
    turnover->probe = item_probe(++turnover->answered_count);
    assert_int_equal(pg_submit(turnover->fixture, &turnover->probe), STATUS_OK);
    return pg_number(turnover->fixture, "SELECT count(*) FROM pg_stat_activity JOIN first_backends"
                                        " USING (pid)") == 0;
}

static void test_old_connections_are_replaced_unnoticed(void **state)
{
    struct pg_fixture *fixture = *state;
    struct turnover turnover = {.fixture = fixture, .probe = item_probe(0)};
    fixture->settings.connection_count = 2;
    fixture->settings.connection_lifetime_ms = 200;
    pg_fixture_open(fixture);
    pg_execute(fixture, "CREATE TABLE first_backends AS SELECT pid " BACKENDS);
    assert_int_equal(pg_submit(fixture, &turnover.probe), STATUS_OK);
    pg_fixture_run_until(fixture, both_backends_are_new, &turnover);
    pg_fixture_await(fixture, &turnover.probe, 1);
    assert_true(pg_log_contains(fixture, "its lifetime is over"));
}

static void check_url(struct pg_fixture *fixture, const char *url)
{
    struct probe probe = item_probe(1);
    fixture->settings.url = url;
    pg_fixture_open(fixture);
    assert_int_equal(pg_submit(fixture, &probe), STATUS_OK);
    pg_fixture_await(fixture, &probe, 1);
    assert_int_equal(probe.status, STATUS_OK);
}

static void test_unix_socket(void **state)
{
    check_url(*state, getenv("DATABASE_SOCKET_URL"));
}

/* The first host has nobody listening, the second is a name with one address or more. */
static void test_hosts_are_tried_in_turn(void **state)
{
    struct pg_fixture *fixture = *state;
    char url[256];
    snprintf(url, sizeof url, "host=127.0.0.1,localhost port=1,%s user=postgres",
             PQport(fixture->control));
    check_url(fixture, url);
}

static void test_unknown_host_is_looked_up_again_and_again(void **state)
{
    struct pg_fixture *fixture = *state;
    fixture->settings.url = "postgresql://postgres@host.invalid/postgres";
    assert_int_equal(
        db_pool_open(&fixture->loop, &fixture->prng, &fixture->settings, &fixture->pool),
        STATUS_OK);
    pg_fixture_await_log(fixture, "can't connect");
    assert_false(db_pool_is_ready(fixture->pool));
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_killed_backend_is_replaced_by_another),
        TEST(test_lost_last_connection_decides_unsent_units_only),
        TEST(test_stopped_server_is_answered_at_once),
        TEST(test_outcome_lost_with_the_server_is_unknown),
        TEST(test_silent_server_is_left_and_asked_again),
        TEST(test_unsent_unit_is_unavailable_at_its_deadline),
        TEST(test_unanswered_unit_is_unknown_when_the_batch_closes),
        TEST(test_read_only_server_is_not_used),
        TEST(test_old_connections_are_replaced_unnoticed),
        TEST(test_unix_socket),
        TEST(test_hosts_are_tried_in_turn),
        TEST(test_unknown_host_is_looked_up_again_and_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
