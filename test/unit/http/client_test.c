/* The http client while its peer behaves: requests, answers, pipelining, keep-alive, closing. */
#include "client_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* With the request's target as the body. */
static void answer_target(struct peer *peer, struct peer_conn *conn,
                          const struct http_message *request)
{
    (void)peer;
    char text[128];
    snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%.*s",
             request->target.size, (int)request->target.size, request->target.data);
    peer_send(conn, text);
}

static void assert_received(const struct peer_conn *conn, const char *expected)
{
    assert_int_equal(conn->received.size, strlen(expected));
    assert_memory_equal(conn->received.data, expected, conn->received.size);
}

static void request_has_what_http_wants(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, answer_ok);
    bench->calls[0].call = (struct http_call){
        .method = HTTP_METHOD_POST,
        .target = "/payments/",
        .headers = "Idempotency-Key: k\r\ntraceparent: t\r\n",
        .body = {.data = "{\"order_id\":7}", .size = 14},
        .deadline_ms = clock_now_ms(&bench->loop.clock) + BENCH_DEADLINE_MS,
    };
    bench->calls[1].call = bench->calls[0].call;
    bench->calls[1].call.target = "/payments/7/void";
    bench->calls[1].call.headers = NULL;
    bench->calls[1].call.body.size = 0;
    assert_int_equal(bench_submit(bench, 0), STATUS_OK);
    assert_int_equal(bench_submit(bench, 1), STATUS_OK);
    bench_get(bench, 2);
    bench_run_until_answered(bench, 3);
    const char *host = bench->peer.url + strlen("http://");
    char expected[512];
    snprintf(expected, sizeof expected,
             "POST /payments/ HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
             "Content-Length: 14\r\nIdempotency-Key: k\r\ntraceparent: t\r\n\r\n{\"order_id\":7}"
             "POST /payments/7/void HTTP/1.1\r\nHost: %s\r\nContent-Length: 0\r\n\r\n"
             "GET /2 HTTP/1.1\r\nHost: %s\r\n\r\n",
             host, host, host);
    assert_received(&bench->peer.conns[0], expected);
    assert_answered(bench, 0, 200, "hi");
    assert_answered(bench, 2, 200, "hi");
}

static void calls_of_one_turn_leave_in_one_write_and_are_answered_in_order(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, answer_target);
    for (size_t i = 0; i < 10; i++)
        bench_get(bench, i);
    bench_run_until_answered(bench, 10);
    assert_int_equal(bench->peer.conns[0].request_count, 10);
    assert_int_equal(bench->peer.conns[0].read_count, 1);
    for (size_t i = 0; i < 10; i++) {
        char target[16];
        snprintf(target, sizeof target, "/%zu", i);
        assert_answered(bench, i, 200, target);
        assert_int_equal(bench->calls[i].place, i + 1);
    }
}

static void connection_is_kept_for_the_next_call(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, answer_target);
    for (size_t i = 0; i < 5; i++) {
        bench_get(bench, i);
        bench_run_until_answered(bench, i + 1);
    }
    assert_int_equal(bench->peer.conns[0].request_count, 5);
    assert_answered(bench, 4, 200, "/4");
}

/* Sent by answer_in_pieces() to each request. */
static const char *pieces_text;
static size_t pieces_first_size;
static size_t pieces_size;

static void answer_in_pieces(struct peer *peer, struct peer_conn *conn,
                             const struct http_message *request)
{
    (void)peer;
    (void)request;
    peer_send_in_pieces(conn, pieces_text, pieces_first_size, pieces_size);
}

static void check_all_splits(struct bench *bench, const char *text)
{
    pieces_text = text;
    pieces_size = strlen(text);
    for (pieces_first_size = 1; pieces_first_size <= strlen(text); pieces_first_size++) {
        bench_get(bench, 0);
        bench_run_until_answered(bench, bench->answered_count + 1);
        assert_answered(bench, 0, 201, "hello");
    }
    pieces_first_size = 1;
    pieces_size = 1;
    bench_get(bench, 0);
    bench_run_until_answered(bench, bench->answered_count + 1);
    assert_answered(bench, 0, 201, "hello");
    assert_int_equal(bench->peer.conns[0].request_count, bench->peer.request_count);
}

