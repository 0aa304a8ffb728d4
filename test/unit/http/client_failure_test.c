/* The http client while its peer is away, hangs, breaks off or talks nonsense: what surely has not
 * left is UNAVAILABLE, everything else is UNKNOWN, and the next call gets a fresh connection. */
#include "client_bench.h"

#include <netdb.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

static void answer_ok(struct peer *peer, struct peer_conn *conn, const struct http_message *request)
{
    (void)peer;
    (void)request;
    peer_send(conn, ok);
}

static void stay_silent(struct peer *peer, struct peer_conn *conn,
                        const struct http_message *request)
{
    (void)peer;
    (void)conn;
    (void)request;
}

static void assert_next_call_succeeds(struct bench *bench)
{
    bench->peer.script = answer_ok;
    bench_get(bench, 0);
    bench_run_until_answered(bench, bench->answered_count + 1);
    assert_answered(bench, 0, 200, "hi");
}

static void refused_connection_fails_waiting_calls_at_once(void **state)
{
    struct bench *bench = *state;
    uint64_t before_ms = clock_now_ms(&bench->loop.clock);
    for (size_t i = 0; i < 3; i++)
        bench_get(bench, i);
    bench_run_until_answered(bench, 3);
    for (size_t i = 0; i < 3; i++)
        assert_failed(bench, i, STATUS_UNAVAILABLE);
    assert_true(clock_now_ms(&bench->loop.clock) - before_ms < BENCH_DEADLINE_MS / 2);
    /* And once it accepts, all is well. */
    bench_serve(bench, answer_ok);
    assert_next_call_succeeds(bench);
}

static void submit_again_twice(struct bench_call *call)
{
    size_t next = (size_t)(call - call->bench->calls) + 1;
    call->bench->calls[next].then = next < 2 ? submit_again_twice : NULL;
    bench_get(call->bench, next);
}

static void failed_call_may_submit(void **state)
{
    struct bench *bench = *state;
    bench->calls[0].then = submit_again_twice;
    bench_get(bench, 0);
    bench_run_until_answered(bench, 3);
    for (size_t i = 0; i < 3; i++)
        assert_failed(bench, i, STATUS_UNAVAILABLE);
}

static void call_that_is_late_already_is_not_sent(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, answer_ok);
    bench_get_within(bench, 0, 0);
    bench_get(bench, 1);
    bench_run_until_answered(bench, 2);
    assert_failed(bench, 0, STATUS_UNAVAILABLE);
    assert_answered(bench, 1, 200, "hi");
    assert_int_equal(bench->peer.request_count, 1);
}

/* What the peer sends as the answer to the request numbered `bad_request`, before it closes. */
static const char *bad_text;
static size_t bad_request;

static void answer_badly_and_close(struct peer *peer, struct peer_conn *conn,
                                   const struct http_message *request)
{
    (void)request;
    if (peer->request_count < bad_request)
        peer_send(conn, ok);
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
        peer_send(conn, ok);
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
    peer_send(&bench->peer.conns[0], ok);
    bench_run_until(bench, first_connection_has_ended);
    assert_next_call_succeeds(bench);
    assert_int_equal(bench->peer.conn_count, 2);
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
    assert_int_equal(bench->peer.conn_count, 2);
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
        peer_send(conn, ok);
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

/* A listener whose queue is full: the system drops further attempts, so connecting takes for ever.
 */
struct black_hole {
    int listener;
    int filler;
    char url[PEER_URL_SIZE];
};

static void open_black_hole(struct black_hole *hole)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    hole->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    hole->filler = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(hole->listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(hole->listener, 0), 0);
    assert_int_equal(getsockname(hole->listener, (struct sockaddr *)&address, &size), 0);
    assert_int_equal(connect(hole->filler, (struct sockaddr *)&address, size), 0);
    /* Readable once the connection is in the queue. */
    struct pollfd queue = {.fd = hole->listener, .events = POLLIN};
    assert_int_equal(poll(&queue, 1, 1000), 1);
    snprintf(hole->url, sizeof hole->url, "http://127.0.0.1:%u", ntohs(address.sin_port));
}

static void close_black_hole(const struct black_hole *hole)
{
    close(hole->filler);
    close(hole->listener);
}

/* Instead of the client that bench_setup() has opened. */
static void open_client_of(struct bench *bench, const char *url)
{
    bench_close_client(bench);
    assert_int_equal(http_client_open(&bench->loop, url, &bench->client), STATUS_OK);
}

static void deadline_passes_while_connecting(void **state)
{
    struct bench *bench = *state;
    struct black_hole hole;
    open_black_hole(&hole);
    open_client_of(bench, hole.url);
    uint64_t before_ms = clock_now_ms(&bench->loop.clock);
    bench_get_within(bench, 0, 150);
    bench_get_within(bench, 1, 50);
    bench_run_until_answered(bench, 1);
    assert_failed(bench, 1, STATUS_UNAVAILABLE);
    assert_true(clock_now_ms(&bench->loop.clock) - before_ms < 150);
    bench_get_within(bench, 2, 10); /* sooner than what waits already */
    bench_run_until_answered(bench, 2);
    assert_failed(bench, 2, STATUS_UNAVAILABLE);
    bench_run_until_answered(bench, 3);
    assert_failed(bench, 0, STATUS_UNAVAILABLE);
    assert_in_range(clock_now_ms(&bench->loop.clock) - before_ms, 150, 1000);
    close_black_hole(&hole);
}

