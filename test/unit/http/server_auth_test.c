/* Who has no token gets 401, and to no handler. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "unit/http/server_fixture.h"

#define TOKEN     "Authorization: Bearer good\r\n"
#define ECHO_HEAD "POST /echo HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"

static int set_up_with_tokens(void **state)
{
    int failed = set_up(state);
    struct fixture *fixture = *state;
    fixture->server->settings.tokens = "old,good";
    return failed;
}

#define TOKEN_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_with_tokens, tear_down)

static void assert_refused(struct fixture *fixture, const char *request)
{
    int client = connect_client(fixture);
    send_text(client, request);
    await_end(fixture, client, "\"}");
    assert_has(fixture, "HTTP/1.1 401 Unauthorized\r\n");
    assert_has(fixture, "WWW-Authenticate: Bearer realm=\"saga\"");
    assert_has_not(fixture, "100 Continue");
    assert_int_equal(fixture->pending_count, 0);
    close(client);
}

static void nothing_is_reached_without_a_token(void **state)
{
    struct fixture *fixture = *state;
    assert_refused(fixture, "GET /now/1 HTTP/1.1\r\n" HOST "\r\n");
    assert_has(fixture, "{\"detail\":\"A bearer token is required\"}");
    assert_has_not(fixture, "Connection: close");
    assert_refused(fixture, "GET /later HTTP/1.1\r\n" HOST "Authorization: Bearer bad\r\n\r\n");
    assert_has(fixture, "error=\"invalid_token\"");
    assert_has(fixture, "{\"detail\":\"The bearer token is not valid\"}");
    assert_refused(fixture, "GET /nowhere HTTP/1.1\r\n" HOST "\r\n");
    assert_refused(fixture, "DELETE /now/1 HTTP/1.1\r\n" HOST "\r\n");
    assert_refused(fixture, "DELETE /open HTTP/1.1\r\n" HOST "\r\n");
    assert_refused(fixture, ECHO_HEAD "Content-Length: 2\r\n\r\n{}");
    assert_int_equal(http_server_metrics(fixture->server)->unauthorized_requests, 6);
    assert_int_equal(take_log_count(fixture, "bad"), 0);
}

/* Neither is the body waited for, nor asked for. */
static void the_head_alone_is_refused(void **state)
{
    struct fixture *fixture = *state;
    assert_refused(fixture, ECHO_HEAD "Content-Length: 60000\r\n\r\n{");
    assert_has(fixture, "Connection: close\r\n");
    assert_refused(fixture, ECHO_HEAD "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    assert_has(fixture, "Connection: close\r\n");
    assert_refused(fixture, ECHO_HEAD "Transfer-Encoding: chunked\r\n\r\n");
}

static void what_follows_a_refused_head_is_not_read_as_a_request(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_client(fixture);
    send_text(client, ECHO_HEAD "Content-Length: 100\r\n\r\n");
    await_end(fixture, client, "\"}");
    send_text(client, "GET /later HTTP/1.1\r\n" HOST TOKEN "\r\n");
    shutdown(client, SHUT_WR);
    await_close(fixture, client);
    assert_string_equal(fixture->received.data, "");
    assert_int_equal(fixture->pending_count, 0);
}

static void everything_is_as_usual_with_a_token(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_client(fixture);
    send_text(client, "GET /now/1 HTTP/1.1\r\n" HOST TOKEN "\r\n");
    await_end(fixture, client, "<1>");
    send_text(client, ECHO_HEAD TOKEN "Content-Length: 4\r\n\r\n{");
    for (int i = 0; i < 10; i++)
        run_once(fixture);
    send_text(client, "123");
    await_end(fixture, client, "{123");
    send_text(client, ECHO_HEAD TOKEN "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    await_end(fixture, client, "HTTP/1.1 100 Continue\r\n\r\n");
    send_text(client, "[]");
    await_end(fixture, client, "[]");
    send_text(client, "GET /nowhere HTTP/1.1\r\n" HOST TOKEN "\r\n");
    await_end(fixture, client, "\"}");
    assert_has(fixture, "HTTP/1.1 404 Not Found\r\n");
    close(client);
}

static void open_routes_need_none(void **state)
{
    struct fixture *fixture = *state;
    int client = connect_client(fixture);
    ask(client, "/open");
    await_end(fixture, client, "<0>");
    send_text(client, "GET /open HTTP/1.1\r\n" HOST "Authorization: Bearer bad\r\n\r\n");
    await_end(fixture, client, "<0>");
    close(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOKEN_TEST(nothing_is_reached_without_a_token),
        TOKEN_TEST(the_head_alone_is_refused),
        TOKEN_TEST(what_follows_a_refused_head_is_not_read_as_a_request),
        TOKEN_TEST(everything_is_as_usual_with_a_token),
        TOKEN_TEST(open_routes_need_none),
    };
    return cmocka_run_group_tests_name("http/server_auth", tests, NULL, NULL);
}
