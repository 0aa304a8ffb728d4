/* Requests that never get an answer, and connections that are cut instead of one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "unit/http/server_fixture.h"

static void run_turns(struct fixture *fixture)
{
    for (int i = 0; i < 10; i++)
        run_once(fixture);
}

static void abandoned_exchange_ends_its_connection(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_client(fixture);
    int other = connect_client(fixture);
    send_text(other, "GET /later HTTP/1.1\r\n" HOST "\r\n");
    await_pending(fixture, 1);
    send_text(client, "GET /later HTTP/1.1\r\n" HOST "\r\nGET /later HTTP/1.1\r\n" HOST
                      "\r\nGET /now/4 HTTP/1.1\r\n" HOST "\r\n");
    await_pending(fixture, 3);
    http_abandon(fixture->server, fixture->pending[2]);
    assert_int_equal(http_server_unfinished_count(fixture->server), 1); /* that of `other` */
    reply_number(fixture, fixture->pending[1], 1);
    reply_number(fixture, fixture->pending[2], 2);
    http_abandon(fixture->server, fixture->pending[2]);
    await_close(fixture, client);
    assert_string_equal(fixture->received.data, "");
    reply_number(fixture, fixture->pending[0], 3);
    await_end(fixture, other, "<3>");
    close(other);
}

static void unanswered_exchange_holds_back_those_behind_it(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_client(fixture);
    for (int i = 0; i < 4; i++)
        send_text(client, "GET /later HTTP/1.1\r\n" HOST "\r\n");
    await_pending(fixture, 4);
    http_leave_unanswered(fixture->server, fixture->pending[2]);
    http_leave_unanswered(fixture->server, fixture->pending[1]);
    http_leave_unanswered(fixture->server, fixture->pending[3]);
    reply_number(fixture, fixture->pending[0], 1);
    send_text(client, "GET /later HTTP/1.1\r\n" HOST "\r\n");
    await_pending(fixture, 5);
    reply_number(fixture, fixture->pending[4], 5);
    await_end(fixture, client, "<1>");
    run_turns(fixture);
    assert_true(hears_nothing(client));
    advance(fixture, HTTP_IDLE_MS - DEADLINE_SLACK_MS);
    run_turns(fixture);
    assert_true(hears_nothing(client));
    assert_int_equal(http_server_unfinished_count(fixture->server), 4);
    advance(fixture, (uint64_t)2 * DEADLINE_SLACK_MS);
    assert_int_equal(http_server_unfinished_count(fixture->server), 0);
    await_close(fixture, client);
    assert_string_equal(fixture->received.data, "");
}

static void unanswered_exchange_ends_with_its_client(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_client(fixture);
    send_text(client, "GET /later HTTP/1.1\r\n" HOST "\r\nGET /later HTTP/1.1\r\n" HOST "\r\n");
    await_pending(fixture, 2);
    shutdown(client, SHUT_WR);
    run_turns(fixture);
    http_leave_unanswered(fixture->server, fixture->pending[1]);
    http_server_drain(fixture->server);
    run_turns(fixture);
    assert_int_equal(http_server_unfinished_count(fixture->server), 2); /* the first has a claim */
    reply_number(fixture, fixture->pending[0], 1);
    await_close(fixture, client);
    assert_has(fixture, "<1>");
    assert_int_equal(http_server_unfinished_count(fixture->server), 0);
}

/* Bytes that wait behind a full pipeline must not hide the client's end. */
static void unanswered_exchange_before_a_full_pipeline_ends_with_its_client(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_client(fixture);
    send_text(client, "GET /now/1 HTTP/1.1\r\n" HOST "\r\n");
    for (int i = 0; i < HTTP_PIPELINE_DEPTH_MAX + 4; i++)
        send_text(client, "GET /later HTTP/1.1\r\n" HOST "\r\n");
    await_pending(fixture, HTTP_PIPELINE_DEPTH_MAX);
    run_turns(fixture);
    http_leave_unanswered(fixture->server, fixture->pending[0]);
    assert_int_equal(http_server_unfinished_count(fixture->server), HTTP_PIPELINE_DEPTH_MAX);
    close(client);
    run_turns(fixture);
    assert_int_equal(http_server_unfinished_count(fixture->server), 0);
    assert_int_equal(fixture->pending_count, HTTP_PIPELINE_DEPTH_MAX);
}

/* The handler learns of it while the session works through what has waited. */
static void unanswered_request_behind_a_full_pipeline(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_client(fixture);
    for (int i = 0; i < HTTP_PIPELINE_DEPTH_MAX; i++)
        send_text(client, "GET /later HTTP/1.1\r\n" HOST "\r\n");
    await_pending(fixture, HTTP_PIPELINE_DEPTH_MAX);
    send_text(client, "GET /never HTTP/1.1\r\n" HOST "\r\nGET /later HTTP/1.1\r\n" HOST "\r\n");
    run_turns(fixture);
    for (size_t i = 0; i < HTTP_PIPELINE_DEPTH_MAX; i++)
        reply_number(fixture, fixture->pending[i], (int64_t)i + 1);
    await_pending(fixture, HTTP_PIPELINE_DEPTH_MAX + 1);
    await_end(fixture, client, "<16>");
    assert_int_equal(http_server_unfinished_count(fixture->server), 2);
    shutdown(client, SHUT_WR);
    await_close(fixture, client);
    assert_int_equal(http_server_unfinished_count(fixture->server), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(abandoned_exchange_ends_its_connection),
        TEST(unanswered_exchange_holds_back_those_behind_it),
        TEST(unanswered_exchange_ends_with_its_client),
        TEST(unanswered_exchange_before_a_full_pipeline_ends_with_its_client),
        TEST(unanswered_request_behind_a_full_pipeline),
    };
    return cmocka_run_group_tests_name("http/server_unanswered", tests, NULL, NULL);
}
