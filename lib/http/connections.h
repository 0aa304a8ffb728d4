/* connections - how many clients may be connected, and which one makes room for another.
 *
 * Place      http/server -> [connections] -> http/session.
 * Thread     the loop thread only.
 *
 * At the limit the client that has been idle for longest, with no request under way, is
 * disconnected for the new one. Where none is idle, new clients wait to be accepted. */
#pragma once

#include "http/session.h"

/* What the limit on open files leaves room for, after asking the system for more of them; at most
 * HTTP_CONNECTION_COUNT_MAX. */
size_t http_connections_possible_count(void);

/* Is there a place for one more, or a client that can be disconnected for it? */
bool http_connections_have_room(const struct http_server *server);

/* Where the limit is reached, somebody is disconnected. Only where there is room. */
void http_connections_make_room(struct http_server *server);
