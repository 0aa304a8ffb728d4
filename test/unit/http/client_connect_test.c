/* The http client while it cannot connect: what surely has not left is UNAVAILABLE. */
#include "client_bench.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

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

static void deadline_passes_while_connecting(void **state)
{
    struct bench *bench = *state;
    struct black_hole hole;
    open_black_hole(&hole);
    bench_open_client(bench, hole.url);
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
    bench_open_client(bench, hole.url);
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
    bench_open_client(bench, hole.url);
    bench_get_within(bench, 0, 20);
    bench_get(bench, 1);
    bench_run_until_answered(bench, 1);
    bench_close_client(bench);
    assert_failed(bench, 1, STATUS_UNAVAILABLE);
    close_black_hole(&hole);
}

static void count_socket(uv_handle_t *handle, void *context)
{
    size_t *count = context;
    *count += handle->type == UV_TCP;
}

/* Of both ends, those that are still being connected too. */
static size_t socket_count;

static bool some_turns_have_passed(struct bench *bench)
{
    loop_wake(&bench->loop);
    socket_count = 0;
    uv_walk(&bench->loop.uv, count_socket, &socket_count);
    return bench->wanted_count-- == 0;
}

static void refused_further_connection_harms_nobody(void **state)
{
    enum { COUNT = 2 * HTTP_CLIENT_DEPTH_MAX + 5 };
    struct bench *bench = *state;
    bench_serve(bench, answer_ok);
    assert_next_call_succeeds(bench);
    bench_run_until_connections(bench, 2);
    peer_stop_listening(&bench->peer);
    bench->peer.script = stay_silent;
    for (size_t i = 0; i < COUNT; i++)
        bench_get(bench, i);
    bench->wanted_count = 20; /* turns: to be refused takes fewer */
    bench_run_until(bench, some_turns_have_passed);
    assert_int_equal(bench->answered_count, 1);
    /* Those of the two connections: no further attempt for the time being. */
    assert_int_equal(socket_count, 4);
    bench->peer.script = answer_ok;
    for (size_t i = 0; i < HTTP_CLIENT_DEPTH_MAX; i++) {
        peer_send(&bench->peer.conns[0], answer_ok_text);
        peer_send(&bench->peer.conns[1], answer_ok_text);
    }
    bench_run_until_answered(bench, 1 + COUNT);
    for (size_t i = 0; i < COUNT; i++)
        assert_answered(bench, i, 200, "hi");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(refused_connection_fails_waiting_calls_at_once),
        TEST(failed_call_may_submit),
        TEST(deadline_passes_while_connecting),
        TEST(connecting_has_its_own_limit),
        TEST(close_while_connecting_is_unavailable),
        TEST(refused_further_connection_harms_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
