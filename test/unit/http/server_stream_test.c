/* Answers that go on: their framing, their turn, and how they end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "http/stream.h"
#include "unit/http/server_fixture.h"

/* A chunk's own bytes come on top of the piece's. */
enum { PIECE_SIZE = 64 * 1024, PIECE_COUNT_MAX = 1000, CHUNK_SIZE_MAX = 16 };

static void count_gone(void *context)
{
    int *gone_count = context;
    (*gone_count)++;
}

static bool begin(struct fixture *fixture, http_exchange_id exchange, int *gone_count)
{
    struct http_response response = {
        .status = 200,
        .headers = "Cache-Control: no-store\r\n",
        .content_type = "text/event-stream",
    };
    return http_stream_begin(fixture->server, exchange, &response, count_gone, gone_count);
}

static void append(struct fixture *fixture, http_exchange_id exchange, const char *text)
{
    http_stream_append(fixture->server, exchange, (struct http_text){text, strlen(text)});
}

static struct net_conn *conn_of(struct fixture *fixture, http_exchange_id exchange)
{
    return http_exchange_find(&fixture->server->exchanges, exchange)->session->conn;
}

static void run_turns(struct fixture *fixture)
{
    for (int i = 0; i < 10; i++)
        run_once(fixture);
}

static http_exchange_id open_stream(struct fixture *fixture, int client, int *gone_count)
{
    size_t count = fixture->pending_count;
    ask(client, "/later");
    await_pending(fixture, count + 1);
    assert_true(begin(fixture, fixture->pending[count], gone_count));
    await_end(fixture, client, "\r\n\r\n");
    return fixture->pending[count];
}

