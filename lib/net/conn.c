#include "net/conn.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

/* Buffers that grew beyond this are given back when they are empty. */
enum { READ_BUFFER_SIZE = 64 * 1024, KEPT_OUTPUT_SIZE_MAX = 16 * 1024 };

enum net_conn_state {
    CONN_CONNECTING,
    CONN_OPEN,
    CONN_LINGERING, /* close_gently: nothing is reported any more but on_closed */
    CONN_CLOSING,   /* uv_close was called */
};

struct net_conn {
    uv_tcp_t tcp;
    uv_connect_t connecting;
    uv_write_t writing;
    uv_shutdown_t shutting;
    struct net_set *set;
    const struct net_conn_events *events;
    void *owner;
    enum net_conn_state state;
    int close_reason; /* what on_closed will be told */
    bool is_reading;
    bool has_ended; /* the peer's side */
    bool is_shut;   /* our side */
    size_t discarded_size;
    struct buffer output;  /* of this turn */
    struct buffer sending; /* what uv_write has; empty while none runs */
    size_t sending_offset;
    struct deadline write_deadline;
    struct deadline linger_deadline;
    struct list_node dirty_node;
    struct list_node open_node;
};

static void on_uv_closed(uv_handle_t *handle)
{
    struct net_conn *conn = handle->data;
    struct net_set *set = conn->set;
    const struct net_conn_events *events = conn->events;
    void *owner = conn->owner;
    int reason = conn->close_reason;
    list_remove(&conn->open_node);
    set->open_count--;
    buffer_free(&conn->output);
    buffer_free(&conn->sending);
    slab_put(&set->conns, conn);
    events->on_closed(owner, reason); /* last, as it may free the set */
}

static void close_because(struct net_conn *conn, int uv_error)
{
    if (conn->state == CONN_CLOSING)
        return;
    conn->state = CONN_CLOSING;
    conn->close_reason = uv_error;
    list_remove(&conn->dirty_node);
    deadline_stop(&conn->write_deadline);
    deadline_stop(&conn->linger_deadline);
    uv_close((uv_handle_t *)&conn->tcp, on_uv_closed);
}

static void on_alloc(uv_handle_t *handle, size_t suggested_size, uv_buf_t *memory)
{
    (void)suggested_size;
    struct net_conn *conn = handle->data;
    *memory = uv_buf_init(conn->set->read_buffer, READ_BUFFER_SIZE);
}

static void on_peer_ended(struct net_conn *conn)
{
    conn->has_ended = true;
    conn->is_reading = false;
    if (conn->state == CONN_OPEN)
        conn->events->on_end(conn->owner);
    else if (conn->is_shut)
        close_because(conn, 0);
}

static void discard(struct net_conn *conn, size_t size)
{
    conn->discarded_size += size;
    if (conn->discarded_size > NET_LINGER_SIZE_MAX)
        close_because(conn, 0);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *memory)
{
    struct net_conn *conn = stream->data;
    (void)loop_turn_ns(conn->set->loop); /* the turn has begun */
    if (size == 0 || conn->state == CONN_CLOSING)
        return;
    if (size == UV_EOF)
        on_peer_ended(conn);
    else if (size < 0)
        close_because(conn, (int)size);
    else if (conn->state == CONN_LINGERING)
        discard(conn, (size_t)size);
    else
        conn->events->on_data(conn->owner, memory->base, (size_t)size);
}

static void start_reading(struct net_conn *conn)
{
    if (conn->is_reading || conn->has_ended)
        return;
    int error = uv_read_start((uv_stream_t *)&conn->tcp, on_alloc, on_read);
    if (error != 0)
        close_because(conn, error);
    else
        conn->is_reading = true;
}

static void on_shut(uv_shutdown_t *request, int error)
{
    struct net_conn *conn = request->data;
    conn->is_shut = true;
    if (error != 0 || conn->has_ended)
        close_because(conn, error);
}

static void release_if_large(struct buffer *buffer)
{
    buffer_clear(buffer);
    if (buffer->capacity > KEPT_OUTPUT_SIZE_MAX)
        buffer_free(buffer);
}

/* All bytes are with the system. Only now does the peer's time to end begin: until then he had the
 * time to read them. */
