#include "http/client_conn.h"

#include <assert.h>

static struct http_call *first_call(const struct client_conn *conn)
{
    return LIST_ELEMENT(conn->calls.next, struct http_call, node);
}

/* Off the list first: the callback may free the call, submit it again or close the client. */
static void answer_first(struct client_conn *conn, enum status status,
                         const struct http_answer *answer)
{
    struct http_call *call = first_call(conn);
    list_remove(&call->node);
    conn->call_count--;
    call->callback(call, status, answer);
}

/* The state must not let calls in any more. */
static void fail_calls(struct client_conn *conn)
{
    assert(conn->state != CLIENT_CONN_UP);
    while (!list_is_empty(&conn->calls))
        answer_first(conn, STATUS_UNKNOWN, NULL);
}

static void report_open_calls(const struct client_conn *conn)
{
    if (conn->call_count != 0)
        log_write(conn->loop->log, LOG_WARN, NULL, "connection to %s ended with %zu calls open: %s",
                  conn->origin->authority, conn->call_count, conn->end_reason);
}

static void end_connection(struct client_conn *conn, const char *reason)
{
    if (conn->state == CLIENT_CONN_DOWN || conn->state == CLIENT_CONN_CLOSING)
        return;
    conn->state = CLIENT_CONN_CLOSING;
    conn->end_reason = reason;
    net_conn_close(conn->net);
    report_open_calls(conn);
    fail_calls(conn);
}

/* Deadlines need not be in the order of the calls. */
static void watch_deadlines(struct client_conn *conn)
{
    uint64_t now_ms = clock_now_ms(&conn->loop->clock);
    uint64_t first_ms = UINT64_MAX;
    LIST_EACH (node, &conn->calls) {
        const struct http_call *call = LIST_ELEMENT(node, struct http_call, node);
        if (call->deadline_ms < first_ms)
            first_ms = call->deadline_ms;
    }
    if (first_ms <= now_ms)
        end_connection(conn, "no answer in time");
    else if (first_ms != UINT64_MAX)
        timer_start(&conn->loop->clock, &conn->timer, first_ms - now_ms);
}

static void on_timer(struct timer *timer, void *context)
{
    (void)timer;
    struct client_conn *conn = context;
    if (conn->state == CLIENT_CONN_CONNECTING)
        end_connection(conn, "no connection in time");
    else if (conn->state == CLIENT_CONN_UP)
        watch_deadlines(conn);
}

static void on_connected(void *owner)
{
    struct client_conn *conn = owner;
    if (conn->state != CLIENT_CONN_CONNECTING)
        return;
    conn->state = CLIENT_CONN_UP;
    conn->was_up = true;
    conn->events->on_up(conn->owner);
}

static void take_answer(struct client_conn *conn)
{
    const struct http_message *message = &conn->parser.message;
    const struct http_answer answer = {
        .status = message->status,
        .body = message->body,
        .headers = message->headers,
        .header_count = message->header_count,
    };
    bool keep_alive = message->keep_alive;
    conn->progress_ms = clock_now_ms(&conn->loop->clock);
    answer_first(conn, STATUS_OK, &answer);
    if (!keep_alive)
        end_connection(conn, "the other side ends it with this answer");
}

static void on_data(void *owner, const char *data, size_t size)
{
    struct client_conn *conn = owner;
    size_t used = 0;
    while (used < size && conn->state == CLIENT_CONN_UP) {
        if (list_is_empty(&conn->calls)) {
            end_connection(conn, "bytes that answer nothing");
            return;
        }
        size_t taken;
        enum http_parse_result result =
            http_parser_feed(&conn->parser, data + used, size - used, &taken);
        used += taken;
        if (result == HTTP_PARSE_ERROR)
            end_connection(conn, conn->parser.error.text);
        else if (result == HTTP_PARSE_MESSAGE)
            take_answer(conn);
    }
}

static void on_end(void *owner)
{
    struct client_conn *conn = owner;
    if (conn->state != CLIENT_CONN_UP)
        return;
    bool has_message;
    bool is_clean = http_parser_end(&conn->parser, &has_message);
    if (has_message && !list_is_empty(&conn->calls))
        take_answer(conn);
    end_connection(conn, is_clean ? "the other side closed it" : "an answer was cut");
}

