/* The http client and the name of its peer: looked up in the background, and again when none of its
 * addresses could be reached. */
#include "client_bench.h"

#include <dlfcn.h>
#include <netdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char test_name[] = "payment.test";

/* What getaddrinfo() knows of the test's name. Changed only while no lookup runs. */
static struct {
    const char *addresses[2]; /* none: the name is unknown */
    bool is_slow;             /* waits for `may_end` */
    uv_sem_t may_end;
} world;

static atomic_int lookup_count; /* of any name */

typedef int getaddrinfo_function(const char *host, const char *port, const struct addrinfo *hints,
                                 struct addrinfo **found);

static int look_up_test_name(getaddrinfo_function *real, const char *port,
                             const struct addrinfo *hints, struct addrinfo **found)
{
    if (world.is_slow)
        uv_sem_wait(&world.may_end);
    if (world.addresses[0] == NULL)
        return EAI_NONAME;
    int error = real(world.addresses[0], port, hints, found);
    if (error == 0 && world.addresses[1] != NULL)
        error = real(world.addresses[1], port, hints, &(*found)->ai_next);
    return error;
}

/* Stands in for the C library's, for libuv's threads too.
 * NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): its names are reserved. */
int getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                struct addrinfo **found)
{
    getaddrinfo_function *real;
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    if ((hints->ai_flags & AI_NUMERICHOST) != 0)
        return real(host, port, hints, found);
    atomic_fetch_add(&lookup_count, 1);
    if (strcmp(host, test_name) == 0)
        return look_up_test_name(real, port, hints, found);
    return real(host, port, hints, found);
}

static int setup(void **state)
{
    world.addresses[0] = NULL;
    world.addresses[1] = NULL;
    world.is_slow = false;
    lookup_count = 0;
    return uv_sem_init(&world.may_end, 0) == 0 ? bench_setup(state) : -1;
}

static int teardown(void **state)
{
    uv_sem_post(&world.may_end); /* for a test that failed before */
    int failed = bench_teardown(state);
    uv_sem_destroy(&world.may_end);
    return failed;
}

/* Instead of the client for the peer's numeric address: one for the peer's port at this host. */
static void open_client_at(struct bench *bench, const char *host)
{
    char url[PEER_URL_SIZE];
    snprintf(url, sizeof url, "http://%s%s", host, strrchr(bench->peer.url, ':'));
    bench_open_client(bench, url);
}

static size_t count_in_log(const struct bench *bench, const char *text)
{
    size_t count = 0;
    const struct buffer *buffer = &bench->log.buffer;
    const char *rest = buffer->data;
    const char *end = buffer->data + buffer->size;
    while (rest != NULL && (rest = memmem(rest, (size_t)(end - rest), text, strlen(text)))) {
        count++;
        rest += strlen(text);
    }
    return count;
}

/* A turn later the client has seen it. */
static void end_both_connections(struct bench *bench)
{
    bench_run_until_connections(bench, 2);
    peer_end(&bench->peer.conns[0]);
    peer_end(&bench->peer.conns[1]);
    loop_wake(&bench->loop);
    bench_run_until_answered(bench, bench->answered_count);
}

static void numeric_host_needs_no_lookup(void **state)
{
    struct bench *bench = *state;
    bench_serve(bench, answer_ok);
    assert_next_call_succeeds(bench);
    assert_int_equal(lookup_count, 0);
}

static void name_is_looked_up_for_the_first_call(void **state)
{
    struct bench *bench = *state;
    open_client_at(bench, "localhost");
    assert_int_equal(lookup_count, 0);
    bench_serve(bench, answer_ok);
    assert_next_call_succeeds(bench);
    assert_next_call_succeeds(bench);
    assert_int_equal(lookup_count, 1);
}

