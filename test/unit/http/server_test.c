/* Requests and replies over a real socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "unit/http/server_fixture.h"

static void requests_follow_each_other(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_client(fixture);
    send_text(client, "GET /now/7 HTTP/1.1\r\n" HOST "\r\n");
    await_end(fixture, client, "<7>");
    assert_has(fixture, "HTTP/1.1 200 OK\r\nDate: ");
    assert_has(fixture, "Content-Length: 3\r\n\r\n<7>");
    assert_has_not(fixture, "Connection:");
    send_text(client, "GET /now/8 HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
    await_close(fixture, client);
    assert_has(fixture, "Connection: close\r\n");
    assert_has(fixture, "<8>");
    assert_int_equal(http_server_unfinished_count(fixture->server), 0);
}

static void replies_keep_the_order_of_requests(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_client(fixture);
    send_text(client, "GET /later HTTP/1.1\r\n" HOST "\r\nGET /now/2 HTTP/1.1\r\n" HOST
                      "\r\nGET /later HTTP/1.1\r\n" HOST "\r\nGET /now/4 HTTP/1.1\r\n" HOST "\r\n");
    await_pending(fixture, 2);
    assert_int_equal(http_server_unfinished_count(fixture->server), 4);
    reply_number(fixture, fixture->pending[1], 3);
    run_once(fixture);
    assert_true(hears_nothing(client)); /* nothing before its turn */
    reply_number(fixture, fixture->pending[0], 1);
    await_end(fixture, client, "<4>");
    const char *first = strstr(fixture->received.data, "<1>");
    assert_non_null(first);
    const char *second = strstr(first, "<2>");
    assert_non_null(second);
    assert_non_null(strstr(second, "<3>"));
    close(client);
}

static void pipeline_has_a_depth(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_client(fixture);
    enum { COUNT = HTTP_PIPELINE_DEPTH_MAX + 4 };
    for (int i = 0; i < COUNT; i++)
        send_text(client, "GET /later HTTP/1.1\r\n" HOST "\r\n");
    await_pending(fixture, HTTP_PIPELINE_DEPTH_MAX);
    for (int i = 0; i < 10; i++)
        run_once(fixture);
    assert_int_equal(fixture->pending_count, HTTP_PIPELINE_DEPTH_MAX);
    reply_number(fixture, fixture->pending[0], 1);
    await_pending(fixture, HTTP_PIPELINE_DEPTH_MAX + 1);
    for (size_t i = 1; i < COUNT; i++) {
        await_pending(fixture, HTTP_PIPELINE_DEPTH_MAX + (i < 4 ? i : 4));
        reply_number(fixture, fixture->pending[i], (int64_t)i + 1);
    }
    await_end(fixture, client, "<20>");
    close(client);
}

/* Its memory would be full of what a client asks for with a few bytes. */
static void replies_that_wait_for_their_turn_stop_further_requests(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_client(fixture);
    ask(client, "/later");
    ask(client, "/large");
    ask(client, "/later");
    await_pending(fixture, 1);
    for (int i = 0; i < 10; i++)
        run_once(fixture);
    assert_int_equal(fixture->pending_count, 1);
    reply_number(fixture, fixture->pending[0], 1);
    char end[] = {large_byte(LARGE_SIZE - 2), large_byte(LARGE_SIZE - 1), '\0'};
    await_end(fixture, client, end);
    await_pending(fixture, 2);
    reply_number(fixture, fixture->pending[1], 3);
    await_end(fixture, client, "<3>");
    close(client);
}

static void reply_to_a_client_who_has_gone_is_nothing(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_client(fixture);
    send_text(client, "GET /later HTTP/1.1\r\n" HOST "\r\n");
    await_pending(fixture, 1);
    struct linger reset = {.l_onoff = 1};
    setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(client);
    while (http_server_unfinished_count(fixture->server) != 0)
        run_once(fixture);
    client = connect_client(fixture);
    send_text(client, "GET /later HTTP/1.1\r\n" HOST "\r\n"); /* has the same slot */
    await_pending(fixture, 2);
    reply_number(fixture, fixture->pending[0], 1);
    assert_int_equal(http_server_unfinished_count(fixture->server), 1);
    reply_number(fixture, fixture->pending[1], 2);
    await_end(fixture, client, "<2>");
    assert_has_not(fixture, "<1>");
    close(client);
}

