/* client_conn - one connection of a client: writes calls, matches answers to them in order.
 *
 * Place      http/client -> [client_conn] -> net/conn, http/parser.
 * Thread     the loop thread only.
 * Ownership  The client owns it, in place; it may be freed or connected again in or after on_ended.
 *            A call sent is borrowed until its callback.
 * Errors     Whatever ends a connection answers its calls with STATUS_UNKNOWN: from the moment that
 *            a call is in the connection's output it may have left.
 * Limits     HTTP_CLIENT_DEPTH_MAX calls; HTTP_CLIENT_CONNECT_MS for connecting.
 *
 * States, and who leaves them:
 *   DOWN        no connection, no calls. client_conn_connect() -> CONNECTING
 *   CONNECTING  no calls. on_connected -> UP; time is over, or close -> CLOSING; on_closed -> DOWN
 *   UP          calls in the order in which they were sent. end_connection() -> CLOSING;
 *               on_closed -> DOWN
 *   CLOSING     no calls. on_closed -> DOWN */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/list.h"
#include "http/client.h"
#include "http/client_origin.h"
#include "http/parser.h"
#include "net/conn.h"

enum { HTTP_CLIENT_CONNECT_MS = 2000 };

enum client_conn_state {
    CLIENT_CONN_DOWN,
    CLIENT_CONN_CONNECTING,
    CLIENT_CONN_UP,
    CLIENT_CONN_CLOSING,
};

struct client_conn_events {
    void (*on_up)(void *owner);
    /* It is DOWN. was_up: false where it could not be made; then `reason` tells why, static text.
     */
    void (*on_ended)(void *owner, bool was_up, const char *reason);
};

struct client_conn {
    enum client_conn_state state;
    struct loop *loop;
    const struct http_origin *origin;
    const struct client_conn_events *events;
    void *owner;
    struct net_conn *net; /* NULL while DOWN */
    struct http_parser parser;
    struct list_node calls;
    size_t call_count;
    uint64_t progress_ms; /* of the last answer, or of the first call after idleness */
    struct timer timer; /* CONNECTING: the end of patience. UP: no later than the first deadline */
    bool was_up;
    const char *end_reason;
};

void client_conn_init(struct client_conn *conn, struct loop *loop, const struct http_origin *origin,
                      const struct client_conn_events *events, void *owner);

/* Only while DOWN. False: out of memory; it stays DOWN. */
bool client_conn_connect(struct client_conn *conn, struct net_set *set,
                         const struct net_address *address);

static inline bool client_conn_has_room(const struct client_conn *conn)
{
    return conn->state == CLIENT_CONN_UP && conn->call_count < HTTP_CLIENT_DEPTH_MAX;
}

/* It has brought no answer for too long: what is sent now would wait behind something that hangs.
 */
static inline bool client_conn_is_stalled(const struct client_conn *conn, uint64_t now_ms)
{
    return conn->call_count != 0 && now_ms - conn->progress_ms >= HTTP_CLIENT_STALL_MS;
}

/* Only where it has room. The bytes leave with the set's hook. */
void client_conn_send(struct client_conn *conn, struct http_call *call);

/* Answers its calls before it returns; on_ended follows in a later turn, unless it is DOWN. */
void client_conn_close(struct client_conn *conn);
