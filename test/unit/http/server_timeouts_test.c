/* How long a client may take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "unit/http/server_fixture.h"

#define POST_HEAD                                                                                  \
    "POST /echo HTTP/1.1\r\n" HOST "Content-Type: application/json\r\nContent-Length: 10\r\n\r\n"

static void run_turns(struct fixture *fixture)
{
    for (int i = 0; i < 10; i++)
        run_once(fixture);
}

static void slow_requests_end(void **state)
{
    struct fixture *fixture = *state;
    int silent = connect_client(fixture);
    int slow = connect_client(fixture);
    int idle = connect_client(fixture);
    int busy = connect_client(fixture);
    send_text(slow, "GET /now/1 HTTP/1.1\r\n");
    send_text(busy, "GET /later HTTP/1.1\r\n" HOST "\r\n");
    send_text(idle, "GET /now/1 HTTP/1.1\r\n" HOST "\r\n");
    await_pending(fixture, 1);
    await_end(fixture, idle, "<1>");
    advance(fixture, HTTP_HEAD_MS + DEADLINE_SLACK_MS);
    await_close(fixture, slow);
    assert_has(fixture, "HTTP/1.1 408 Request Timeout\r\n");
    assert_has(fixture, "Connection: close\r\n");
    await_close(fixture, silent);
    assert_int_equal(fixture->received.size, 1); /* nothing but our NUL */
    send_text(idle, "GET /now/2 HTTP/1.1\r\n" HOST "\r\n");
    await_end(fixture, idle, "<2>");
    advance(fixture, HTTP_IDLE_MS - 1000); /* the timer fires, for the time before this request */
    run_once(fixture);
    assert_true(hears_nothing(idle));
    advance(fixture, 1000 + DEADLINE_SLACK_MS);
    await_close(fixture, idle);
    const struct http_metrics *counts = http_server_metrics(fixture->server);
    assert_int_equal(counts->accepted_connections, 4);
    assert_int_equal(counts->endings[HTTP_ENDING_HEAD], 2);
    assert_int_equal(counts->endings[HTTP_ENDING_BODY], 0);
    assert_int_equal(counts->endings[HTTP_ENDING_IDLE], 1);
    reply_number(fixture, fixture->pending[0], 3);
    await_end(fixture, busy, "<3>");
    close(busy);
}

static void a_body_has_its_own_time(void **state)
{
    struct fixture *fixture = *state;
    int slow = connect_client(fixture);
    int good = connect_client(fixture);
    run_turns(fixture);
    advance(fixture, HTTP_HEAD_MS - DEADLINE_SLACK_MS);
    send_text(slow, POST_HEAD "0");
    send_text(good, POST_HEAD "0");
    run_turns(fixture);
    /* The head's time would be over by now. */
    advance(fixture, HTTP_BODY_MS - DEADLINE_SLACK_MS);
    send_text(slow, "1");
    send_text(good, "123456789");
    await_end(fixture, good, "0123456789");
    assert_true(hears_nothing(slow));
    advance(fixture, (uint64_t)2 * DEADLINE_SLACK_MS);
    await_close(fixture, slow);
    assert_has(fixture, "HTTP/1.1 408 Request Timeout\r\n");
    const struct http_metrics *counts = http_server_metrics(fixture->server);
    assert_int_equal(counts->endings[HTTP_ENDING_HEAD], 0);
    assert_int_equal(counts->endings[HTTP_ENDING_BODY], 1);
    close(good);
}

/* Bytes that come now and then do not win it time. */
static void a_head_that_drips_in_is_late_all_the_same(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_client(fixture);
    for (int second = 0; second < HTTP_HEAD_MS / 1000; second++) {
        send_text(client, second == 0 ? "GET /now/1 HTTP/1.1\r\n" HOST : "A");
        run_turns(fixture);
        assert_true(hears_nothing(client));
        advance(fixture, 1000);
    }
    advance(fixture, DEADLINE_SLACK_MS);
    await_close(fixture, client);
    assert_has(fixture, "HTTP/1.1 408 Request Timeout\r\n");
}

