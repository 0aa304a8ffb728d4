/* A client's bytes through the whole server, from the parser to the reply; only the network is a
 * twin. What the handlers see and what the client gets must not depend on how the bytes are cut,
 * nor on when a reply is ready. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "fuzz/http_transcript.h"
#include "fuzz/net_twin.h"
#include "http/session.h"
#include "http/stream.h"

enum {
    SEEN_SIZE_MAX = 1024 * 1024,
    SENT_SIZE_MAX = 16 * 1024 * 1024,
    LARGE_SIZE = 100 * 1024,
    CUT_EVERYWHERE_SIZE_MAX = 1024,
};

/* How a connection comes to its end when all bytes have come; the size of the plan chooses. */
enum ending { CLIENT_ENDS, CLIENT_IS_SILENT, SERVER_DRAINS, ENDING_COUNT };

/* One connection's story. */
struct story {
    struct buffer seen; /* by the handlers */
    struct buffer sent; /* by the server */
    int request_count;
    http_exchange_id pending[HTTP_PIPELINE_DEPTH_MAX];
    int numbers[HTTP_PIPELINE_DEPTH_MAX];
    size_t pending_count;
    http_exchange_id stream; /* 0: none is open */
    bool is_broken_off;      /* how much of it comes about depends on when its bytes come */
};

static struct log the_log;
static struct loop the_loop;
static struct http_server *the_server;
static struct story *the_story;
static uint64_t the_now_ms; /* stands still while bytes come */

static void reply(http_exchange_id exchange, int number, size_t size)
{
    char *body = malloc(size);
    assert(body != NULL);
    memset(body, 'x', size);
    char header[32];
    snprintf(header, sizeof header, "Number: %d\r\n", number);
    struct http_response response = {
        .status = 200, .headers = header, .body = {.data = body, .size = size}};
    http_reply(the_server, exchange, &response);
    free(body);
}

static void append(const char *name, struct http_text text)
{
    buffer_append_text(&the_story->seen, name);
    buffer_append(&the_story->seen, text.data, text.size);
    buffer_append_byte(&the_story->seen, '\n');
}

static int see(const struct http_request *request)
{
    buffer_append_text(&the_story->seen, http_method_name(request->method));
    append(" ", request->path);
    append("?", request->query);
    buffer_append_int(&the_story->seen, request->path_id);
    for (size_t i = 0; i < request->header_count; i++) {
        append("name ", request->headers[i].name);
        append("value ", request->headers[i].value);
    }
    append("body ", request->body);
    return the_story->request_count++;
}

static void handle_now(void *service, http_exchange_id exchange, const struct http_request *request)
{
    (void)service;
    reply(exchange, see(request), 1);
}

static void handle_large(void *service, http_exchange_id exchange,
                         const struct http_request *request)
{
    (void)service;
    reply(exchange, see(request), LARGE_SIZE);
}

static void handle_later(void *service, http_exchange_id exchange,
                         const struct http_request *request)
{
    struct story *story = the_story;
    (void)service;
    assert(story->pending_count < HTTP_PIPELINE_DEPTH_MAX);
    story->numbers[story->pending_count] = see(request);
    story->pending[story->pending_count++] = exchange;
}

static void handle_never(void *service, http_exchange_id exchange,
                         const struct http_request *request)
{
    (void)service;
    see(request);
    the_story->is_broken_off = true;
    http_leave_unanswered(the_server, exchange);
}

static void handle_cut(void *service, http_exchange_id exchange, const struct http_request *request)
{
    (void)service;
    see(request);
    the_story->is_broken_off = true;
    http_abandon(the_server, exchange);
}

static void on_stream_gone(void *context)
{
    struct story *story = context;
    assert(story->stream != 0); /* once, and not after its end */
    story->stream = 0;
}

static void append_to_stream(const struct story *story)
{
    http_stream_append(the_server, story->stream, (struct http_text){"data: x\n\n", 9});
}

