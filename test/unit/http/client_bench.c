#include "client_bench.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { GUARD_MS = 15 * 1000, TARGET_SIZE = 16 };

/* libuv's own, as the loop's clock may be held. */
static void on_guard(uv_timer_t *guard)
{
    const struct bench *bench = guard->data;
    fail_msg("nothing more happens after %zu answers", bench->answered_count);
}

static void on_turn_end(void *context)
{
    struct bench *bench = context;
    bench->turn++;
    bool is_reached = bench->is_reached != NULL ? bench->is_reached(bench)
                                                : bench->answered_count >= bench->wanted_count;
    if (is_reached)
        loop_stop(&bench->loop);
}

int bench_setup(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    int descriptor = open("/dev/null", O_WRONLY | O_CLOEXEC);
    assert_true(descriptor >= 0);
    log_init(&bench->log, "test", LOG_DEBUG, LOG_FORMAT_TEXT, descriptor);
    assert_int_equal(loop_init(&bench->loop, &bench->log), STATUS_OK);
    loop_add_hook(&bench->loop, LOOP_PHASE_LOG, &bench->hook, on_turn_end, bench);
    uv_timer_init(&bench->loop.uv, &bench->guard);
    bench->guard.data = bench;
    peer_open(&bench->peer, &bench->loop);
    assert_int_equal(http_client_open(&bench->loop, bench->peer.url, &bench->client), STATUS_OK);
    *state = bench;
    return 0;
}

int bench_teardown(void **state)
{
    struct bench *bench = *state;
    if (bench->client != NULL)
        bench_close_client(bench);
    peer_close(&bench->peer);
    uv_close((uv_handle_t *)&bench->guard, NULL);
    loop_remove_hook(&bench->hook);
    /* Reports handles and timers that the client left behind. */
    assert_int_equal(loop_close(&bench->loop), STATUS_OK);
    int descriptor = bench->log.descriptor;
    log_free(&bench->log);
    close(descriptor);
    free(bench);
    return 0;
}

void bench_serve(struct bench *bench, peer_script *script)
{
    bench->peer.script = script;
    peer_listen(&bench->peer);
}

static void on_answer(struct http_call *call, enum status status, const struct http_answer *answer)
{
    struct bench_call *record = (struct bench_call *)call;
    struct bench *bench = record->bench;
    assert_true(record->turn < bench->turn || bench->is_closing_client);
    assert_int_equal(record->place, 0);
    assert_int_equal(answer != NULL, status == STATUS_OK);
    record->place = ++bench->answered_count;
    record->status = status;
    if (answer != NULL) {
        assert_true(answer->body.size <= BENCH_BODY_SIZE_MAX);
        record->answer_status = answer->status;
        if (answer->body.size != 0)
            memcpy(record->body, answer->body.data, answer->body.size);
        record->body[answer->body.size] = '\0';
    }
    if (record->then != NULL)
        record->then(record);
}

enum status bench_submit(struct bench *bench, size_t index)
{
    struct bench_call *record = &bench->calls[index];
    record->bench = bench;
    record->place = 0;
    record->call.callback = on_answer;
    record->turn = bench->turn;
    return http_client_submit(bench->client, &record->call);
}

void bench_get_within(struct bench *bench, size_t index, uint64_t patience_ms)
{
    static char targets[BENCH_CALL_COUNT][TARGET_SIZE];
    snprintf(targets[index], TARGET_SIZE, "/%zu", index);
    bench->calls[index].call = (struct http_call){
        .method = HTTP_METHOD_GET,
        .target = targets[index],
        .deadline_ms = clock_now_ms(&bench->loop.clock) + patience_ms,
    };
    assert_int_equal(bench_submit(bench, index), STATUS_OK);
}

void bench_get(struct bench *bench, size_t index)
{
    bench_get_within(bench, index, BENCH_DEADLINE_MS);
}

static void run(struct bench *bench)
{
    uv_timer_start(&bench->guard, on_guard, GUARD_MS, 0);
    loop_run(&bench->loop);
    uv_timer_stop(&bench->guard);
}

void bench_run_until_answered(struct bench *bench, size_t count)
{
    bench->is_reached = NULL;
    bench->wanted_count = count;
    run(bench);
    assert_int_equal(bench->answered_count, count);
}

void bench_run_until(struct bench *bench, bool (*is_reached)(struct bench *bench))
{
    bench->is_reached = is_reached;
    run(bench);
}

static uint64_t held_now_ms(void *context)
{
    const struct bench *bench = context;
    return bench->held_ms;
}

void bench_hold_clock(struct bench *bench)
{
    struct clock *clock = &bench->loop.clock;
    bench->held_ms = clock_now_ms(clock);
    clock->now_ms = held_now_ms;
    clock->context = bench;
}

void bench_pass(struct bench *bench, uint64_t duration_ms)
{
    bench->held_ms += duration_ms;
}

static bool peer_has_connections(struct bench *bench)
{
    return bench->peer.conn_count == bench->wanted_connection_count;
}

void bench_run_until_connections(struct bench *bench, size_t count)
{
    bench->wanted_connection_count = count;
    bench_run_until(bench, peer_has_connections);
}

const char answer_ok_text[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

void answer_ok(struct peer *peer, struct peer_conn *conn, const struct http_message *request)
{
    (void)peer;
    (void)request;
    peer_send(conn, answer_ok_text);
}

void stay_silent(struct peer *peer, struct peer_conn *conn, const struct http_message *request)
{
    (void)peer;
    (void)conn;
    (void)request;
}

void bench_close_client(struct bench *bench)
{
    bench->is_closing_client = true;
    http_client_close(bench->client);
    bench->is_closing_client = false;
    bench->client = NULL;
}

void bench_open_client(struct bench *bench, const char *url)
{
    if (bench->client != NULL)
        bench_close_client(bench);
    assert_int_equal(http_client_open(&bench->loop, url, &bench->client), STATUS_OK);
}

void assert_answered(const struct bench *bench, size_t index, int status, const char *body)
{
    const struct bench_call *call = &bench->calls[index];
    assert_true(call->place != 0);
    assert_int_equal(call->status, STATUS_OK);
    assert_int_equal(call->answer_status, status);
    assert_string_equal(call->body, body);
}

void assert_failed(const struct bench *bench, size_t index, enum status status)
{
    const struct bench_call *call = &bench->calls[index];
    assert_true(call->place != 0);
    assert_int_equal(call->status, status);
}

void assert_next_call_succeeds(struct bench *bench)
{
    bench->peer.script = answer_ok;
    bench_get(bench, 0);
    bench_run_until_answered(bench, bench->answered_count + 1);
    assert_answered(bench, 0, 200, "hi");
}