static void who_does_not_read_is_ended(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_client(fixture);
    while (http_server_unfinished_count(fixture->server) == 0) { /* until the socket is full */
        ask(client, "/large");
        run_turns(fixture);
    }
    advance(fixture, HTTP_WRITE_MS - DEADLINE_SLACK_MS);
    run_turns(fixture);
    assert_int_equal(fixture->server->session_count, 1);
    advance(fixture, (uint64_t)2 * DEADLINE_SLACK_MS);
    run_turns(fixture);
    assert_int_equal(fixture->server->session_count, 0);
    assert_int_equal(http_server_metrics(fixture->server)->endings[HTTP_ENDING_WRITE], 1);
    assert_int_equal(take_log_count(fixture, "it does not read its answers"), 1);
    close(client);
}

/* The last answer of a connection has the time of any other one. */
static void who_reads_slowly_gets_the_last_answer_too(void **state)
{
    struct fixture *fixture = *state;
    int small_size = 64 * 1024; /* so that the system does not take all of it at once */
    setsockopt(fixture->server->listener.socket, SOL_SOCKET, SO_SNDBUF, &small_size,
               sizeof small_size);
    int client = connect_client(fixture);
    send_text(client, "GET /large HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
    run_turns(fixture);
    assert_int_equal(http_server_unfinished_count(fixture->server), 1);
    advance(fixture, HTTP_WRITE_MS - DEADLINE_SLACK_MS);
    run_turns(fixture);
    await_close(fixture, client);
    assert_true(fixture->received.size > LARGE_SIZE);
}

static void who_has_the_last_answer_and_stays_is_ended(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_client(fixture);
    send_text(client, "GET /now/1 HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
    await_end(fixture, client, "<1>");
    run_turns(fixture);
    advance(fixture, NET_LINGER_MS - DEADLINE_SLACK_MS);
    run_turns(fixture);
    assert_int_equal(fixture->server->session_count, 1);
    advance(fixture, (uint64_t)2 * DEADLINE_SLACK_MS);
    run_turns(fixture);
    assert_int_equal(fixture->server->session_count, 0);
    close(client);
}

static void a_hundred_slow_clients_are_two_lines_in_the_log(void **state)
{
    enum { COUNT = 100 };
    struct fixture *fixture = *state;
    int clients[COUNT];
    for (int i = 0; i < COUNT; i++) {
        clients[i] = connect_client(fixture);
        send_text(clients[i], "GET ");
    }
    run_turns(fixture);
    advance(fixture, HTTP_HEAD_MS + DEADLINE_SLACK_MS);
    for (int i = 0; i < COUNT; i++)
        await_close(fixture, clients[i]);
    assert_int_equal(http_server_metrics(fixture->server)->endings[HTTP_ENDING_HEAD], COUNT);
    advance(fixture, TALLY_INTERVAL_MS);
    assert_int_equal(take_log_count(fixture, "did not come in time"), 2);
}

static void settings_prevail(void **state)
{
    enum { ANY_MS = 3000 };
    struct fixture *fixture = *state;
    http_server_close(fixture->server);
    struct http_server_settings settings = {
        .listen = "127.0.0.1:0",
        .head_timeout_ms = ANY_MS,
        .body_timeout_ms = ANY_MS + 1,
        .idle_timeout_ms = ANY_MS + 2,
        .write_timeout_ms = ANY_MS + 3,
        .connection_count_max = 100,
    };
    assert_int_equal(http_server_open(&fixture->loop, &settings, &fixture->server), STATUS_OK);
    assert_int_equal(fixture->server->head_deadlines.delay_ms, ANY_MS);
    assert_int_equal(fixture->server->body_deadlines.delay_ms, ANY_MS + 1);
    assert_int_equal(fixture->server->idle_deadlines.delay_ms, ANY_MS + 2);
    assert_int_equal(fixture->server->set.writing.delay_ms, ANY_MS + 3);
    assert_int_equal(fixture->server->session_count_max, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(slow_requests_end),
        TEST(a_body_has_its_own_time),
        TEST(a_head_that_drips_in_is_late_all_the_same),
        TEST(who_does_not_read_is_ended),
        TEST(who_reads_slowly_gets_the_last_answer_too),
        TEST(who_has_the_last_answer_and_stays_is_ended),
        TEST(a_hundred_slow_clients_are_two_lines_in_the_log),
        TEST(settings_prevail),
    };
    return cmocka_run_group_tests_name("http/server_timeouts", tests, NULL, NULL);
}
