/* A server's bytes through the client's connection: which calls are answered, and with what, must
 * not depend on how the bytes are cut. */
#include <assert.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "fuzz/http_transcript.h"
#include "fuzz/net_twin.h"
#include "http/client_conn.h"

enum {
    CALL_COUNT = 3,
    CALL_TIMEOUT_MS = 1000,
    TOLD_SIZE_MAX = 1024 * 1024,
    CUT_EVERYWHERE_SIZE_MAX = 1024
};

static struct log the_log;
static struct loop the_loop;
static struct net_set the_set;
static struct buffer *told;
static size_t answer_count;
static uint64_t the_now_ms; /* stands still while bytes come */

static void append(const char *name, struct http_text text)
{
    buffer_append_text(told, name);
    buffer_append(told, text.data, text.size);
    buffer_append_byte(told, '\n');
}

static void on_answer(struct http_call *call, enum status status, const struct http_answer *answer)
{
    append("call ", (struct http_text){call->target, strlen(call->target)});
    buffer_append_text(told, status_text(status));
    assert((status == STATUS_OK) == (answer != NULL));
    /* Once sent, nothing but an answer says that it was not acted upon. */
    assert(status == STATUS_OK || status == STATUS_UNKNOWN);
    call->callback = NULL;
    if (answer == NULL)
        return;
    answer_count++;
    buffer_append_int(told, answer->status);
    for (size_t i = 0; i < answer->header_count; i++) {
        append("name ", answer->headers[i].name);
        append("value ", answer->headers[i].value);
    }
    append("body ", answer->body);
}

static void on_up(void *owner)
{
    (void)owner;
}

static void on_ended(void *owner, bool was_up, const char *reason)
{
    bool *is_over = owner;
    assert(was_up);
    *is_over = true;
    append("ended: ", (struct http_text){reason, strlen(reason)});
}

static uint64_t now_ms(void *context)
{
    (void)context;
    return the_now_ms;
}

static void open_loop(void)
{
    if (the_loop.log != NULL)
        return;
    log_init(&the_log, "fuzz", LOG_ERROR, LOG_FORMAT_TEXT, STDERR_FILENO);
    enum status status = loop_init(&the_loop, &the_log);
    assert(status == STATUS_OK);
    the_loop.clock.now_ms = now_ms;
    status = net_set_init(&the_set, &the_loop, (size_t)CALL_COUNT * HTTP_HEAD_SIZE_MAX, 1000);
    assert(status == STATUS_OK);
}

static void send_calls(struct client_conn *conn, struct http_call *calls)
{
    static const char *const targets[CALL_COUNT] = {"/0", "/1", "/2"};
    for (size_t i = 0; i < CALL_COUNT; i++) {
        calls[i] = (struct http_call){.method = HTTP_METHOD_POST,
                                      .target = targets[i],
                                      .deadline_ms = the_now_ms + CALL_TIMEOUT_MS,
                                      .callback = on_answer};
        client_conn_send(conn, &calls[i]);
    }
}

/* All bytes have come. The size of the plan chooses whether the server lets time pass before it
 * ends the connection. */
static void end(bool is_silent, struct net_conn *net)
{
    if (is_silent) {
        the_now_ms += CALL_TIMEOUT_MS;
        clock_run_due(&the_loop.clock);
    }
    if (net_twin_is_open(net))
        net_twin_end(net);
}

static void play(struct pieces pieces)
{
    static const struct client_conn_events events = {.on_up = on_up, .on_ended = on_ended};
    static const struct http_origin origin = {.authority = "a:1", .token = ""};
    static const struct net_address address;
    bool is_silent = pieces.plan_size % 2 == 1;
    bool is_over = false;
    struct http_call calls[CALL_COUNT];
    struct client_conn conn;
    struct piece piece;
    client_conn_init(&conn, &the_loop, &origin, &events, &is_over);
    bool is_connecting = client_conn_connect(&conn, &the_set, &address);
    assert(is_connecting);
    struct net_conn *net = conn.net;
    net_twin_connect(net);
    send_calls(&conn, calls);
    while (!is_over && pieces_take(&pieces, &piece)) {
        net_twin_receive(net, piece.data, piece.size);
        piece_drop(&piece);
        net_twin_turn(&the_set);
    }
    if (!is_over)
        end(is_silent, net);
    net_twin_turn(&the_set);
    assert(is_over && conn.state == CLIENT_CONN_DOWN);
    for (size_t i = 0; i < CALL_COUNT; i++)
        assert(calls[i].callback == NULL); /* each is answered, and once */
}

/* As many as are whole, up to the first behind which there is nothing more to come. */
static size_t expected_answer_count(struct pieces pieces)
{
    bool is_silent = pieces.plan_size % 2 == 1;
    struct http_parser parser;
    size_t count = 0;
    bool goes_on = true;
    http_parser_init(&parser, HTTP_PARSE_ANSWERS);
    for (size_t at = 0, taken; goes_on && at < pieces.size && count < CALL_COUNT; at += taken) {
        enum http_parse_result result =
            http_parser_feed(&parser, pieces.bytes + at, pieces.size - at, &taken);
        goes_on = result == HTTP_PARSE_MORE;
        if (result == HTTP_PARSE_MESSAGE) {
            goes_on = parser.message.keep_alive;
            count++;
        }
    }
    bool has_message = false;
    if (goes_on && !is_silent && count < CALL_COUNT)
        (void)http_parser_end(&parser, &has_message);
    http_parser_free(&parser);
    return has_message ? count + 1 : count;
}

static void compare(struct pieces pieces, enum cutting cutting, const struct buffer *whole)
{
    struct buffer cut;
    buffer_init(&cut, TOLD_SIZE_MAX);
    told = &cut;
    pieces.cutting = cutting;
    play(pieces);
    fuzz_compare("what the calls are told depends on the cuts", whole, &cut);
    buffer_free(&cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pieces pieces = pieces_of(data, size);
    open_loop();
    http_transcript_compare_cuts(HTTP_PARSE_ANSWERS, pieces);
    struct buffer whole;
    buffer_init(&whole, TOLD_SIZE_MAX);
    told = &whole;
    answer_count = 0;
    play(pieces);
    assert(answer_count == expected_answer_count(pieces));
    compare(pieces, CUT_AS_PLANNED, &whole);
    if (pieces.size <= CUT_EVERYWHERE_SIZE_MAX)
        compare(pieces, CUT_EVERYWHERE, &whole);
    buffer_free(&whole);
    return 0;
}
