#include "client_peer.h"

#include <assert.h>
#include <stdio.h>

enum { RECEIVED_SIZE_MAX = 1024 * 1024, LISTEN_BACKLOG = 64 };

static void on_alloc(uv_handle_t *handle, size_t suggested_size, uv_buf_t *memory)
{
    (void)suggested_size;
    struct peer_conn *conn = handle->data;
    *memory = uv_buf_init(conn->read_buffer, sizeof conn->read_buffer);
}

static void on_conn_closed(uv_handle_t *handle)
{
    struct peer_conn *conn = handle->data;
    http_parser_free(&conn->parser);
    buffer_free(&conn->received);
}

void peer_end(struct peer_conn *conn)
{
    timer_stop(&conn->peer->loop->clock, &conn->timer);
    if (!uv_is_closing((uv_handle_t *)&conn->tcp))
        uv_close((uv_handle_t *)&conn->tcp, on_conn_closed);
}

void peer_reset(struct peer_conn *conn)
{
    timer_stop(&conn->peer->loop->clock, &conn->timer);
    int error = uv_tcp_close_reset(&conn->tcp, on_conn_closed);
    assert(error == 0);
}

static void take_bytes(struct peer_conn *conn, const char *data, size_t size)
{
    conn->read_count++;
    buffer_append(&conn->received, data, size);
    size_t used = 0;
    while (used < size && !uv_is_closing((uv_handle_t *)&conn->tcp)) {
        size_t taken;
        enum http_parse_result result =
            http_parser_feed(&conn->parser, data + used, size - used, &taken);
        assert(result != HTTP_PARSE_ERROR);
        used += taken;
        if (result != HTTP_PARSE_MESSAGE)
            continue;
        conn->request_count++;
        conn->peer->request_count++;
        conn->peer->script(conn->peer, conn, &conn->parser.message);
    }
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *memory)
{
    struct peer_conn *conn = stream->data;
    if (size > 0)
        take_bytes(conn, memory->base, (size_t)size);
    if (size < 0) {
        conn->has_ended = true;
        peer_end(conn);
    }
}

static void send_piece(struct peer_conn *conn, size_t size)
{
    if (size > conn->pending_size)
        size = conn->pending_size;
    uv_buf_t piece = uv_buf_init((char *)conn->pending, (unsigned)size);
    int sent = uv_try_write((uv_stream_t *)&conn->tcp, &piece, 1);
    assert(sent == (int)size);
    conn->pending += size;
    conn->pending_size -= size;
}

static void on_timer(struct timer *timer, void *context)
{
    struct peer_conn *conn = context;
    send_piece(conn, conn->piece_size);
    if (conn->pending_size != 0)
        timer_start(&conn->peer->loop->clock, timer, 0);
}

void peer_send_in_pieces(struct peer_conn *conn, const char *text, size_t first_size,
                         size_t piece_size)
{
    conn->pending = text;
    conn->pending_size = strlen(text);
    conn->piece_size = piece_size;
    send_piece(conn, first_size);
    if (conn->pending_size != 0)
        timer_start(&conn->peer->loop->clock, &conn->timer, 0);
}

void peer_send(struct peer_conn *conn, const char *text)
{
    peer_send_in_pieces(conn, text, strlen(text), 0);
}

static void on_connection(uv_stream_t *listener, int error)
{
    struct peer *peer = listener->data;
    assert(error == 0 && peer->conn_count < PEER_CONN_COUNT_MAX);
    struct peer_conn *conn = &peer->conns[peer->conn_count++];
    *conn = (struct peer_conn){.peer = peer};
    http_parser_init(&conn->parser, HTTP_PARSE_REQUESTS);
    buffer_init(&conn->received, RECEIVED_SIZE_MAX);
    timer_init(&conn->timer, on_timer, conn);
    uv_tcp_init(&peer->loop->uv, &conn->tcp);
    conn->tcp.data = conn;
    error = uv_accept(listener, (uv_stream_t *)&conn->tcp);
    assert(error == 0);
    uv_tcp_nodelay(&conn->tcp, 1);
    uv_read_start((uv_stream_t *)&conn->tcp, on_alloc, on_read);
}

void peer_open(struct peer *peer, struct loop *loop)
{
    struct sockaddr_in address;
    uv_ip4_addr("127.0.0.1", 0, &address);
    peer->loop = loop;
    peer->conn_count = 0;
    peer->request_count = 0;
    uv_tcp_init(&loop->uv, &peer->listener);
    peer->listener.data = peer;
    int error = uv_tcp_bind(&peer->listener, (struct sockaddr *)&address, 0);
    int size = sizeof address;
    if (error == 0)
        error = uv_tcp_getsockname(&peer->listener, (struct sockaddr *)&address, &size);
    assert(error == 0);
    snprintf(peer->url, sizeof peer->url, "http://127.0.0.1:%u", ntohs(address.sin_port));
}

void peer_listen(struct peer *peer)
{
    int error = uv_listen((uv_stream_t *)&peer->listener, LISTEN_BACKLOG, on_connection);
    assert(error == 0);
}

void peer_stop_listening(struct peer *peer)
{
    if (!uv_is_closing((uv_handle_t *)&peer->listener))
        uv_close((uv_handle_t *)&peer->listener, NULL);
}

void peer_close(struct peer *peer)
{
    peer_stop_listening(peer);
    for (size_t i = 0; i < peer->conn_count; i++)
        peer_end(&peer->conns[i]);
}