static void on_all_sent(struct net_conn *conn)
{
    if (conn->state == CONN_LINGERING) {
        deadline_start(&conn->set->lingering, &conn->linger_deadline);
        conn->shutting.data = conn;
        int error = uv_shutdown(&conn->shutting, (uv_stream_t *)&conn->tcp, on_shut);
        if (error != 0)
            close_because(conn, error);
    } else if (conn->events->on_flushed != NULL) {
        conn->events->on_flushed(conn->owner);
    }
}

static void mark_dirty(struct net_conn *conn)
{
    if (!list_is_linked(&conn->dirty_node))
        list_append(&conn->set->dirty, &conn->dirty_node);
}

static void on_written(uv_write_t *request, int error)
{
    struct net_conn *conn = request->data;
    if (conn->state == CONN_CLOSING)
        return;
    if (error != 0) {
        close_because(conn, error);
        return;
    }
    deadline_stop(&conn->write_deadline);
    release_if_large(&conn->sending);
    conn->sending_offset = 0;
    if (conn->output.size != 0)
        mark_dirty(conn);
    else
        on_all_sent(conn);
}

/* The socket's buffer is full: the rest waits inside libuv, and `output` is free for more. */
static void send_later(struct net_conn *conn, size_t sent_size)
{
    struct buffer empty = conn->sending;
    conn->sending = conn->output;
    conn->output = empty;
    conn->sending_offset = sent_size;
    size_t rest_size = conn->sending.size - sent_size;
    uv_buf_t rest = uv_buf_init(conn->sending.data + sent_size, (unsigned)rest_size);
    conn->writing.data = conn;
    int error = uv_write(&conn->writing, (uv_stream_t *)&conn->tcp, &rest, 1, on_written);
    if (error != 0)
        close_because(conn, error);
    else
        deadline_start(&conn->set->writing, &conn->write_deadline);
}

static void flush(struct net_conn *conn)
{
    if (conn->state == CONN_CONNECTING || conn->sending.size != 0)
        return; /* on_connected or on_written mark it again */
    if (conn->output.size == 0) {
        on_all_sent(conn);
        return;
    }
    uv_buf_t all = uv_buf_init(conn->output.data, (unsigned)conn->output.size);
    int sent = uv_try_write((uv_stream_t *)&conn->tcp, &all, 1);
    if (sent < 0 && sent != UV_EAGAIN) {
        close_because(conn, sent);
        return;
    }
    size_t sent_size = sent < 0 ? 0 : (size_t)sent;
    if (sent_size < conn->output.size) {
        send_later(conn, sent_size);
        return;
    }
    release_if_large(&conn->output);
    on_all_sent(conn);
}

void net_set_flush(struct net_set *set)
{
    /* Those marked meanwhile, by on_flushed, wait for the next turn. */
    struct list_node batch;
    list_init(&batch);
    list_move_all(&batch, &set->dirty);
    struct list_node *node;
    while ((node = list_take_first(&batch)) != NULL)
        flush(LIST_ELEMENT(node, struct net_conn, dirty_node));
    if (!list_is_empty(&set->dirty))
        loop_wake(set->loop);
}

static void on_turn_end(void *context)
{
    net_set_flush(context);
}

static void on_write_stalled(struct deadline *deadline)
{
    close_because(LIST_ELEMENT(deadline, struct net_conn, write_deadline), UV_ETIMEDOUT);
}

static void on_linger_over(struct deadline *deadline)
{
    close_because(LIST_ELEMENT(deadline, struct net_conn, linger_deadline), 0);
}

enum status net_set_init(struct net_set *set, struct loop *loop, size_t output_size_max,
                         uint64_t write_timeout_ms)
{
    *set = (struct net_set){.loop = loop, .output_size_max = output_size_max};
    set->read_buffer = malloc(READ_BUFFER_SIZE);
    if (set->read_buffer == NULL)
        return STATUS_NO_MEMORY;
    list_init(&set->dirty);
    list_init(&set->open);
    slab_init(&set->conns, sizeof(struct net_conn), NET_CONNECTION_COUNT_MAX);
    deadline_queue_init(&set->writing, &loop->clock, write_timeout_ms, on_write_stalled);
    deadline_queue_init(&set->lingering, &loop->clock, NET_LINGER_MS, on_linger_over);
    loop_add_hook(loop, LOOP_PHASE_NETWORK, &set->hook, on_turn_end, set);
    return STATUS_OK;
}

