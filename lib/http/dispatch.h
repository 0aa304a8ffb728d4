/* dispatch - leads one good message to its handler, or to the server's own refusal.
 *
 * Place      http/session -> [dispatch] -> http/router, handler; replies by http/server.
 * Thread     the loop thread only.
 * Ownership  Borrows the message for the time of the call.
 * Errors     401, 404, 405 and 415 are answered here, 401 before all else: who may not ask learns
 *            nothing of what there is. */
#pragma once

#include "http/session.h"

/* Only the head need be whole: is it worth waiting for the body? False: http_dispatch() will answer
 * 401. */
bool http_dispatch_permits(const struct http_server *server, const struct http_message *message);

/* Ends `exchange` itself, or hands it to the one handler that must. */
void http_dispatch(struct http_server *server, http_exchange_id exchange,
                   const struct http_message *message);