static void unknown_name_fails_waiting_calls_at_once(void **state)
{
    struct bench *bench = *state;
    open_client_at(bench, test_name);
    uint64_t before_ms = clock_now_ms(&bench->loop.clock);
    bench_get(bench, 0);
    bench_get(bench, 1);
    bench_run_until_answered(bench, 2);
    assert_int_equal(lookup_count, 1);
    bench_get(bench, 2);
    bench_run_until_answered(bench, 3);
    assert_int_equal(lookup_count, 2);
    for (size_t i = 0; i < 3; i++)
        assert_failed(bench, i, STATUS_UNAVAILABLE);
    assert_true(clock_now_ms(&bench->loop.clock) - before_ms < BENCH_DEADLINE_MS / 2);
    assert_int_equal(count_in_log(bench, "is not reachable: its name can't be looked up"), 1);
    /* And once it is known, all is well. */
    world.addresses[0] = "127.0.0.1";
    bench_serve(bench, answer_ok);
    assert_next_call_succeeds(bench);
    assert_int_equal(count_in_log(bench, "is reachable again"), 1);
}

static void every_address_of_a_name_is_tried(void **state)
{
    struct bench *bench = *state;
    world.addresses[0] = "127.0.0.2";
    world.addresses[1] = "127.0.0.1";
    open_client_at(bench, test_name);
    bench_serve(bench, answer_ok); /* at 127.0.0.1 only */
    assert_next_call_succeeds(bench);
    end_both_connections(bench);
    peer_stop_listening(&bench->peer);
    bench_get(bench, 1);
    bench_run_until_answered(bench, 2);
    assert_failed(bench, 1, STATUS_UNAVAILABLE);
}

static void service_that_has_moved_is_found_again(void **state)
{
    struct bench *bench = *state;
    world.addresses[0] = "127.0.0.2";
    open_client_at(bench, test_name);
    bench_serve(bench, answer_ok); /* at 127.0.0.1 only */
    bench_get(bench, 1);
    bench_run_until_answered(bench, 1);
    assert_failed(bench, 1, STATUS_UNAVAILABLE);
    world.addresses[0] = "127.0.0.1";
    assert_next_call_succeeds(bench);
    assert_int_equal(lookup_count, 2);
    /* A lost connection alone is no reason to ask again. */
    end_both_connections(bench);
    assert_next_call_succeeds(bench);
    assert_int_equal(bench->peer.conns[2].request_count, 1);
    assert_int_equal(lookup_count, 2);
}

static void deadline_passes_during_a_lookup(void **state)
{
    struct bench *bench = *state;
    world.addresses[0] = "127.0.0.1";
    world.is_slow = true;
    open_client_at(bench, test_name);
    bench_serve(bench, answer_ok);
    bench_get_within(bench, 0, 20);
    bench_get(bench, 1);
    bench_run_until_answered(bench, 1);
    assert_failed(bench, 0, STATUS_UNAVAILABLE);
    uv_sem_post(&world.may_end);
    bench_run_until_answered(bench, 2);
    assert_answered(bench, 1, 200, "hi");
    assert_int_equal(lookup_count, 1);
}

static bool lookup_has_begun(struct bench *bench)
{
    loop_wake(&bench->loop);
    return lookup_count == 1;
}

static bool two_lookups_are_wanted(struct bench *bench)
{
    loop_wake(&bench->loop);
    return bench->loop.uv.active_reqs.count == 2;
}

static bool one_lookup_is_wanted(struct bench *bench)
{
    return bench->loop.uv.active_reqs.count == 1;
}

/* There is only one thread to look names up (see main). */
static void close_during_lookups(void **state)
{
    struct bench *bench = *state;
    world.is_slow = true;
    open_client_at(bench, test_name);
    bench_get(bench, 0);
    bench_run_until(bench, lookup_has_begun);
    open_client_at(bench, test_name);
    assert_failed(bench, 0, STATUS_UNAVAILABLE); /* the first client is closed */
    bench_get(bench, 1);
    bench_run_until(bench, two_lookups_are_wanted);
    bench_close_client(bench);
    assert_failed(bench, 1, STATUS_UNAVAILABLE);
    /* The second lookup has not begun and does not wait for the first, which can't be stopped. */
    bench_run_until(bench, one_lookup_is_wanted);
    assert_int_equal(lookup_count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    setenv("UV_THREADPOOL_SIZE", "1", 1);
    const struct CMUnitTest tests[] = {
        TEST(numeric_host_needs_no_lookup),
        TEST(name_is_looked_up_for_the_first_call),
        TEST(unknown_name_fails_waiting_calls_at_once),
        TEST(every_address_of_a_name_is_tried),
        TEST(service_that_has_moved_is_found_again),
        TEST(deadline_passes_during_a_lookup),
        TEST(close_during_lookups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
