#include "http/session_private.h"

#include <assert.h>
#include <unistd.h>

#include "http/dispatch.h"

enum { INPUT_SIZE_MAX = 64 * 1024, KEPT_INPUT_SIZE_MAX = 4096 };

/* Nothing was sent lately that closing at once could destroy, so the socket is free at once. */
static void end_at_once(struct http_session *session)
{
    session->is_finished = true;
    deadline_stop(&session->deadline);
    net_conn_close(session->conn);
}

/* Everything that can be is sent; then the connection ends. */
static void finish(struct http_session *session)
{
    session->is_finished = true;
    deadline_stop(&session->deadline);
    net_conn_close_gently(session->conn);
}

static struct deadline_queue *queue_of(struct http_server *server, enum http_waiting waiting)
{
    switch (waiting) {
    case HTTP_WAITING_FOR_HEAD:
        return &server->head_deadlines;
    case HTTP_WAITING_FOR_BODY:
        return &server->body_deadlines;
    case HTTP_WAITING_IDLE:
        return &server->idle_deadlines;
    case HTTP_WAITING_STUCK:
        return &server->stuck_deadlines;
    case HTTP_WAITING_FOR_NOTHING:
        break;
    }
    return NULL;
}

static void expect(struct http_session *session, enum http_waiting waiting)
{
    if (session->waiting == waiting)
        return;
    session->waiting = waiting;
    struct deadline_queue *queue = queue_of(session->server, waiting);
    if (queue == NULL)
        deadline_stop(&session->deadline);
    else
        deadline_start(queue, &session->deadline);
    /* It can make room for a client who waits. */
    if (waiting == HTTP_WAITING_IDLE)
        net_listener_resume(&session->server->listener);
}

static void send_owed_continue(struct http_session *session)
{
    if (!session->owes_continue || session->exchange_count != 0)
        return;
    session->owes_continue = false;
    buffer_append_text(net_conn_output(session->conn), "HTTP/1.1 100 Continue\r\n\r\n");
    net_conn_mark(session->conn);
}

/* The replies behind the oldest request, which has no end, are never sent. */
static void give_up(struct http_session *session)
{
    session_remove_all_exchanges(session);
    finish(session);
}

/* No reply will ever leave again. Requests are read while they have room; what is behind them is
 * dropped, as the client's end would not be seen behind bytes that nobody reads. */
static void wait_for_end(struct http_session *session)
{
    if (session->has_ended) {
        give_up(session);
        return;
    }
    if (session->input.size != 0) {
        session->is_last = true;
        buffer_clear(&session->input);
    }
    net_conn_resume_reading(session->conn);
    expect(session, HTTP_WAITING_STUCK);
}

void session_settle(struct http_session *session)
{
    if (session->is_finished)
        return;
    if (session->exchange_count == 0 && (session->is_last || session->has_ended)) {
        finish(session);
        return;
    }
    if (session_is_stuck(session)) {
        wait_for_end(session);
        return;
    }
    if (session_is_streaming(session) && session->has_ended) {
        give_up(session);
        return;
    }
    send_owed_continue(session);
    bool is_listening = !session->is_last && !session->has_ended && session->input.size == 0;
    if (is_listening && http_parser_is_inside(&session->parser))
        expect(session, http_parser_is_in_body(&session->parser) ? HTTP_WAITING_FOR_BODY
                                                                 : HTTP_WAITING_FOR_HEAD);
    else if (is_listening && session->exchange_count == 0 &&
             net_conn_unsent_size(session->conn) == 0)
        expect(session, HTTP_WAITING_IDLE);
    else
        expect(session, HTTP_WAITING_FOR_NOTHING);
}

/* For the request that the parser has. NULL: out of memory, and the connection is closed. */
static struct http_exchange *begin_exchange(struct http_session *session)
{
    expect(session, HTTP_WAITING_FOR_NOTHING); /* its next request has its own time */
    struct http_exchange *exchange = session_add_exchange(session);
    if (exchange != NULL)
        exchange->is_head = http_parser_is_to_head(&session->parser);
    return exchange;
}

