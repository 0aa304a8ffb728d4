/* The http client while calls hang: they hold up only what was sent right behind them. */
#include "client_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static bool peer_has_requests(struct bench *bench)
{
    return bench->peer.request_count == bench->wanted_count;
}

static void run_until_requests(struct bench *bench, size_t count)
{
    bench->wanted_count = count;
    bench_run_until(bench, peer_has_requests);
}

/* One call hangs on the first connection, and there is another one. */
static void hang_one(struct bench *bench)
{
    bench_hold_clock(bench);
    bench_serve(bench, stay_silent);
    bench_get(bench, 0);
    run_until_requests(bench, 1);
    bench_run_until_connections(bench, 2);
    bench->peer.script = answer_ok;
}

static void second_connection_is_opened_when_one_is_in_use(void **state)
{
    struct bench *bench = *state;
    hang_one(bench);
    bench_get(bench, 1);
    bench_run_until_answered(bench, 1);
    assert_answered(bench, 1, 200, "hi");
    assert_int_equal(bench->peer.conns[1].request_count, 1);
}

/* So many at once that the loads of two connections are evened out. */
static void get_forty(struct bench *bench)
{
    size_t before = bench->answered_count;
    for (size_t i = 1; i <= 40; i++)
        bench_get(bench, i);
    bench_run_until_answered(bench, before + 40);
    for (size_t i = 1; i <= 40; i++)
        assert_answered(bench, i, 200, "hi");
}

static void stalled_connection_takes_no_call(void **state)
{
    struct bench *bench = *state;
    hang_one(bench);
    bench_pass(bench, HTTP_CLIENT_STALL_MS);
    get_forty(bench);
    get_forty(bench);
    assert_int_equal(bench->peer.conns[0].request_count, 1);
    bench->peer.script = stay_silent;
    bench_pass(bench, BENCH_DEADLINE_MS);
    bench_run_until_answered(bench, 81);
    assert_failed(bench, 0, STATUS_UNKNOWN);
}

static void connection_is_not_stalled_until_its_time_is_over(void **state)
{
    struct bench *bench = *state;
    hang_one(bench);
    bench_pass(bench, HTTP_CLIENT_STALL_MS - 1);
    bench->peer.script = stay_silent;
    bench_get(bench, 1);
    bench_get(bench, 2);
    run_until_requests(bench, 3);
    assert_int_equal(bench->peer.conns[0].request_count, 2);
    assert_int_equal(bench->peer.conns[1].request_count, 1);
}

/* Each answer is progress, even if the last call waits for a long time in all. */
static void answers_keep_a_connection_in_use(void **state)
{
    struct bench *bench = *state;
    bench_hold_clock(bench);
    bench_serve(bench, stay_silent);
    for (size_t i = 0; i < 3; i++)
        bench_get(bench, i);
    run_until_requests(bench, 3);
    bench_run_until_connections(bench, 2);
    for (size_t i = 1; i <= 2; i++) {
        bench_pass(bench, HTTP_CLIENT_STALL_MS - 1);
        peer_send(&bench->peer.conns[0], answer_ok_text);
        bench_run_until_answered(bench, i);
    }
    bench_get(bench, 3);
    bench_get(bench, 4);
    run_until_requests(bench, 5);
    assert_int_equal(bench->peer.conns[0].request_count, 4);
}

static void idleness_is_no_stall(void **state)
{
    struct bench *bench = *state;
    bench_hold_clock(bench);
    bench_serve(bench, answer_ok);
    assert_next_call_succeeds(bench);
    bench_run_until_connections(bench, 2);
    bench_pass(bench, BENCH_DEADLINE_MS);
    bench->peer.script = stay_silent;
    bench_get(bench, 1);
    bench_get(bench, 2);
    bench_get(bench, 3);
    run_until_requests(bench, 4);
    assert_int_equal(bench->peer.conns[0].request_count, 3);
    assert_int_equal(bench->peer.conn_count, 2);
}

/* One call hangs on each of so many connections, those of before included. */
static void hang_each(struct bench *bench, size_t first, size_t count)
{
    bench->peer.script = stay_silent;
    for (size_t i = first; i < count; i++) {
        bench_pass(bench, HTTP_CLIENT_STALL_MS);
        bench_get(bench, i);
        run_until_requests(bench, i + 1);
        bench_run_until_connections(bench, i + 2 < HTTP_CLIENT_CONNECTION_COUNT_MAX
                                               ? i + 2
                                               : HTTP_CLIENT_CONNECTION_COUNT_MAX);
    }
    bench_pass(bench, HTTP_CLIENT_STALL_MS);
}

static void few_connections_are_used_though_many_are_up(void **state)
{
    enum { MANY = 12, LAST = HTTP_CLIENT_SPREAD_COUNT_MAX * HTTP_CLIENT_DEPTH_MAX };
    struct bench *bench = *state;
    bench_hold_clock(bench);
    bench_serve(bench, stay_silent);
    hang_each(bench, 0, MANY);
    for (size_t i = 0; i < MANY; i++)
        peer_send(&bench->peer.conns[i], answer_ok_text);
    bench_run_until_answered(bench, MANY);
    for (size_t i = 0; i < LAST; i++)
        bench_get(bench, i);
    run_until_requests(bench, MANY + LAST);
    for (size_t i = 0; i < HTTP_CLIENT_SPREAD_COUNT_MAX; i++)
        assert_int_equal(bench->peer.conns[i].request_count, 1 + HTTP_CLIENT_DEPTH_MAX);
}

static void calls_wait_while_all_are_stalled(void **state)
{
    enum { ALL = HTTP_CLIENT_CONNECTION_COUNT_MAX };
    struct bench *bench = *state;
    bench_hold_clock(bench);
    bench_serve(bench, stay_silent);
    hang_each(bench, 0, ALL);
    bench_get_within(bench, ALL, 1000);
    bench_get(bench, ALL + 1);
    bench_pass(bench, 1000);
    bench_run_until_answered(bench, 1);
    assert_failed(bench, ALL, STATUS_UNAVAILABLE);
    /* One that makes progress is used again at once. */
    bench->peer.script = answer_ok;
    peer_send(&bench->peer.conns[5], answer_ok_text);
    bench_run_until_answered(bench, 3);
    assert_answered(bench, 5, 200, "hi");
    assert_answered(bench, ALL + 1, 200, "hi");
    assert_int_equal(bench->peer.conns[5].request_count, 2);
    assert_int_equal(bench->peer.conn_count, ALL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(second_connection_is_opened_when_one_is_in_use),
        TEST(stalled_connection_takes_no_call),
        TEST(connection_is_not_stalled_until_its_time_is_over),
        TEST(answers_keep_a_connection_in_use),
        TEST(idleness_is_no_stall),
        TEST(few_connections_are_used_though_many_are_up),
        TEST(calls_wait_while_all_are_stalled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