static void half_closed_client_gets_its_reply(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_client(fixture);
    send_text(client, "GET /later HTTP/1.1\r\n" HOST "\r\n");
    shutdown(client, SHUT_WR);
    await_pending(fixture, 1);
    for (int i = 0; i < 10; i++)
        run_once(fixture);
    reply_number(fixture, fixture->pending[0], 1);
    await_close(fixture, client);
    assert_has(fixture, "<1>");
}

static void half_closed_client_gets_what_waits_behind_a_full_pipeline(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_client(fixture);
    enum { COUNT = HTTP_PIPELINE_DEPTH_MAX + 4 };
    for (int i = 0; i < COUNT; i++)
        send_text(client, "GET /later HTTP/1.1\r\n" HOST "\r\n");
    shutdown(client, SHUT_WR);
    await_pending(fixture, HTTP_PIPELINE_DEPTH_MAX);
    for (size_t i = 0; i < HTTP_PIPELINE_DEPTH_MAX; i++)
        reply_number(fixture, fixture->pending[i], 1);
    await_pending(fixture, COUNT);
    for (size_t i = HTTP_PIPELINE_DEPTH_MAX; i < COUNT; i++)
        reply_number(fixture, fixture->pending[i], 2);
    await_close(fixture, client);
    assert_has(fixture, "<2>HTTP/1.1 200 OK\r\n");
}

static void refusals_of_the_router(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_client(fixture);
    send_text(client, "GET /nowhere HTTP/1.1\r\n" HOST "\r\n");
    await_end(fixture, client, "{\"detail\":\"Not Found\"}");
    assert_has(fixture, "HTTP/1.1 404 Not Found\r\n");
    assert_has(fixture, "Content-Type: application/json\r\n");
    send_text(client, "PUT /now/1?x=y HTTP/1.1\r\n" HOST "\r\n");
    await_end(fixture, client, "{\"detail\":\"Method Not Allowed\"}");
    assert_has(fixture, "HTTP/1.1 405 Method Not Allowed\r\n");
    assert_has(fixture, "Allow: GET, HEAD\r\n");
    send_text(client, "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n{}");
    await_end(fixture, client, "application/json\"}");
    assert_has(fixture, "HTTP/1.1 415 ");
    send_text(client, "POST /echo HTTP/1.1\r\n" HOST
                      "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}");
    await_end(fixture, client, "application/json\"}");
    assert_has(fixture, "HTTP/1.1 415 ");
    assert_has_not(fixture, "Connection:");
    send_text(client, "POST /echo HTTP/1.1\r\n" HOST
                      "Content-Type: Application/JSON ; charset=utf-8\r\nContent-Length: 3\r\n\r\n"
                      "{1}");
    await_end(fixture, client, "{1}");
    send_text(client, "HEAD /now/5 HTTP/1.1\r\n" HOST "\r\nGET /now/66 HTTP/1.1\r\n" HOST "\r\n");
    await_end(fixture, client, "<66>");
    assert_has(fixture, "Content-Length: 3\r\n\r\nHTTP/1.1 200 OK\r\n");
    close(client);
}

static void bad_request_is_answered_and_closed(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_client(fixture);
    send_text(client, "GET /later HTTP/1.1\r\n" HOST "\r\nGET / HTTP/1.1\r\n\r\n"
                      "GET /now/9 HTTP/1.1\r\n" HOST "\r\n");
    await_pending(fixture, 1);
    send_text(client, "and more that nobody reads");
    reply_number(fixture, fixture->pending[0], 1);
    await_close(fixture, client);
    assert_has(fixture, "<1>HTTP/1.1 400 Bad Request\r\n");
    assert_has(fixture, "Connection: close\r\n");
    assert_has(fixture, "{\"detail\":\"Host is missing\"}");
    assert_has_not(fixture, "<9>");
}