static void appends_leave_as_chunks(void **state)
{
    struct fixture *fixture = *state;
    int gone_count = 0;
    int client = connect_client(fixture);
    http_exchange_id stream = open_stream(fixture, client, &gone_count);
    assert_has(fixture, "HTTP/1.1 200 OK\r\n");
    assert_has(fixture, "Connection: close\r\n");
    assert_has(fixture, "Cache-Control: no-store\r\n");
    assert_has(fixture, "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
    assert_has_not(fixture, "Content-Length");
    append(fixture, stream, "first and");
    append(fixture, stream, "seventeen letters");
    await_end(fixture, client, "letters\r\n");
    assert_string_equal(fixture->received.data, "9\r\nfirst and\r\n11\r\nseventeen letters\r\n");
    http_stream_end(fixture->server, stream);
    await_close(fixture, client);
    assert_string_equal(fixture->received.data, "0\r\n\r\n");
    assert_int_equal(gone_count, 0);
    assert_int_equal(http_server_unfinished_count(fixture->server), 0);
}

static void stream_to_an_old_client_ends_with_its_connection(void **state)
{
    struct fixture *fixture = *state;
    int gone_count = 0;
    int client = connect_client(fixture);
    send_text(client, "GET /later HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    await_pending(fixture, 1);
    assert_true(begin(fixture, fixture->pending[0], &gone_count));
    append(fixture, fixture->pending[0], "bare");
    await_end(fixture, client, "\r\n\r\nbare");
    assert_has(fixture, "Connection: close\r\n");
    assert_has_not(fixture, "Transfer-Encoding");
    http_stream_end(fixture->server, fixture->pending[0]);
    await_close(fixture, client);
    assert_string_equal(fixture->received.data, "");
    assert_int_equal(gone_count, 0);
}

static void head_is_answered_at_once(void **state)
{
    struct fixture *fixture = *state;
    int gone_count = 0;
    int client = connect_client(fixture);
    send_text(client, "HEAD /later HTTP/1.1\r\n" HOST "\r\n");
    await_pending(fixture, 1);
    assert_false(begin(fixture, fixture->pending[0], &gone_count));
    await_end(fixture, client, "Transfer-Encoding: chunked\r\n\r\n");
    ask(client, "/now/7"); /* the connection stays */
    await_end(fixture, client, "<7>");
    append(fixture, fixture->pending[0], "nobody reads this");
    close(client);
    run_turns(fixture);
    assert_int_equal(gone_count, 0);
}

static void stream_waits_for_its_turn(void **state)
{
    struct fixture *fixture = *state;
    int gone_count = 0;
    int client = connect_client(fixture);
    for (int i = 0; i < 3; i++)
        ask(client, "/later");
    await_pending(fixture, 3);
    assert_true(begin(fixture, fixture->pending[1], &gone_count));
    append(fixture, fixture->pending[1], "early");
    reply_number(fixture, fixture->pending[2], 3);
    run_turns(fixture);
    assert_true(hears_nothing(client));
    reply_number(fixture, fixture->pending[0], 1);
    await_end(fixture, client, "\r\n5\r\nearly\r\n");
    assert_has(fixture, "<1>HTTP/1.1 200 OK\r\n");
    append(fixture, fixture->pending[1], "late");
    await_end(fixture, client, "4\r\nlate\r\n");
    assert_string_equal(fixture->received.data, "4\r\nlate\r\n");
    http_stream_end(fixture->server, fixture->pending[1]);
    await_close(fixture, client);
    assert_has(fixture, "0\r\n\r\nHTTP/1.1 200 OK\r\n");
    assert_has(fixture, "Connection: close\r\n");
    assert_has(fixture, "<3>");
    assert_int_equal(gone_count, 0);
}

static void nothing_is_read_behind_a_stream(void **state)
{
    struct fixture *fixture = *state;
    int gone_count = 0;
    int client = connect_client(fixture);
    http_exchange_id stream = open_stream(fixture, client, &gone_count);
    ask(client, "/now/1");
    ask(client, "/later");
    run_turns(fixture);
    assert_true(hears_nothing(client));
    assert_int_equal(fixture->pending_count, 1);
    http_stream_end(fixture->server, stream);
    await_close(fixture, client);
    assert_string_equal(fixture->received.data, "0\r\n\r\n");
}

/* What was read already waits behind a full pipeline, where it would hide the client's end. */
static void end_of_a_client_is_seen_behind_a_full_pipeline(void **state)
{
    struct fixture *fixture = *state;
    int gone_count = 0;
    int client = connect_client(fixture);
    for (int i = 0; i < HTTP_PIPELINE_DEPTH_MAX + 4; i++)
        ask(client, "/later");
    await_pending(fixture, HTTP_PIPELINE_DEPTH_MAX);
    run_turns(fixture);
    assert_true(begin(fixture, fixture->pending[0], &gone_count));
    shutdown(client, SHUT_WR);
    await_close(fixture, client);
    assert_int_equal(gone_count, 1);
    assert_int_equal(http_server_unfinished_count(fixture->server), 0);
}

static void client_that_leaves_is_told_once(void **state)
{
    struct fixture *fixture = *state;
    int gone_count = 0;
    int client = connect_client(fixture);
    http_exchange_id stream = open_stream(fixture, client, &gone_count);
    close(client);
    run_turns(fixture);
    assert_int_equal(gone_count, 1);
    assert_int_equal(http_server_unfinished_count(fixture->server), 0);
    append(fixture, stream, "nobody reads this");
    http_stream_end(fixture->server, stream);
    assert_false(begin(fixture, stream, &gone_count));
    run_turns(fixture);
    assert_int_equal(gone_count, 1);
}

static void client_that_left_before_the_stream_has_none(void **state)
{
    struct fixture *fixture = *state;
    int gone_count = 0;
    int client = connect_client(fixture);
    ask(client, "/later");
    ask(client, "/later");
    await_pending(fixture, 2);
    shutdown(client, SHUT_WR);
    run_turns(fixture);
    assert_false(begin(fixture, fixture->pending[1], &gone_count));
    reply_number(fixture, fixture->pending[0], 1);
    await_close(fixture, client);
    assert_has(fixture, "<1>");
    assert_has_not(fixture, "text/event-stream");
    assert_int_equal(gone_count, 0);
    assert_int_equal(http_server_unfinished_count(fixture->server), 0);
}

/* A stream behind a request that waits: the client may well read its answer, then leaves. */
static void half_closed_client_has_its_other_answers(void **state)
{
    struct fixture *fixture = *state;
    int gone_count = 0;
    int client = connect_client(fixture);
    ask(client, "/later");
    ask(client, "/later");
    await_pending(fixture, 2);
    assert_true(begin(fixture, fixture->pending[1], &gone_count));
    shutdown(client, SHUT_WR);
    run_turns(fixture);
    assert_int_equal(gone_count, 0);
    reply_number(fixture, fixture->pending[0], 1);
    await_close(fixture, client);
    assert_has(fixture, "<1>");
    assert_int_equal(gone_count, 1);
}

static void append_piece(struct fixture *fixture, http_exchange_id stream)
{
    static char piece[PIECE_SIZE];
    memset(piece, 'x', sizeof piece);
    http_stream_append(fixture->server, stream, (struct http_text){piece, sizeof piece});
    run_once(fixture);
}

static void slow_reader_is_dropped_and_others_go_on(void **state)
{
    struct fixture *fixture = *state;
    int slow_gone_count = 0;
    int gone_count = 0;
    int slow = connect_client(fixture);
    int client = connect_client(fixture);
    http_exchange_id slow_stream = open_stream(fixture, slow, &slow_gone_count);
    http_exchange_id stream = open_stream(fixture, client, &gone_count);
    for (int i = 0; i < PIECE_COUNT_MAX && slow_gone_count == 0; i++) {
        size_t unsent_size = net_conn_unsent_size(conn_of(fixture, slow_stream));
        assert_true(unsent_size <= HTTP_STREAM_UNSENT_SIZE_MAX + CHUNK_SIZE_MAX);
        append_piece(fixture, slow_stream);
        append(fixture, stream, "short");
        await_end(fixture, client, "5\r\nshort\r\n");
    }
    assert_int_equal(slow_gone_count, 1);
    assert_int_equal(gone_count, 0);
    assert_int_equal(http_server_metrics(fixture->server)->endings[HTTP_ENDING_WRITE], 1);
    http_stream_end(fixture->server, stream);
    await_close(fixture, client);
    close(slow);
}

static void slow_reader_does_not_delay_the_end(void **state)
{
    struct fixture *fixture = *state;
    int gone_count = 0;
    int client = connect_client(fixture);
    http_exchange_id stream = open_stream(fixture, client, &gone_count);
    struct net_conn *conn = conn_of(fixture, stream);
    for (int i = 0; i < PIECE_COUNT_MAX && !net_conn_is_stalled(conn); i++)
        append_piece(fixture, stream);
    assert_true(net_conn_is_stalled(conn));
    http_server_drain(fixture->server);
    http_stream_end(fixture->server, stream);
    run_turns(fixture);
    assert_int_equal(http_server_unfinished_count(fixture->server), 0);
    assert_int_equal(gone_count, 0);
    close(client);
}

static void silence_ends_no_stream(void **state)
{
    struct fixture *fixture = *state;
    int gone_count = 0;
    int client = connect_client(fixture);
    http_exchange_id stream = open_stream(fixture, client, &gone_count);
    advance(fixture, (uint64_t)3 * HTTP_IDLE_MS);
    run_turns(fixture);
    append(fixture, stream, "still here");
    await_end(fixture, client, "still here\r\n");
    http_server_drain(fixture->server);
    run_turns(fixture);
    assert_int_equal(http_server_unfinished_count(fixture->server), 1);
    http_stream_end(fixture->server, stream);
    await_close(fixture, client);
    assert_int_equal(gone_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(appends_leave_as_chunks),
        TEST(stream_to_an_old_client_ends_with_its_connection),
        TEST(head_is_answered_at_once),
        TEST(stream_waits_for_its_turn),
        TEST(nothing_is_read_behind_a_stream),
        TEST(end_of_a_client_is_seen_behind_a_full_pipeline),
        TEST(client_that_leaves_is_told_once),
        TEST(client_that_left_before_the_stream_has_none),
        TEST(half_closed_client_has_its_other_answers),
        TEST(slow_reader_is_dropped_and_others_go_on),
        TEST(slow_reader_does_not_delay_the_end),
        TEST(silence_ends_no_stream),
    };
    return cmocka_run_group_tests_name("http/server_stream", tests, NULL, NULL);
}