static void handle_stream(void *service, http_exchange_id exchange,
                          const struct http_request *request)
{
    struct http_response response = {.status = 200, .content_type = "text/event-stream"};
    (void)service;
    see(request);
    the_story->is_broken_off = true;
    if (!http_stream_begin(the_server, exchange, &response, on_stream_gone, the_story))
        return;
    the_story->stream = exchange;
    append_to_stream(the_story);
}

static const struct http_route routes[] = {
    {HTTP_METHOD_GET, "/", handle_now, .is_open = true},
    {HTTP_METHOD_GET, "/now/{id}", handle_now, .is_open = true},
    {HTTP_METHOD_GET, "/later", handle_later, .is_open = true},
    {HTTP_METHOD_POST, "/later", handle_later, .takes_json = true, .is_open = true},
    {HTTP_METHOD_POST, "/now/{id}/void", handle_now, .is_open = true},
    {HTTP_METHOD_GET, "/large", handle_large, .is_open = true},
    {HTTP_METHOD_GET, "/never", handle_never, .is_open = true},
    {HTTP_METHOD_GET, "/cut", handle_cut, .is_open = true},
    {HTTP_METHOD_GET, "/stream", handle_stream, .is_open = true},
    {HTTP_METHOD_GET, "/private", handle_now, .is_open = false},
    {HTTP_METHOD_POST, "/private", handle_now, .takes_json = true},
};

/* Linked in place of the C library's: the Date header stays the same. */
time_t __wrap_time(time_t *now);
time_t __wrap_time(time_t *now)
{
    if (now != NULL)
        *now = 0;
    return 0;
}

static uint64_t now_ms(void *context)
{
    (void)context;
    return the_now_ms;
}

/* Once: the server lives as long as the process. Nobody connects to its port. */
static void open_server(void)
{
    static const struct http_server_settings settings = {
        .listen = "127.0.0.1:0",
        .routes = routes,
        .route_count = sizeof routes / sizeof routes[0],
        .tokens = "secret,other",
    };
    if (the_server != NULL)
        return;
    log_init(&the_log, "fuzz", LOG_ERROR, LOG_FORMAT_TEXT, STDERR_FILENO);
    enum status status = loop_init(&the_loop, &the_log);
    assert(status == STATUS_OK);
    the_loop.clock.now_ms = now_ms;
    status = http_server_open(&the_loop, &settings, &the_server);
    assert(status == STATUS_OK);
}

/* In the wrong order, so that the server has to keep them until their turn. */
static void answer_pending(struct story *story)
{
    while (story->pending_count != 0) {
        story->pending_count--;
        reply(story->pending[story->pending_count], story->numbers[story->pending_count], 1);
    }
    if (story->stream == 0)
        return;
    append_to_stream(story);
    http_stream_end(the_server, story->stream);
    story->stream = 0;
}

static void end_turn(struct http_session *session)
{
    assert(session->exchange_count <= HTTP_PIPELINE_DEPTH_MAX);
    assert(session->input.size <= NET_TWIN_READ_SIZE_MAX);
    net_twin_turn(&the_server->set);
}

static bool is_over(void)
{
    return the_server->session_count == 0;
}

/* The connection's only session, which is there until is_over(). */
static void receive(struct story *story, struct http_session *session, const struct piece *piece)
{
    size_t at = 0;
    if (piece->size == 0)
        answer_pending(story);
    for (;;) {
        at += net_twin_receive(session->conn, piece->data + at, piece->size - at);
        bool is_read = at == piece->size || !net_twin_is_open(session->conn);
        end_turn(session);
        if (is_read || is_over())
            return;
        answer_pending(story); /* or there will never be room for the rest */
    }
}

/* What a client that says nothing more is given. */
static void let_time_pass(struct story *story, struct http_session *session)
{
    for (int i = 0; i < 2 && !is_over(); i++) {
        the_now_ms += HTTP_HEAD_MS + HTTP_BODY_MS + HTTP_IDLE_MS;
        clock_run_due(&the_loop.clock);
        answer_pending(story);
        end_turn(session);
    }
}

