#include "http/session_private.h"

#include <assert.h>

static void remove_exchange(struct http_session *session, struct http_exchange *exchange)
{
    http_exchange_put(&session->server->exchanges, exchange);
    session->exchange_count--;
}

void session_remove_all_exchanges(struct http_session *session)
{
    LIST_EACH (node, &session->exchanges)
        remove_exchange(session, LIST_ELEMENT(node, struct http_exchange, node));
    session->unanswered = NULL;
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
    exchange->session = session;
    list_append(&session->exchanges, &exchange->node);
    session->exchange_count++;
    return exchange;
}

static enum http_connection connection_header(const struct http_session *session,
                                              const struct http_exchange *exchange)
{
    if (session->is_last && session->exchanges.previous == &exchange->node)
        return HTTP_CONNECTION_CLOSE;
    return exchange->asks_keep_open ? HTTP_CONNECTION_KEEP_ALIVE : HTTP_CONNECTION_DEFAULT;
}

/* The replies that have waited for the one just written. */
static void write_next_replies(struct http_session *session)
{
    struct buffer *output = net_conn_output(session->conn);
    while (!list_is_empty(&session->exchanges)) {
        struct http_exchange *next =
            LIST_ELEMENT(session->exchanges.next, struct http_exchange, node);
        if (!next->is_replied)
            return;
        output->failed |= next->reply.failed;
        buffer_append(output, next->reply.data, next->reply.size);
        remove_exchange(session, next);
    }
}

void http_session_reply(struct http_exchange *exchange, const struct http_response *response)
{
    struct http_session *session = exchange->session;
    assert(!exchange->is_replied);
    bool is_first = session->exchanges.next == &exchange->node;
    struct buffer *out = is_first ? net_conn_output(session->conn) : &exchange->reply;
    http_date_refresh(&session->server->date, time(NULL));
    http_response_write(out, response, &session->server->date, connection_header(session, exchange),
                        exchange->is_head);
    exchange->is_replied = true;
    if (!is_first)
        return;
    remove_exchange(session, exchange);
    write_next_replies(session);
    net_conn_mark(session->conn);
    session_settle(session);
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
