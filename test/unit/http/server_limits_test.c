/* The start, the end, and a lack of room. */
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "unit/http/server_fixture.h"

static void drain_ends_what_is_idle_and_finishes_the_rest(void **state)
{
    struct fixture *fixture = *state;
    int idle = connect_client(fixture);
    int busy = connect_client(fixture);
    int halfway = connect_client(fixture);
    int port = http_server_port(fixture->server);
    send_text(idle, "GET /now/1 HTTP/1.1\r\n" HOST "\r\n");
    await_end(fixture, idle, "<1>");
    send_text(busy, "GET /later HTTP/1.1\r\n" HOST "\r\nGET /later HTTP/1.1\r\n" HOST "\r\n");
    send_text(halfway, "GET /now/5 HTTP/1.1\r\n");
    await_pending(fixture, 2);
    run_once(fixture);
    http_server_drain(fixture->server);
    await_close(fixture, idle);
    assert_int_equal(fixture->received.size, 1);
    int late = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    assert_int_equal(connect(late, (struct sockaddr *)&address, sizeof address), -1);
    assert_int_equal(errno, ECONNREFUSED);
    close(late);
    send_text(halfway, HOST "\r\n");
    await_close(fixture, halfway);
    assert_has(fixture, "Connection: close\r\n");
    assert_has(fixture, "<5>");
    assert_int_equal(http_server_unfinished_count(fixture->server), 2);
    reply_number(fixture, fixture->pending[0], 2);
    reply_number(fixture, fixture->pending[1], 3);
    await_close(fixture, busy);
    assert_has(fixture, "<2>HTTP/1.1 200 OK\r\n");
    assert_has(fixture, "Connection: close\r\n");
    assert_has(fixture, "<3>");
    assert_int_equal(http_server_unfinished_count(fixture->server), 0);
}

static int connect_and_ask(struct fixture *fixture, const char *path)
{
    int client = connect_client(fixture);
    ask(client, path);
    return client;
}

static void run_turns(struct fixture *fixture)
{
    for (int i = 0; i < 10; i++)
        run_once(fixture);
}

static void clients_wait_where_there_is_no_room(void **state)
{
    struct fixture *fixture = *state;
    fixture->server->session_count_max = 2;
    int halfway = connect_client(fixture);
    send_text(halfway, "GET /now/3 HTTP/1.1\r\n");
    int first = connect_and_ask(fixture, "/later");
    await_pending(fixture, 1);
    int second = connect_and_ask(fixture, "/now/2");
    run_turns(fixture);
    assert_true(hears_nothing(second));
    assert_int_equal(fixture->server->session_count, 2);
    close(first);
    reply_number(fixture, fixture->pending[0], 1); /* to nobody: that was its place */
    await_end(fixture, second, "<2>");
    send_text(halfway, HOST "\r\n");
    await_end(fixture, halfway, "<3>");
    assert_int_equal(http_server_metrics(fixture->server)->endings[HTTP_ENDING_EVICTED], 0);
    close(second);
    close(halfway);
}

static void who_is_idle_for_longest_makes_room(void **state)
{
    struct fixture *fixture = *state;
    fixture->server->session_count_max = 3;
    int clients[3];
    for (int i = 0; i < 3; i++) {
        clients[i] = connect_and_ask(fixture, "/now/1");
        await_end(fixture, clients[i], "<1>");
    }
    ask(clients[0], "/later"); /* the oldest one, but not idle any more */
    await_pending(fixture, 1);
    ask(clients[1], "/now/2"); /* idle again, for less long than the third one */
    await_end(fixture, clients[1], "<2>");
    int another = connect_and_ask(fixture, "/now/4");
    await_end(fixture, another, "<4>");
    await_close(fixture, clients[2]);
    assert_int_equal(http_server_metrics(fixture->server)->endings[HTTP_ENDING_EVICTED], 1);
    assert_int_equal(fixture->server->session_count, 3);
    ask(clients[1], "/now/5");
    await_end(fixture, clients[1], "<5>");
    reply_number(fixture, fixture->pending[0], 6);
    await_end(fixture, clients[0], "<6>");
    close(clients[0]);
    close(clients[1]);
    close(another);
}

static void who_gets_idle_makes_room_for_who_waits(void **state)
{
    struct fixture *fixture = *state;
    fixture->server->session_count_max = 1;
    int first = connect_and_ask(fixture, "/later");
    await_pending(fixture, 1);
    int second = connect_and_ask(fixture, "/now/2");
    run_turns(fixture);
    assert_true(hears_nothing(second));
    reply_number(fixture, fixture->pending[0], 1);
    await_end(fixture, first, "<1>");
    await_end(fixture, second, "<2>");
    await_close(fixture, first);
    close(second);
}

/* Its request and the new client come in one turn: the reply is not lost. */
static void who_was_just_served_makes_room_after_its_reply(void **state)
{
    struct fixture *fixture = *state;
    fixture->server->session_count_max = 1;
    int first = connect_and_ask(fixture, "/now/1");
    await_end(fixture, first, "<1>");
    ask(first, "/now/2");
    int second = connect_and_ask(fixture, "/now/3");
    await_end(fixture, first, "<2>");
    await_end(fixture, second, "<3>");
    await_close(fixture, first);
    close(second);
}