/* All bytes have come. Whatever happens next, the session is not kept. */
static void end(enum ending ending, struct story *story, struct http_session *session)
{
    while (session->input.size != 0) {
        answer_pending(story);
        end_turn(session);
        if (is_over())
            return;
    }
    if (ending == CLIENT_ENDS)
        net_twin_end(session->conn);
    if (ending == SERVER_DRAINS)
        http_session_drain(session);
    answer_pending(story);
    for (int i = 0; i < 2 && !is_over(); i++)
        end_turn(session);
    if (ending != CLIENT_ENDS)
        let_time_pass(story, session);
}

static void play(struct pieces pieces, struct story *story)
{
    enum ending ending = (enum ending)(pieces.plan_size % ENDING_COUNT);
    struct piece piece;
    the_story = story;
    net_twin_collect(&story->sent);
    http_session_open(the_server, -1);
    struct http_session *session =
        LIST_ELEMENT(the_server->sessions.next, struct http_session, node);
    while (!is_over() && pieces_take(&pieces, &piece)) {
        receive(story, session, &piece);
        piece_drop(&piece);
    }
    if (!is_over())
        end(ending, story, session);
    assert(story->stream == 0);
    answer_pending(story); /* to exchanges that are no more */
    assert(is_over() && the_server->exchanges.taken_count == 0);
    net_twin_collect(NULL);
}

/* Whether the client has to be told to go on depends on how much it has sent. */
static void forget_continue(struct buffer *sent)
{
    static const char line[] = "HTTP/1.1 100 Continue\r\n\r\n";
    size_t line_size = sizeof line - 1;
    char *place;
    while (sent->size != 0 && (place = memmem(sent->data, sent->size, line, line_size)) != NULL) {
        size_t rest = sent->size - (size_t)(place - sent->data) - line_size;
        memmove(place, place + line_size, rest);
        sent->size -= line_size;
    }
}

/* Who may not ask need not send a body, and the connection ends where it has not come. */
static bool is_refused(const struct buffer *sent)
{
    static const char line[] = "HTTP/1.1 401 ";
    return sent->size != 0 && memmem(sent->data, sent->size, line, sizeof line - 1) != NULL;
}

/* Replies come in the order of the requests. */
static void check_order(const struct story *story)
{
    static const char header[] = "\r\nNumber: ";
    const char *at = story->sent.data;
    long last = -1;
    if (at == NULL)
        return;
    const char *end = at + story->sent.size;
    while ((at = memmem(at, (size_t)(end - at), header, sizeof header - 1)) != NULL) {
        long number = strtol(at + sizeof header - 1, NULL, 10);
        assert(number > last && number < story->request_count);
        last = number;
        at += sizeof header - 1;
    }
}

static void tell(struct pieces pieces, enum cutting cutting, struct story *story)
{
    *story = (struct story){0};
    buffer_init(&story->seen, SEEN_SIZE_MAX);
    buffer_init(&story->sent, SENT_SIZE_MAX);
    pieces.cutting = cutting;
    play(pieces, story);
    forget_continue(&story->sent);
    check_order(story);
    story->is_broken_off |= is_refused(&story->sent);
}

static void forget(struct story *story)
{
    buffer_free(&story->seen);
    buffer_free(&story->sent);
}

static void compare(struct pieces pieces, enum cutting cutting, const struct story *whole)
{
    struct story cut;
    tell(pieces, cutting, &cut);
    if (!whole->is_broken_off && !cut.is_broken_off) {
        fuzz_compare("what handlers see depends on the cuts", &whole->seen, &cut.seen);
        fuzz_compare("what the client gets depends on the cuts", &whole->sent, &cut.sent);
    }
    forget(&cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pieces pieces = pieces_of(data, size);
    open_server();
    http_transcript_compare_cuts(HTTP_PARSE_REQUESTS, pieces);
    struct story whole;
    tell(pieces, CUT_NOWHERE, &whole);
    compare(pieces, CUT_AS_PLANNED, &whole);
    if (pieces.size <= CUT_EVERYWHERE_SIZE_MAX)
        compare(pieces, CUT_EVERYWHERE, &whole);
    forget(&whole);
    return 0;
}