/* An answer to bytes that make no good request: where the next one begins is not known. */
static void refuse_and_end(struct http_session *session, int status, const char *detail)
{
    struct http_exchange *exchange = begin_exchange(session);
    if (exchange == NULL)
        return;
    session->is_last = true;
    const char *headers = status == 503 ? HTTP_RETRY_AFTER : NULL;
    http_reply_error(session->server, exchange->id, status, headers, detail);
}

static void dispatch(struct http_session *session, bool is_last)
{
    const struct http_message *message = &session->parser.message;
    struct http_exchange *exchange = begin_exchange(session);
    if (exchange == NULL)
        return;
    session->owes_continue = false;
    session->is_head_judged = false;
    session->is_last = is_last || session->server->is_draining;
    exchange->is_http_1_0 = message->minor_version == 0;
    http_dispatch(session->server, exchange->id, message);
}

/* Who may not ask need not send a body. */
static void await_body(struct http_session *session, bool asks_to_continue)
{
    if (!session->is_head_judged && http_parser_is_in_body(&session->parser)) {
        session->is_head_judged = true;
        if (!http_dispatch_permits(session->server, &session->parser.message)) {
            dispatch(session, true);
            return;
        }
    }
    session->owes_continue |= asks_to_continue;
}

static bool has_room(const struct http_session *session)
{
    return session->exchange_count < HTTP_PIPELINE_DEPTH_MAX &&
           net_conn_unsent_size(session->conn) + session->held_size < HTTP_UNSENT_SIZE_MAX;
}

/* Parses as far as the pipeline has room; what was not taken is left. */
static size_t process(struct http_session *session, const char *data, size_t size)
{
    size_t at = 0;
    while (at < size && has_room(session) && !session->is_last && !session->is_finished) {
        size_t taken;
        enum http_parse_result result =
            http_parser_feed(&session->parser, data + at, size - at, &taken);
        at += taken;
        if (result == HTTP_PARSE_MESSAGE)
            dispatch(session, !session->parser.message.keep_alive);
        else if (result == HTTP_PARSE_ERROR)
            refuse_and_end(session, session->parser.error.status, session->parser.error.text);
        else
            await_body(session, result == HTTP_PARSE_EXPECT);
    }
    /* Behind the last request nothing is read. */
    return session->is_last || session->is_finished ? size : at;
}

static void on_data(void *owner, const char *data, size_t size)
{
    struct http_session *session = owner;
    if (session->is_finished)
        return;
    size_t taken = session->input.size != 0 ? 0 : process(session, data, size);
    if (taken < size) {
        buffer_append(&session->input, data + taken, size - taken);
        net_conn_pause_reading(session->conn);
        if (session->input.failed) {
            session->is_finished = true;
            net_conn_close(session->conn);
            return;
        }
    }
    session_settle(session);
}

static void process_input(struct http_session *session)
{
    /* Taken out meanwhile, as a handler may make the session drop what waits. */
    struct buffer waiting = session->input;
    buffer_init(&session->input, INPUT_SIZE_MAX);
    buffer_drop_front(&waiting, process(session, waiting.data, waiting.size));
    session->input = waiting;
    if (session->input.size == 0) {
        if (session->input.capacity > KEPT_INPUT_SIZE_MAX)
            buffer_free(&session->input);
        net_conn_resume_reading(session->conn);
    }
    /* This runs in the turn's last phase: what the handlers submitted needs another turn. */
    loop_wake(session->server->loop);
}

/* The output is empty: there may be room for requests that wait; or it is idle from now on. */
static void on_flushed(void *owner)
{
    struct http_session *session = owner;
    if (session->is_finished)
        return;
    if (session->input.size != 0 && has_room(session))
        process_input(session);
    session_settle(session);
}