static void many_make_room_for_many(void **state)
{
    enum { COUNT = 20 };
    struct fixture *fixture = *state;
    fixture->server->session_count_max = COUNT;
    int clients[2 * COUNT];
    for (int i = 0; i < 2 * COUNT; i++) {
        clients[i] = connect_and_ask(fixture, "/now/1");
        if (i < COUNT)
            await_end(fixture, clients[i], "<1>");
    }
    for (int i = COUNT; i < 2 * COUNT; i++)
        await_end(fixture, clients[i], "<1>");
    assert_int_equal(http_server_metrics(fixture->server)->endings[HTTP_ENDING_EVICTED], COUNT);
    assert_int_equal(fixture->server->session_count, COUNT);
    assert_int_equal(fixture->server->evicted_count, 0);
    for (int i = 0; i < COUNT; i++)
        await_close(fixture, clients[i]);
    for (int i = COUNT; i < 2 * COUNT; i++)
        close(clients[i]);
}

static void allow_descriptors_below(int end)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = end < 0 ? limit.rlim_max : (rlim_t)end;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void running_out_of_descriptors_is_survived(void **state)
{
    struct fixture *fixture = *state;
    int first = connect_client(fixture);
    int second = connect_client(fixture);
    send_text(first, "GET /now/1 HTTP/1.1\r\n" HOST "\r\n");
    send_text(second, "GET /now/2 HTTP/1.1\r\n" HOST "\r\n");
    /* The next descriptor would have this number. */
    int next = dup(second);
    close(next);
    allow_descriptors_below(next);
    for (int i = 0; i < 10; i++)
        run_once(fixture);
    assert_int_equal(take_log_count(fixture, "Can't accept connections"), 1);
    /* Enough for one client: that is not the end of the shortage, and no reason to log it anew. */
    allow_descriptors_below(next + 1);
    advance(fixture, NET_LISTENER_RETRY_MS);
    await_end(fixture, first, "<1>");
    advance(fixture, NET_LISTENER_RETRY_MS);
    run_once(fixture);
    assert_int_equal(take_log_count(fixture, "Can't accept connections"), 0);
    advance(fixture, NET_LISTENER_WARNING_MS);
    run_once(fixture);
    assert_int_equal(take_log_count(fixture, "Can't accept connections"), 1);
    allow_descriptors_below(-1);
    advance(fixture, NET_LISTENER_RETRY_MS);
    await_end(fixture, second, "<2>");
    close(first);
    close(second);
}

static void bad_addresses_are_refused(void **state)
{
    struct fixture *fixture = *state;
    struct http_server_settings settings = {.listen = "nowhere:8000"};
    struct http_server *server = NULL;
    fixture->log.level = LOG_ERROR + 1; /* the reason is logged; not here */
    assert_int_equal(http_server_open(&fixture->loop, &settings, &server), STATUS_INVALID);
    char taken[32];
    snprintf(taken, sizeof taken, "127.0.0.1:%d", http_server_port(fixture->server));
    settings.listen = taken;
    assert_int_equal(http_server_open(&fixture->loop, &settings, &server), STATUS_SYSTEM);
    assert_null(server);
}

static void clients_are_refused_until_it_listens(void **state)
{
    struct fixture *fixture = *state;
    struct http_server_settings settings = {.listen = "127.0.0.1:0"};
    struct http_server *server = NULL;
    assert_int_equal(http_server_open(&fixture->loop, &settings, &server), STATUS_OK);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)http_server_port(server)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int client = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof address), -1);
    assert_int_equal(errno, ECONNREFUSED);
    assert_int_equal(http_server_listen(server), STATUS_OK);
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    close(client);
    http_server_close(server);
    run_once(fixture);
}

static void one_that_drains_does_not_begin_to_listen(void **state)
{
    struct fixture *fixture = *state;
    struct http_server_settings settings = {.listen = "127.0.0.1:0"};
    struct http_server *server = NULL;
    assert_int_equal(http_server_open(&fixture->loop, &settings, &server), STATUS_OK);
    http_server_drain(server);
    assert_int_equal(http_server_listen(server), STATUS_OK);
    http_server_close(server);
    run_once(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(drain_ends_what_is_idle_and_finishes_the_rest),
        TEST(clients_wait_where_there_is_no_room),
        TEST(who_is_idle_for_longest_makes_room),
        TEST(who_gets_idle_makes_room_for_who_waits),
        TEST(who_was_just_served_makes_room_after_its_reply),
        TEST(many_make_room_for_many),
        TEST(running_out_of_descriptors_is_survived),
        TEST(bad_addresses_are_refused),
        TEST(clients_are_refused_until_it_listens),
        TEST(one_that_drains_does_not_begin_to_listen),
    };
    return cmocka_run_group_tests_name("http/server_limits", tests, NULL, NULL);
}