static void connecting_has_its_own_limit(void **state)
{
    struct bench *bench = *state;
    struct black_hole hole;
    open_black_hole(&hole);
    open_client_of(bench, hole.url);
    uint64_t before_ms = clock_now_ms(&bench->loop.clock);
    bench_get(bench, 0);
    bench_run_until_answered(bench, 1);
    assert_failed(bench, 0, STATUS_UNAVAILABLE);
    assert_in_range(clock_now_ms(&bench->loop.clock) - before_ms, 2000, BENCH_DEADLINE_MS / 2);
    close_black_hole(&hole);
}

static void close_while_connecting_is_unavailable(void **state)
{
    struct bench *bench = *state;
    struct black_hole hole;
    open_black_hole(&hole);
    open_client_of(bench, hole.url);
    bench_get_within(bench, 0, 20);
    bench_get(bench, 1);
    bench_run_until_answered(bench, 1);
    bench_close_client(bench);
    assert_failed(bench, 1, STATUS_UNAVAILABLE);
    close_black_hole(&hole);
}

static const char two_addresses[] = "two-addresses.test";

int __real_getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                       struct addrinfo **found);
int __wrap_getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                       struct addrinfo **found);

/* Stands in for the C library's (linker option --wrap): one name has two addresses. */
int __wrap_getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                       struct addrinfo **found)
{
    if (strcmp(host, two_addresses) != 0)
        return __real_getaddrinfo(host, port, hints, found);
    int error = __real_getaddrinfo("127.0.0.2", port, hints, found);
    return error != 0 ? error : __real_getaddrinfo("127.0.0.1", port, hints, &(*found)->ai_next);
}

static void every_address_of_a_name_is_tried(void **state)
{
    struct bench *bench = *state;
    char url[PEER_URL_SIZE];
    snprintf(url, sizeof url, "http://%s%s", two_addresses, strrchr(bench->peer.url, ':'));
    open_client_of(bench, url);
    bench_get(bench, 0);
    bench_run_until_answered(bench, 1);
    assert_failed(bench, 0, STATUS_UNAVAILABLE);
    bench_serve(bench, answer_ok); /* at 127.0.0.1 only */
    assert_next_call_succeeds(bench);
}

static bool some_turns_have_passed(struct bench *bench)
{
    loop_wake(&bench->loop);
    return bench->wanted_count-- == 0;
}

static void refused_further_connection_harms_nobody(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, answer_ok);
    assert_next_call_succeeds(bench);
    peer_stop_listening(&bench->peer);
    bench->peer.script = stay_silent;
    for (size_t i = 0; i < HTTP_CLIENT_DEPTH_MAX + 5; i++)
        bench_get(bench, i);
    bench->wanted_count = 20; /* turns: to be refused takes fewer */
    bench_run_until(bench, some_turns_have_passed);
    assert_int_equal(bench->answered_count, 1);
    bench->peer.script = answer_ok;
    for (size_t i = 0; i < HTTP_CLIENT_DEPTH_MAX; i++)
        peer_send(&bench->peer.conns[0], ok);
    bench_run_until_answered(bench, 1 + HTTP_CLIENT_DEPTH_MAX + 5);
    for (size_t i = 0; i < HTTP_CLIENT_DEPTH_MAX + 5; i++)
        assert_answered(bench, i, 200, "hi");
}

static void close_from_a_failed_call(struct bench_call *call)
{
    bench_close_client(call->bench);
    assert_int_equal(call->bench->answered_count, 3);
}

static void callback_of_a_lost_connection_may_close_the_client(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, answer_badly_and_close);
    bad_text = "";
    bad_request = 1;
    bench->calls[0].then = close_from_a_failed_call;
    for (size_t i = 0; i < 3; i++)
        bench_get(bench, i);
    bench_run_until_answered(bench, 3);
    for (size_t i = 0; i < 3; i++)
        assert_failed(bench, i, STATUS_UNKNOWN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(refused_connection_fails_waiting_calls_at_once),
        TEST(failed_call_may_submit),
        TEST(call_that_is_late_already_is_not_sent),
        TEST(connection_cut_in_an_answer_leaves_calls_unknown),
        TEST(garbage_leaves_calls_unknown),
        TEST(answers_behind_connection_close_are_unknown),
        TEST(bytes_that_answer_nothing_end_the_connection),
        TEST(one_answer_too_many_in_one_piece_is_nobodys),
        TEST(idle_connection_closed_by_the_peer_is_dropped),
        TEST(timeout_ends_the_connection_and_its_neighbours),
        TEST(each_deadline_is_kept_after_calls_that_were_answered),
        TEST(unsent_calls_survive_the_end_of_a_connection),
        TEST(deadline_passes_while_connecting),
        TEST(connecting_has_its_own_limit),
        TEST(close_while_connecting_is_unavailable),
        TEST(every_address_of_a_name_is_tried),
        TEST(refused_further_connection_harms_nobody),
        TEST(callback_of_a_lost_connection_may_close_the_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