static void on_end(void *owner)
{
    struct http_session *session = owner;
    assert(session->input.size == 0); /* while something waits there, nothing is read */
    session->has_ended = true;
    session_settle(session);
}

static void on_closed(void *owner, int uv_error)
{
    struct http_session *session = owner;
    struct http_server *server = session->server;
    if (uv_error == UV_ETIMEDOUT || uv_error == UV_ENOBUFS) {
        metrics_add(&server->metrics->endings[HTTP_ENDING_WRITE], 1);
        tally_count(&server->slow_readers);
    }
    session_remove_all_exchanges(session);
    deadline_stop(&session->deadline);
    http_parser_free(&session->parser);
    buffer_free(&session->input);
    list_remove(&session->node);
    server->session_count--;
    metrics_set(&server->metrics->connections, server->session_count);
    server->evicted_count -= session->is_evicted;
    slab_put(&server->session_slab, session);
    server->on_session_closed(server);
}

static const struct net_conn_events conn_events = {
    .on_data = on_data,
    .on_end = on_end,
    .on_flushed = on_flushed,
    .on_closed = on_closed,
};

void http_session_open(struct http_server *server, int socket)
{
    struct http_session *session = slab_take(&server->session_slab);
    if (session == NULL) {
        close(socket);
        return;
    }
    struct net_conn *conn = net_conn_accept(&server->set, socket, &conn_events, session);
    if (conn == NULL) {
        slab_put(&server->session_slab, session);
        return;
    }
    session->server = server;
    session->conn = conn;
    list_append(&server->sessions, &session->node);
    list_init(&session->exchanges);
    deadline_init(&session->deadline);
    buffer_init(&session->input, INPUT_SIZE_MAX);
    http_parser_init(&session->parser, HTTP_PARSE_REQUESTS);
    server->session_count++;
    metrics_add(&server->metrics->accepted_connections, 1);
    metrics_set(&server->metrics->connections, server->session_count);
    /* A client that says nothing at all is no better than one that stops in the middle. */
    expect(session, HTTP_WAITING_FOR_HEAD);
}

void http_session_drain(struct http_session *session)
{
    if (session->is_finished || http_parser_is_inside(&session->parser))
        return; /* a request that has begun is answered, and is the last */
    session->is_last = true;
    buffer_clear(&session->input);
    session_settle(session);
}

void http_session_evict(struct http_session *session)
{
    assert(session->waiting == HTTP_WAITING_IDLE && session->exchange_count == 0);
    session->is_evicted = true;
    session->server->evicted_count++;
    end_at_once(session);
}

static struct http_session *session_of(struct deadline *deadline)
{
    struct http_session *session = LIST_ELEMENT(deadline, struct http_session, deadline);
    session->waiting = HTTP_WAITING_FOR_NOTHING;
    return session;
}

static void end_slow_sender(struct http_session *session)
{
    tally_count(&session->server->slow_senders);
    if (http_parser_is_inside(&session->parser))
        refuse_and_end(session, 408, "The request did not come in time");
    else
        end_at_once(session);
}

void http_session_on_head_late(struct deadline *deadline)
{
    struct http_session *session = session_of(deadline);
    metrics_add(&session->server->metrics->endings[HTTP_ENDING_HEAD], 1);
    end_slow_sender(session);
}

void http_session_on_body_late(struct deadline *deadline)
{
    struct http_session *session = session_of(deadline);
    metrics_add(&session->server->metrics->endings[HTTP_ENDING_BODY], 1);
    end_slow_sender(session);
}

void http_session_on_idle(struct deadline *deadline)
{
    struct http_session *session = session_of(deadline);
    metrics_add(&session->server->metrics->endings[HTTP_ENDING_IDLE], 1);
    end_at_once(session);
}

void http_session_on_stuck(struct deadline *deadline)
{
    give_up(session_of(deadline));
}
