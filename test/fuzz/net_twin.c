#include "fuzz/net_twin.h"

#include <assert.h>
#include <stdlib.h>

enum state { CONNECTING, OPEN, LINGERING, CLOSING };

struct net_conn {
    struct net_set *set;
    const struct net_conn_events *events;
    void *owner;
    enum state state;
    int close_reason;
    bool is_reading;
    bool has_ended;
    bool is_dirty;
    struct buffer output;
    struct list_node open_node;
};

static struct buffer *collected;

void net_twin_collect(struct buffer *sent)
{
    collected = sent;
}

enum status net_set_init(struct net_set *set, struct loop *loop, size_t output_size_max,
                         uint64_t write_timeout_ms)
{
    (void)write_timeout_ms;
    *set = (struct net_set){.loop = loop, .output_size_max = output_size_max};
    list_init(&set->open);
    return STATUS_OK;
}

void net_set_free(struct net_set *set)
{
    assert(set->open_count == 0);
}

static struct net_conn *add_conn(struct net_set *set, enum state state,
                                 const struct net_conn_events *events, void *owner)
{
    struct net_conn *conn = calloc(1, sizeof *conn);
    assert(conn != NULL);
    conn->set = set;
    conn->events = events;
    conn->owner = owner;
    conn->state = state;
    conn->is_reading = state == OPEN;
    buffer_init(&conn->output, set->output_size_max);
    list_append(&set->open, &conn->open_node);
    set->open_count++;
    return conn;
}

struct net_conn *net_conn_accept(struct net_set *set, int socket,
                                 const struct net_conn_events *events, void *owner)
{
    (void)socket;
    return add_conn(set, OPEN, events, owner);
}

struct net_conn *net_conn_connect(struct net_set *set, const struct sockaddr *address,
                                  const struct net_conn_events *events, void *owner)
{
    (void)address;
    return add_conn(set, CONNECTING, events, owner);
}

void net_twin_connect(struct net_conn *conn)
{
    assert(conn->state == CONNECTING);
    conn->state = OPEN;
    conn->is_reading = true;
    conn->events->on_connected(conn->owner);
}

size_t net_twin_receive(struct net_conn *conn, const char *data, size_t size)
{
    size_t at = 0;
    while (at < size && conn->state == OPEN && conn->is_reading) {
        size_t rest = size - at;
        size_t step = rest < NET_TWIN_READ_SIZE_MAX ? rest : NET_TWIN_READ_SIZE_MAX;
        conn->events->on_data(conn->owner, data + at, step);
        at += step;
    }
    return at;
}

void net_twin_end(struct net_conn *conn)
{
    assert(!conn->has_ended);
    conn->has_ended = true;
    conn->is_reading = false;
    if (conn->state == OPEN)
        conn->events->on_end(conn->owner);
}

bool net_twin_is_open(const struct net_conn *conn)
{
    return conn->state == OPEN;
}

static void close_because(struct net_conn *conn, int uv_error)
{
    if (conn->state == CLOSING)
        return;
    conn->state = CLOSING;
    conn->close_reason = uv_error;
}

static void flush(struct net_conn *conn)
{
    if (!conn->is_dirty)
        return;
    conn->is_dirty = false;
    if (collected != NULL)
        buffer_append(collected, conn->output.data, conn->output.size);
    buffer_clear(&conn->output);
    if (conn->state == LINGERING)
        close_because(conn, 0);
    else if (conn->events->on_flushed != NULL)
        conn->events->on_flushed(conn->owner);
}

void net_set_flush(struct net_set *set)
{
    LIST_EACH (node, &set->open) {
        struct net_conn *conn = LIST_ELEMENT(node, struct net_conn, open_node);
        if (conn->state == OPEN || conn->state == LINGERING)
            flush(conn);
    }
}

static void drop(struct net_conn *conn)
{
    const struct net_conn_events *events = conn->events;
    void *owner = conn->owner;
    int reason = conn->close_reason;
    list_remove(&conn->open_node);
    conn->set->open_count--;
    buffer_free(&conn->output);
    free(conn);
    events->on_closed(owner, reason);
}

void net_twin_turn(struct net_set *set)
{
    net_set_flush(set);
    LIST_EACH (node, &set->open) {
        struct net_conn *conn = LIST_ELEMENT(node, struct net_conn, open_node);
        if (conn->state == CLOSING)
            drop(conn);
    }
}

struct buffer *net_conn_output(struct net_conn *conn)
{
    return &conn->output;
}

size_t net_conn_unsent_size(const struct net_conn *conn)
{
    return conn->output.size;
}

/* Every write is taken at once. */
bool net_conn_is_stalled(const struct net_conn *conn)
{
    (void)conn;
    return false;
}

void net_conn_mark(struct net_conn *conn)
{
    if (conn->state == CLOSING || conn->state == LINGERING)
        return;
    if (conn->output.failed)
        close_because(conn, UV_ENOBUFS);
    else
        conn->is_dirty = true;
}

void net_conn_pause_reading(struct net_conn *conn)
{
    if (conn->state == OPEN)
        conn->is_reading = false;
}

void net_conn_resume_reading(struct net_conn *conn)
{
    if (conn->state == OPEN && !conn->has_ended)
        conn->is_reading = true;
}

void net_conn_close(struct net_conn *conn)
{
    close_because(conn, 0);
}

void net_conn_close_gently(struct net_conn *conn)
{
    if (conn->state == CLOSING || conn->state == LINGERING)
        return;
    if (conn->state == CONNECTING || conn->output.failed) {
        close_because(conn, 0);
        return;
    }
    conn->state = LINGERING;
    conn->is_dirty = true;
}
