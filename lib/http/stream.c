#include "http/stream.h"

#include <assert.h>
#include <stdio.h>

#include "http/session_private.h"

enum { CHUNK_HEAD_SIZE_MAX = 16 + sizeof "\r\n" };

static const char last_chunk[] = "0\r\n\r\n";

/* The rest of what the client has sent is not looked at, only whether it is still there. */
static void read_no_further(struct http_session *session)
{
    session->is_last = true;
    buffer_clear(&session->input);
    net_conn_resume_reading(session->conn);
}

bool http_stream_begin(struct http_server *server, http_exchange_id exchange,
                       const struct http_response *response, http_stream_gone_cb *on_gone,
                       void *context)
{
    struct http_exchange *found = http_exchange_find(&server->exchanges, exchange);
    if (found == NULL)
        return false;
    assert(!found->is_replied && !found->is_streaming);
    struct http_session *session = found->session;
    if (session->has_ended && !found->is_head) {
        http_session_leave_unanswered(found);
        return false;
    }
    if (!found->is_head)
        read_no_further(session);
    session_write_stream_head(found, response);
    if (found->is_head) {
        session_complete(found);
        return false;
    }
    found->is_streaming = true;
    found->on_gone = on_gone;
    found->on_gone_context = context;
    if (session_is_its_turn(found))
        net_conn_mark(session->conn);
    session_settle(session);
    return true;
}

static void write_chunk(struct buffer *out, struct http_text bytes)
{
    char head[CHUNK_HEAD_SIZE_MAX];
    int size = snprintf(head, sizeof head, "%zx\r\n", bytes.size);
    buffer_append(out, head, (size_t)size);
    buffer_append(out, bytes.data, bytes.size);
    buffer_append(out, "\r\n", 2);
}

/* on_gone follows when the connection is closed. */
static void cut_slow_reader(struct http_session *session)
{
    metrics_add(&session->server->metrics->endings[HTTP_ENDING_WRITE], 1);
    tally_count(&session->server->slow_readers);
    session->is_finished = true;
    net_conn_close(session->conn);
}

void http_stream_append(struct http_server *server, http_exchange_id exchange,
                        struct http_text bytes)
{
    struct http_exchange *found = http_exchange_find(&server->exchanges, exchange);
    if (found == NULL || found->session->is_finished)
        return;
    assert(found->is_streaming && bytes.size != 0); /* an empty chunk would be the last one */
    struct http_session *session = found->session;
    bool is_its_turn = session_is_its_turn(found);
    size_t unsent_size = is_its_turn ? net_conn_unsent_size(session->conn) : found->reply.size;
    if (unsent_size + bytes.size > HTTP_STREAM_UNSENT_SIZE_MAX) {
        cut_slow_reader(session);
        return;
    }
    struct buffer *out = session_output(found);
    if (found->is_http_1_0)
        buffer_append(out, bytes.data, bytes.size);
    else
        write_chunk(out, bytes);
    if (is_its_turn)
        net_conn_mark(session->conn);
}

void http_stream_end(struct http_server *server, http_exchange_id exchange)
{
    struct http_exchange *found = http_exchange_find(&server->exchanges, exchange);
    if (found == NULL)
        return;
    assert(found->is_streaming);
    struct http_session *session = found->session;
    found->is_streaming = false;
    found->on_gone = NULL;
    if (session->is_finished)
        return;
    if (net_conn_is_stalled(session->conn)) {
        http_session_abandon(found);
        return;
    }
    if (!found->is_http_1_0)
        buffer_append(session_output(found), last_chunk, sizeof last_chunk - 1);
    session_complete(found);
}
