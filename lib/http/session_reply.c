#include "http/session_private.h"

#include <assert.h>

static void remove_exchange(struct http_session *session, struct http_exchange *exchange)
{
    struct http_server *server = session->server;
    if (!exchange->is_counted)
        metrics_add(&server->metrics->unanswered_requests, 1);
    if (exchange->is_replied)
        session->held_size -= exchange->reply.size;
    http_exchange_put(&server->exchanges, exchange);
    metrics_set(&server->metrics->requests_in_flight, server->exchanges.taken_count);
    session->exchange_count--;
}

void session_remove_all_exchanges(struct http_session *session)
{
    LIST_EACH (node, &session->exchanges) {
        struct http_exchange *exchange = LIST_ELEMENT(node, struct http_exchange, node);
        void (*on_gone)(void *context) = exchange->on_gone;
        remove_exchange(session, exchange);
        if (on_gone != NULL)
            on_gone(exchange->on_gone_context);
    }
    session->unanswered = NULL;
}

static struct http_exchange *oldest(const struct http_session *session)
{
    return LIST_ELEMENT(session->exchanges.next, struct http_exchange, node);
}

bool session_is_its_turn(const struct http_exchange *exchange)
{
    return exchange->session->exchanges.next == &exchange->node;
}

bool session_is_streaming(const struct http_session *session)
{
    return session->exchange_count != 0 && oldest(session)->is_streaming;
}

struct buffer *session_output(struct http_exchange *exchange)
{
    return session_is_its_turn(exchange) ? net_conn_output(exchange->session->conn)
                                         : &exchange->reply;
}

bool session_is_stuck(const struct http_session *session)
{
    return session->unanswered != NULL && session->exchanges.next == &session->unanswered->node;
}

struct http_exchange *session_add_exchange(struct http_session *session)
{
    struct http_exchange *exchange = http_exchange_take(&session->server->exchanges);
    if (exchange == NULL) {
        session->is_finished = true;
        net_conn_close(session->conn);
        return NULL;
    }
    struct http_server *server = session->server;
    metrics_set(&server->metrics->requests_in_flight, server->exchanges.taken_count);
    exchange->session = session;
    exchange->arrived_ns = loop_turn_ns(server->loop);
    list_append(&session->exchanges, &exchange->node);
    session->exchange_count++;
    return exchange;
}

static enum http_connection connection_header(const struct http_session *session,
                                              const struct http_exchange *exchange)
{
    if (session->is_last && session->exchanges.previous == &exchange->node)
        return HTTP_CONNECTION_CLOSE;
    return exchange->is_http_1_0 ? HTTP_CONNECTION_KEEP_ALIVE : HTTP_CONNECTION_DEFAULT;
}

/* The replies that have waited for the one just written, up to one that is not there yet, or has
 * more to come. */
static void write_next_replies(struct http_session *session)
{
    struct buffer *output = net_conn_output(session->conn);
    while (!list_is_empty(&session->exchanges)) {
        struct http_exchange *next = oldest(session);
        if (!next->is_replied && !next->is_streaming)
            return;
        output->failed |= next->reply.failed;
        buffer_append(output, next->reply.data, next->reply.size);
        if (next->is_streaming) {
            buffer_free(&next->reply); /* what comes from now on goes to the output */
            return;
        }
        remove_exchange(session, next);
    }
}

static const struct http_date *fresh_date(struct http_server *server)
{
    http_date_refresh(&server->date, time(NULL));
    return &server->date;
}

static void count(struct http_exchange *exchange, int status)
{
    struct http_server *server = exchange->session->server;
    struct http_metrics *metrics = server->metrics;
    metrics_add(&metrics->requests[exchange->place][http_status_place(status)], 1);
    metrics_observe_ns(&metrics->durations_ns[exchange->place],
                       loop_turn_ns(server->loop) - exchange->arrived_ns);
    exchange->is_counted = true;
}

void session_write_stream_head(struct http_exchange *exchange, const struct http_response *response)
{
    struct http_session *session = exchange->session;
    http_response_write_stream_head(session_output(exchange), response, fresh_date(session->server),
                                    connection_header(session, exchange), !exchange->is_http_1_0);
    count(exchange, response->status);
}

void session_complete(struct http_exchange *exchange)
{
    struct http_session *session = exchange->session;
    exchange->is_replied = true;
    if (!session_is_its_turn(exchange)) {
        session->held_size += exchange->reply.size;
        return;
    }
    remove_exchange(session, exchange);
    write_next_replies(session);
    net_conn_mark(session->conn);
    session_settle(session);
}

void http_session_reply(struct http_exchange *exchange, const struct http_response *response)
{
    struct http_session *session = exchange->session;
    assert(!exchange->is_replied && !exchange->is_streaming);
    http_response_write(session_output(exchange), response, fresh_date(session->server),
                        connection_header(session, exchange), exchange->is_head);
    count(exchange, response->status);
    session_complete(exchange);
}

void http_session_abandon(struct http_exchange *exchange)
{
    struct http_session *session = exchange->session;
    session->is_finished = true;
    deadline_stop(&session->deadline);
    session_remove_all_exchanges(session);
    net_conn_close(session->conn);
}

void http_session_leave_unanswered(struct http_exchange *exchange)
{
    struct http_session *session = exchange->session;
    assert(!exchange->is_replied);
    LIST_EACH (node, &session->exchanges) {
        struct http_exchange *older = LIST_ELEMENT(node, struct http_exchange, node);
        if (older == session->unanswered)
            break;
        if (older == exchange)
            session->unanswered = exchange;
    }
    session_settle(session);
}
