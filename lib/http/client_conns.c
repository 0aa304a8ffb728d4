#include "http/client_conns.h"

/* Up to here calls share a connection before another one is opened. */
enum { DEPTH_PREFERRED = 16 };

void client_conns_init(struct client_conns *conns, struct loop *loop,
                       const struct http_origin *origin, const struct client_conn_events *events,
                       void *owner)
{
    for (size_t i = 0; i < HTTP_CLIENT_CONNECTION_COUNT_MAX; i++)
        client_conn_init(&conns->conns[i], loop, origin, events, owner);
}

static void add_up(struct client_spread *spread, struct client_conn *conn, uint64_t now_ms)
{
    if (client_conn_is_stalled(conn, now_ms))
        spread->stalled_count++;
    else if (spread->count < HTTP_CLIENT_SPREAD_COUNT_MAX)
        spread->conns[spread->count++] = conn;
}

struct client_spread client_conns_spread(struct client_conns *conns, uint64_t now_ms)
{
    struct client_spread spread = {.count = 0};
    for (size_t i = 0; i < HTTP_CLIENT_CONNECTION_COUNT_MAX; i++) {
        struct client_conn *conn = &conns->conns[i];
        if (conn->state == CLIENT_CONN_UP)
            add_up(&spread, conn, now_ms);
        spread.connecting_count += conn->state == CLIENT_CONN_CONNECTING;
        spread.closing_count += conn->state == CLIENT_CONN_CLOSING;
    }
    return spread;
}

static struct client_conn *least_loaded(const struct client_spread *spread)
{
    struct client_conn *best = NULL;
    for (size_t i = 0; i < spread->count; i++) {
        struct client_conn *conn = spread->conns[i];
        if (best == NULL || conn->call_count < best->call_count)
            best = conn;
    }
    return best;
}

struct client_conn *client_spread_choose(const struct client_spread *spread)
{
    struct client_conn *conn = least_loaded(spread);
    return conn != NULL && client_conn_has_room(conn) ? conn : NULL;
}

bool client_spread_should_grow(const struct client_spread *spread)
{
    if (spread->count == HTTP_CLIENT_SPREAD_COUNT_MAX)
        return false;
    if (spread->count < 2)
        return spread->stalled_count != 0 ||
               (spread->count == 1 && spread->conns[0]->call_count != 0);
    return least_loaded(spread)->call_count >= DEPTH_PREFERRED;
}

struct client_conn *client_conns_find_down(struct client_conns *conns)
{
    for (size_t i = 0; i < HTTP_CLIENT_CONNECTION_COUNT_MAX; i++) {
        if (conns->conns[i].state == CLIENT_CONN_DOWN)
            return &conns->conns[i];
    }
    return NULL;
}

void client_conns_close(struct client_conns *conns)
{
    for (size_t i = 0; i < HTTP_CLIENT_CONNECTION_COUNT_MAX; i++)
        client_conn_close(&conns->conns[i]);
}
