/* client_conns - the connections of a client: which of them takes the next call, and when there
 * should be one more.
 *
 * Place      http/client -> [client_conns] -> http/client_conn.
 * Thread     the loop thread only.
 * Ownership  The client owns it, in place.
 * Limits     HTTP_CLIENT_CONNECTION_COUNT_MAX connections, HTTP_CLIENT_SPREAD_COUNT_MAX of them in
 *            use while none stalls.
 *
 * Answers come in the order of the calls, so a call that hangs holds back all that were sent behind
 * it. A connection that has calls and has brought no answer for HTTP_CLIENT_STALL_MS is stalled: it
 * takes no further call. So that a call always finds another one, there is one more than is needed
 * as soon as one is in use. */
#pragma once

#include "http/client_conn.h"

struct client_conns {
    struct client_conn conns[HTTP_CLIENT_CONNECTION_COUNT_MAX];
};

/* How the connections stand in one turn. */
struct client_spread {
    struct client_conn
        *conns[HTTP_CLIENT_SPREAD_COUNT_MAX]; /* up and not stalled: the first ones */
    size_t count;
    size_t stalled_count;
    size_t connecting_count;
    size_t closing_count;
};

void client_conns_init(struct client_conns *conns, struct loop *loop,
                       const struct http_origin *origin, const struct client_conn_events *events,
                       void *owner);

/* Holds until a connection changes its state or time passes; calls may be sent meanwhile. */
struct client_spread client_conns_spread(struct client_conns *conns, uint64_t now_ms);

/* The least loaded one that has room, and of equals the first, so that little work stays on few
 * connections; or NULL. */
struct client_conn *client_spread_choose(const struct client_spread *spread);

/* One more would be of use to calls yet to come. */
bool client_spread_should_grow(const struct client_spread *spread);

/* One that is DOWN, or NULL. */
struct client_conn *client_conns_find_down(struct client_conns *conns);

/* Each as client_conn_close() does. */
void client_conns_close(struct client_conns *conns);