static void answer_may_come_in_any_pieces(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, answer_in_pieces);
    check_all_splits(bench, "HTTP/1.1 201 Created\r\nContent-Length: 5\r\nA: b\r\n\r\nhello");
    check_all_splits(bench, "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"
                            "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n");
}

static void interim_answers_are_skipped(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, answer_in_pieces);
    check_all_splits(bench,
                     "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                     "HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhello");
}

static void answer_ending_the_connection(struct peer *peer, struct peer_conn *conn,
                                         const struct http_message *request)
{
    (void)peer;
    (void)request;
    peer_send(conn, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbye");
}

static void connection_close_is_respected(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, answer_ending_the_connection);
    bench_get(bench, 0);
    bench_run_until_answered(bench, 1);
    assert_answered(bench, 0, 200, "bye");
    bench_get(bench, 1);
    bench_run_until_answered(bench, 2);
    assert_answered(bench, 1, 200, "bye");
    assert_int_equal(bench->peer.conns[0].request_count, 1);
    assert_int_equal(bench->peer.conns[1].request_count, 1);
}

static void answer_by_closing(struct peer *peer, struct peer_conn *conn,
                              const struct http_message *request)
{
    (void)peer;
    (void)request;
    peer_send(conn, "HTTP/1.1 200 OK\r\n\r\nto the end");
    peer_end(conn);
}

static void answer_without_a_length_ends_with_the_connection(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, answer_by_closing);
    bench_get(bench, 0);
    bench_run_until_answered(bench, 1);
    assert_answered(bench, 0, 200, "to the end");
}

static bool peer_has_thirty_one_requests(struct bench *bench)
{
    return bench->peer.request_count == 31;
}

static void third_connection_is_opened_when_two_have_sixteen_calls(void **state)
{
    struct bench *bench = *state;
    bench_hold_clock(bench);
    bench_serve(bench, answer_ok);
    assert_next_call_succeeds(bench);
    bench_run_until_connections(bench, 2);
    bench->peer.script = stay_silent;
    for (size_t i = 1; i <= 30; i++)
        bench_get(bench, i);
    bench_run_until(bench, peer_has_thirty_one_requests);
    assert_int_equal(bench->peer.conns[0].request_count, 1 + 15);
    assert_int_equal(bench->peer.conns[1].request_count, 15);
    bench_get(bench, 31);
    bench_get(bench, 32);
    bench_run_until_connections(bench, 3);
    /* The next call goes where the least is to do. */
    bench->peer.script = answer_target;
    bench_get(bench, 33);
    bench_run_until_answered(bench, 2);
    assert_answered(bench, 33, 200, "/33");
    assert_int_equal(bench->peer.conns[2].request_count, 1);
}

static bool peer_has_all_it_can_get(struct bench *bench)
{
    return bench->peer.request_count ==
           (size_t)HTTP_CLIENT_SPREAD_COUNT_MAX * HTTP_CLIENT_DEPTH_MAX;
}

static void connections_and_their_depth_are_limited(void **state)
{
    struct bench *bench = *state;
    bench_hold_clock(bench);
    bench_serve(bench, stay_silent);
    for (size_t i = 0; i < BENCH_CALL_COUNT; i++)
        bench_get(bench, i);
    bench_run_until(bench, peer_has_all_it_can_get);
    assert_int_equal(bench->peer.conn_count, HTTP_CLIENT_SPREAD_COUNT_MAX);
    for (size_t i = 0; i < HTTP_CLIENT_SPREAD_COUNT_MAX; i++)
        assert_int_equal(bench->peer.conns[i].request_count, HTTP_CLIENT_DEPTH_MAX);
    /* One answer makes room for one call more. */
    size_t before = bench->peer.request_count;
    bench->peer.script = answer_ok;
    peer_send(&bench->peer.conns[3], answer_ok_text);
    bench_run_until_answered(bench, 1);
    bench_run_until_answered(bench, BENCH_CALL_COUNT - before + 1);
    assert_int_equal(bench->peer.request_count, BENCH_CALL_COUNT);
}