void net_set_free(struct net_set *set)
{
    assert(set->open_count == 0);
    loop_remove_hook(&set->hook);
    deadline_queue_stop(&set->writing);
    deadline_queue_stop(&set->lingering);
    slab_free(&set->conns);
    free(set->read_buffer);
}

static struct net_conn *add_conn(struct net_set *set, enum net_conn_state state,
                                 const struct net_conn_events *events, void *owner)
{
    struct net_conn *conn = slab_take(&set->conns);
    if (conn == NULL)
        return NULL;
    conn->set = set;
    conn->state = state;
    conn->events = events;
    conn->owner = owner;
    uv_tcp_init(&set->loop->uv, &conn->tcp);
    conn->tcp.data = conn;
    buffer_init(&conn->output, set->output_size_max);
    buffer_init(&conn->sending, set->output_size_max);
    deadline_init(&conn->write_deadline);
    deadline_init(&conn->linger_deadline);
    list_init(&conn->dirty_node);
    list_append(&set->open, &conn->open_node);
    set->open_count++;
    return conn;
}

struct net_conn *net_conn_accept(struct net_set *set, int socket,
                                 const struct net_conn_events *events, void *owner)
{
    struct net_conn *conn = add_conn(set, CONN_OPEN, events, owner);
    if (conn == NULL) {
        close(socket);
        return NULL;
    }
    int error = uv_tcp_open(&conn->tcp, socket);
    if (error != 0) {
        close(socket);
        close_because(conn, error);
    } else {
        start_reading(conn);
    }
    return conn;
}

static void on_uv_connected(uv_connect_t *request, int error)
{
    struct net_conn *conn = request->data;
    if (conn->state == CONN_CLOSING)
        return;
    if (error != 0) {
        close_because(conn, error);
        return;
    }
    uv_tcp_nodelay(&conn->tcp, 1);
    conn->state = CONN_OPEN;
    start_reading(conn);
    if (conn->state != CONN_OPEN)
        return;
    if (conn->output.size != 0)
        mark_dirty(conn);
    conn->events->on_connected(conn->owner);
}

struct net_conn *net_conn_connect(struct net_set *set, const struct sockaddr *address,
                                  const struct net_conn_events *events, void *owner)
{
    struct net_conn *conn = add_conn(set, CONN_CONNECTING, events, owner);
    if (conn == NULL)
        return NULL;
    conn->connecting.data = conn;
    int error = uv_tcp_connect(&conn->connecting, &conn->tcp, address, on_uv_connected);
    if (error != 0)
        close_because(conn, error);
    return conn;
}

struct buffer *net_conn_output(struct net_conn *conn)
{
    return &conn->output;
}

void net_conn_mark(struct net_conn *conn)
{
    if (conn->state == CONN_CLOSING || conn->state == CONN_LINGERING)
        return;
    if (conn->output.failed || net_conn_unsent_size(conn) > conn->set->output_size_max) {
        close_because(conn, UV_ENOBUFS);
        return;
    }
    mark_dirty(conn);
}

size_t net_conn_unsent_size(const struct net_conn *conn)
{
    return conn->output.size + conn->sending.size - conn->sending_offset;
}

bool net_conn_is_stalled(const struct net_conn *conn)
{
    return conn->sending.size != 0;
}

void net_conn_pause_reading(struct net_conn *conn)
{
    if (conn->state != CONN_OPEN || !conn->is_reading)
        return;
    uv_read_stop((uv_stream_t *)&conn->tcp);
    conn->is_reading = false;
}

void net_conn_resume_reading(struct net_conn *conn)
{
    if (conn->state == CONN_OPEN)
        start_reading(conn);
}

void net_conn_close(struct net_conn *conn)
{
    close_because(conn, 0);
}

void net_conn_close_gently(struct net_conn *conn)
{
    if (conn->state == CONN_CLOSING || conn->state == CONN_LINGERING)
        return;
    if (conn->state == CONN_CONNECTING || conn->output.failed) {
        close_because(conn, 0);
        return;
    }
    conn->state = CONN_LINGERING;
    start_reading(conn);
    if (conn->state == CONN_LINGERING)
        mark_dirty(conn);
}