static void refused_head_request_gets_no_body(void **state)
{
    static const struct {
        const char *request;
        bool has_body;
    } refused[] = {
        {"HEAD / HTTP/1.1\r\n\r\n", false},
        {"HEAD /#x HTTP/1.1\r\n" HOST "\r\n", false},
        {"HEAD / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nx", false},
        {"HEADX / HTTP/1.1\r\n" HOST "\r\n", true},
        {"HEAD /now/1 HTTP/1.1\r\n" HOST "\r\nnonsense\r\n\r\n", true},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        int client = connect_client(fixture);
        send_text(client, refused[i].request);
        await_close(fixture, client);
        assert_has(fixture, "Connection: close\r\n");
        assert_int_equal(strstr(fixture->received.data, "{\"detail\"") != NULL,
                         refused[i].has_body);
    }
}

static void continue_is_sent_before_the_body(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_client(fixture);
    send_text(client, "GET /later HTTP/1.1\r\n" HOST "\r\n");
    await_pending(fixture, 1);
    send_text(client, "POST /echo HTTP/1.1\r\n" HOST "Expect: 100-continue\r\n"
                      "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n");
    for (int i = 0; i < 10; i++)
        run_once(fixture);
    reply_number(fixture, fixture->pending[0], 1);
    await_end(fixture, client, "<1>HTTP/1.1 100 Continue\r\n\r\n");
    send_text(client, "{}");
    await_end(fixture, client, "\r\n\r\n{}");
    close(client);
}

static void old_client_keeps_its_connection_if_it_asks(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_client(fixture);
    send_text(client, "GET /now/1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    await_end(fixture, client, "<1>");
    assert_has(fixture, "Connection: keep-alive\r\n");
    send_text(client, "GET /now/2 HTTP/1.0\r\n\r\n");
    await_close(fixture, client);
    assert_has(fixture, "Connection: close\r\n");
}

static void large_reply_arrives_whole(void **state)
{
    struct fixture *fixture = *state;
    int small = 64 * 1024; /* inherited; else the system takes all of the reply at once */
    setsockopt(fixture->server->listener.socket, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    int client = connect_client(fixture);
    send_text(client, "GET /large HTTP/1.1\r\n" HOST "\r\nGET /now/1 HTTP/1.1\r\n" HOST "\r\n");
    for (int i = 0; i < 10; i++)
        run_once(fixture);
    assert_int_not_equal(http_server_unfinished_count(fixture->server), 0);
    await_end(fixture, client, "<1>");
    const char *body = strstr(fixture->received.data, "\r\n\r\n") + 4;
    for (size_t i = 0; i < LARGE_SIZE; i++) {
        if (body[i] != large_byte(i))
            fail_msg("byte %zu is wrong", i);
    }
    assert_memory_equal(body + LARGE_SIZE, "HTTP/1.1 200 OK\r\n", 17);
    close(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(requests_follow_each_other),
        TEST(replies_keep_the_order_of_requests),
        TEST(pipeline_has_a_depth),
        TEST(replies_that_wait_for_their_turn_stop_further_requests),
        TEST(reply_to_a_client_who_has_gone_is_nothing),
        TEST(half_closed_client_gets_its_reply),
        TEST(half_closed_client_gets_what_waits_behind_a_full_pipeline),
        TEST(refusals_of_the_router),
        TEST(bad_request_is_answered_and_closed),
        TEST(refused_head_request_gets_no_body),
        TEST(continue_is_sent_before_the_body),
        TEST(old_client_keeps_its_connection_if_it_asks),
        TEST(large_reply_arrives_whole),
    };
    return cmocka_run_group_tests_name("http/server", tests, NULL, NULL);
}