static void ignore_answer(struct http_call *call, enum status status,
                          const struct http_answer *answer)
{
    (void)call;
    (void)status;
    (void)answer;
}

static void too_many_waiting_calls_are_refused(void **state)
{
    struct bench *bench = *state;
    struct http_call *calls = calloc(HTTP_CLIENT_WAITING_COUNT_MAX + 1, sizeof *calls);
    assert_non_null(calls);
    for (size_t i = 0; i <= HTTP_CLIENT_WAITING_COUNT_MAX; i++) {
        calls[i] = (struct http_call){
            .method = HTTP_METHOD_GET,
            .target = "/",
            .deadline_ms = UINT64_MAX,
            .callback = ignore_answer,
        };
        enum status expected = i < HTTP_CLIENT_WAITING_COUNT_MAX ? STATUS_OK : STATUS_OVERLOADED;
        assert_int_equal(http_client_submit(bench->client, &calls[i]), expected);
    }
    bench_close_client(bench);
    free(calls);
}

static void submit_the_next(struct bench_call *call)
{
    size_t next = (size_t)(call - call->bench->calls) + 1;
    call->bench->calls[next].then = next < 9 ? submit_the_next : NULL;
    bench_get(call->bench, next);
}

static void callback_may_submit(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, answer_target);
    bench->calls[0].then = submit_the_next;
    bench_get(bench, 0);
    bench_run_until_answered(bench, 10);
    assert_answered(bench, 9, 200, "/9");
    assert_int_equal(bench->peer.conns[0].request_count, 10);
}

static bool peer_has_one_request(struct bench *bench)
{
    return bench->peer.request_count == 1;
}

static void close_answers_every_call(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, stay_silent);
    bench_get(bench, 0);
    bench_run_until(bench, peer_has_one_request);
    bench_get(bench, 1); /* this turn: not sent yet */
    struct http_client *client = bench->client;
    bench_close_client(bench);
    assert_int_equal(bench->answered_count, 2);
    assert_failed(bench, 0, STATUS_UNKNOWN);
    assert_failed(bench, 1, STATUS_UNAVAILABLE);
    assert_int_equal(http_client_submit(client, &bench->calls[0].call), STATUS_STOPPING);
}

static void close_the_client(struct bench_call *call)
{
    struct bench *bench = call->bench;
    bench_close_client(bench);
    /* All others, before it returned. */
    assert_int_equal(bench->answered_count, 4);
}

static void callback_may_close_the_client(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, answer_ok);
    bench->calls[0].then = close_the_client;
    for (size_t i = 0; i < 4; i++)
        bench_get(bench, i);
    bench_run_until_answered(bench, 4);
    assert_answered(bench, 0, 200, "hi");
    for (size_t i = 1; i < 4; i++)
        assert_failed(bench, i, STATUS_UNKNOWN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(request_has_what_http_wants),
        TEST(calls_of_one_turn_leave_in_one_write_and_are_answered_in_order),
        TEST(connection_is_kept_for_the_next_call),
        TEST(answer_may_come_in_any_pieces),
        TEST(interim_answers_are_skipped),
        TEST(connection_close_is_respected),
        TEST(answer_without_a_length_ends_with_the_connection),
        TEST(third_connection_is_opened_when_two_have_sixteen_calls),
        TEST(connections_and_their_depth_are_limited),
        TEST(too_many_waiting_calls_are_refused),
        TEST(callback_may_submit),
        TEST(close_answers_every_call),
        TEST(callback_may_close_the_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
