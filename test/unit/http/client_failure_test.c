/* The http client while its peer hangs, breaks off or talks nonsense: whatever may have left is
 * UNKNOWN, and the next call gets a fresh connection. */
#include "client_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void call_that_is_late_already_is_not_sent(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, answer_ok);
    assert_next_call_succeeds(bench);
    bench_get_within(bench, 1, 0);
    bench_get(bench, 2);
    bench_run_until_answered(bench, 3);
    assert_failed(bench, 1, STATUS_UNAVAILABLE);
    assert_answered(bench, 2, 200, "hi");
    assert_int_equal(bench->peer.request_count, 2);
}

/* What the peer sends as the answer to the request numbered `bad_request`, before it closes. */
static const char *bad_text;
static size_t bad_request;

static void answer_badly_and_close(struct peer *peer, struct peer_conn *conn,
                                   const struct http_message *request)
{
    (void)request;
    if (peer->request_count < bad_request)
        peer_send(conn, answer_ok_text);
    if (peer->request_count != bad_request)
        return;
    if (*bad_text != '\0')
        peer_send(conn, bad_text);
    peer_end(conn);
}

/* Three calls in one write; the second's answer is bad. */
static void check_bad_answer(struct bench *bench, const char *text, peer_script *script)
{
    size_t before = bench->answered_count;
    size_t conn_count = bench->peer.conn_count;
    bad_text = text;
    bad_request = bench->peer.request_count + 2;
    bench->peer.script = script;
    bench_open_client(bench, bench->peer.url); /* without connections, so they share the first */
    for (size_t i = 1; i <= 3; i++)
        bench_get(bench, i);
    bench_run_until_answered(bench, before + 3);
    assert_answered(bench, 1, 200, "hi");
    assert_failed(bench, 2, STATUS_UNKNOWN);
    assert_failed(bench, 3, STATUS_UNKNOWN);
    assert_true(bench->calls[2].place < bench->calls[3].place);
    assert_next_call_succeeds(bench);
    assert_true(bench->peer.conn_count > conn_count);
}

static void connection_cut_in_an_answer_leaves_calls_unknown(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, answer_badly_and_close);
    check_bad_answer(bench, "", answer_badly_and_close);
    check_bad_answer(bench, "HTTP/1.1 200 OK\r\nContent-Le", answer_badly_and_close);
    check_bad_answer(bench, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
                     answer_badly_and_close);
    check_bad_answer(bench, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                     answer_badly_and_close);
    check_bad_answer(bench, "HTTP/1.1 100 Continue\r\n\r\n", answer_badly_and_close);
}

/* The connection stays open: it is for the client to end it. */
static void answer_badly(struct peer *peer, struct peer_conn *conn,
                         const struct http_message *request)
{
    (void)request;
    if (peer->request_count < bad_request)
        peer_send(conn, answer_ok_text);
    else if (peer->request_count == bad_request)
        peer_send(conn, bad_text);
}

static void garbage_leaves_calls_unknown(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, answer_badly);
    check_bad_answer(bench, "SSH-2.0-OpenSSH\r\n\r\n", answer_badly);
    check_bad_answer(bench, "HTTP/1.1 200 OK\r\nContent-Length: 2\n\nhi", answer_badly);
    check_bad_answer(bench, "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nhi", answer_badly);
    check_bad_answer(bench, "HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\nhi", answer_badly);
    check_bad_answer(bench,
                     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nhi",
                     answer_badly);
}

static void end_the_connection(struct peer *peer, struct peer_conn *conn,
                               const struct http_message *request)
{
    (void)peer;
    (void)request;
    peer_end(conn);
}

static void reset_the_connection(struct peer *peer, struct peer_conn *conn,
                                 const struct http_message *request)
{
    (void)peer;
    (void)request;
    peer_reset(conn);
}

static void reset_connection_leaves_calls_unknown(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, reset_the_connection);
    for (size_t i = 0; i < 3; i++)
        bench_get(bench, i);
    bench_run_until_answered(bench, 3);
    for (size_t i = 0; i < 3; i++)
        assert_failed(bench, i, STATUS_UNKNOWN);
    assert_next_call_succeeds(bench);
}

static void answers_behind_connection_close_are_unknown(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, answer_badly);
    bad_text = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi";
    bad_request = 1;
    bench_get(bench, 0);
    bench_get(bench, 1);
    bench_run_until_answered(bench, 2);
    assert_answered(bench, 0, 200, "hi");
    assert_failed(bench, 1, STATUS_UNKNOWN);
}

static bool first_connection_has_ended(struct bench *bench)
{
    return bench->peer.conns[0].has_ended;
}

static void bytes_that_answer_nothing_end_the_connection(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, answer_ok);
    assert_next_call_succeeds(bench);
    peer_send(&bench->peer.conns[0], answer_ok_text);
    bench_run_until(bench, first_connection_has_ended);
    assert_next_call_succeeds(bench);
    assert_int_equal(bench->peer.conns[0].request_count, 1);
}