static void on_closed(void *owner, int uv_error)
{
    struct client_conn *conn = owner;
    if (uv_error != 0 && conn->state != CLIENT_CONN_CLOSING)
        conn->end_reason = uv_strerror(uv_error);
    report_open_calls(conn);
    conn->state = CLIENT_CONN_DOWN;
    conn->net = NULL;
    timer_stop(&conn->loop->clock, &conn->timer);
    http_parser_free(&conn->parser);
    fail_calls(conn);
    conn->events->on_ended(conn->owner, conn->was_up, conn->end_reason);
}

static const struct net_conn_events net_events = {
    .on_connected = on_connected,
    .on_data = on_data,
    .on_end = on_end,
    .on_closed = on_closed,
};

void client_conn_init(struct client_conn *conn, struct loop *loop, const struct http_origin *origin,
                      const struct client_conn_events *events, void *owner)
{
    conn->state = CLIENT_CONN_DOWN;
    conn->loop = loop;
    conn->origin = origin;
    conn->events = events;
    conn->owner = owner;
    conn->net = NULL;
    conn->call_count = 0;
    conn->progress_ms = 0;
    list_init(&conn->calls);
    timer_init(&conn->timer, on_timer, conn);
}

bool client_conn_connect(struct client_conn *conn, struct net_set *set,
                         const struct net_address *address)
{
    assert(conn->state == CLIENT_CONN_DOWN);
    conn->net = net_conn_connect(set, &address->any, &net_events, conn);
    if (conn->net == NULL)
        return false;
    conn->state = CLIENT_CONN_CONNECTING;
    conn->was_up = false;
    conn->end_reason = "closed";
    http_parser_init(&conn->parser, HTTP_PARSE_ANSWERS);
    timer_start(&conn->loop->clock, &conn->timer, HTTP_CLIENT_CONNECT_MS);
    return true;
}

static void append_request(struct buffer *to, const struct http_call *call,
                           const struct http_origin *origin)
{
    buffer_append_text(to, http_method_name(call->method));
    buffer_append_byte(to, ' ');
    buffer_append_text(to, call->target);
    buffer_append_text(to, " HTTP/1.1\r\nHost: ");
    buffer_append_text(to, origin->authority);
    if (*origin->token != '\0') {
        buffer_append_text(to, "\r\nAuthorization: Bearer ");
        buffer_append_text(to, origin->token);
    }
    if (call->body.size != 0)
        buffer_append_text(to, "\r\nContent-Type: application/json");
    if (call->body.size != 0 || call->method != HTTP_METHOD_GET) {
        buffer_append_text(to, "\r\nContent-Length: ");
        buffer_append_int(to, (int64_t)call->body.size);
    }
    buffer_append_text(to, "\r\n");
    if (call->headers != NULL)
        buffer_append_text(to, call->headers);
    buffer_append_text(to, "\r\n");
    buffer_append(to, call->body.data, call->body.size);
}

void client_conn_send(struct client_conn *conn, struct http_call *call)
{
    assert(client_conn_has_room(conn));
    uint64_t now_ms = clock_now_ms(&conn->loop->clock);
    append_request(net_conn_output(conn->net), call, conn->origin);
    list_append(&conn->calls, &call->node);
    if (conn->call_count++ == 0)
        conn->progress_ms = now_ms;
    net_conn_mark(conn->net);
    /* A timer that is early looks at the calls again; so it need not move for each of them. */
    if (!timer_is_active(&conn->timer) || call->deadline_ms < conn->timer.deadline_ms) {
        uint64_t rest_ms = call->deadline_ms > now_ms ? call->deadline_ms - now_ms : 0;
        timer_start(&conn->loop->clock, &conn->timer, rest_ms);
    }
}

void client_conn_close(struct client_conn *conn)
{
    end_connection(conn, "the client is closed");
    /* Some may be left where the close comes from the callback of one of them. */
    fail_calls(conn);
}