static void one_answer_too_many_in_one_piece_is_nobodys(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, answer_badly);
    bad_text = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\n"
               "Content-Length: 1\r\n\r\nb";
    bad_request = 1;
    bench_get(bench, 0);
    bench_run_until_answered(bench, 1);
    assert_answered(bench, 0, 200, "a");
    bench_run_until(bench, first_connection_has_ended);
    assert_next_call_succeeds(bench);
}

static void idle_connection_closed_by_the_peer_is_dropped(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, answer_ok);
    assert_next_call_succeeds(bench);
    peer_end(&bench->peer.conns[0]);
    /* A turn later the client has seen it. */
    loop_wake(&bench->loop);
    bench_run_until_answered(bench, 1);
    assert_next_call_succeeds(bench);
    assert_int_equal(bench->peer.conns[0].request_count, 1);
}

static void timeout_ends_the_connection_and_its_neighbours(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, answer_badly);
    bad_text = "HTTP/1.1 200 OK\r\n"; /* begun, never ended */
    bad_request = 2;
    uint64_t before_ms = clock_now_ms(&bench->loop.clock);
    bench_get(bench, 1);
    bench_get(bench, 2);
    bench_get_within(bench, 3, 100); /* the earliest deadline is not the first call's */
    bench_run_until_answered(bench, 3);
    uint64_t elapsed_ms = clock_now_ms(&bench->loop.clock) - before_ms;
    assert_answered(bench, 1, 200, "hi");
    assert_failed(bench, 2, STATUS_UNKNOWN);
    assert_failed(bench, 3, STATUS_UNKNOWN);
    assert_in_range(elapsed_ms, 100, BENCH_DEADLINE_MS / 2);
    bench_run_until(bench, first_connection_has_ended);
    assert_next_call_succeeds(bench);
}

static void each_deadline_is_kept_after_calls_that_were_answered(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, answer_ok);
    bench_get_within(bench, 0, 60); /* leaves the timer where it was */
    bench_run_until_answered(bench, 1);
    bench->peer.script = stay_silent;
    uint64_t before_ms = clock_now_ms(&bench->loop.clock);
    bench_get_within(bench, 1, 150);
    bench_run_until_answered(bench, 2);
    assert_failed(bench, 1, STATUS_UNKNOWN);
    assert_in_range(clock_now_ms(&bench->loop.clock) - before_ms, 150, BENCH_DEADLINE_MS / 2);
}

static void end_the_first_connection(struct peer *peer, struct peer_conn *conn,
                                     const struct http_message *request)
{
    (void)request;
    if (conn == &peer->conns[0])
        peer_end(conn);
    else
        peer_send(conn, answer_ok_text);
}

/* More than one connection's worth: what waited for a place goes to the next connection. */
static void unsent_calls_survive_the_end_of_a_connection(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, end_the_first_connection);
    for (size_t i = 0; i < HTTP_CLIENT_DEPTH_MAX + 5; i++)
        bench_get(bench, i);
    bench_run_until_answered(bench, HTTP_CLIENT_DEPTH_MAX + 5);
    for (size_t i = 0; i < HTTP_CLIENT_DEPTH_MAX; i++)
        assert_failed(bench, i, STATUS_UNKNOWN);
    for (size_t i = HTTP_CLIENT_DEPTH_MAX; i < HTTP_CLIENT_DEPTH_MAX + 5; i++)
        assert_answered(bench, i, 200, "hi");
}

static void close_from_a_failed_call(struct bench_call *call)
{
    bench_close_client(call->bench);
    assert_int_equal(call->bench->answered_count, 3);
}

static void callback_of_a_lost_connection_may_close_the_client(void **state)
{
    peer_script *const scripts[] = {stay_silent, end_the_connection, reset_the_connection};
    struct bench *bench = *state;
    bench_serve(bench, stay_silent);
    for (size_t round = 0; round < sizeof scripts / sizeof *scripts; round++) {
        bench_open_client(bench, bench->peer.url);
        bench->peer.script = scripts[round];
        bench->answered_count = 0;
        bench->calls[0].then = close_from_a_failed_call;
        for (size_t i = 0; i < 3; i++)
            bench_get_within(bench, i, 50);
        bench_run_until_answered(bench, 3);
        for (size_t i = 0; i < 3; i++)
            assert_failed(bench, i, STATUS_UNKNOWN);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(call_that_is_late_already_is_not_sent),
        TEST(connection_cut_in_an_answer_leaves_calls_unknown),
        TEST(garbage_leaves_calls_unknown),
        TEST(reset_connection_leaves_calls_unknown),
        TEST(answers_behind_connection_close_are_unknown),
        TEST(bytes_that_answer_nothing_end_the_connection),
        TEST(one_answer_too_many_in_one_piece_is_nobodys),
        TEST(idle_connection_closed_by_the_peer_is_dropped),
        TEST(timeout_ends_the_connection_and_its_neighbours),
        TEST(each_deadline_is_kept_after_calls_that_were_answered),
        TEST(unsent_calls_survive_the_end_of_a_connection),
        TEST(callback_of_a_lost_connection_may_close_the_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
