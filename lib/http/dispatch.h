/* dispatch - leads one good message to its handler, or to the server's own refusal.
 *
 * Place      http/session -> [dispatch] -> http/router, handler; replies by http/server.
 * Thread     the loop thread only.
 * Ownership  Borrows the message for the time of the call.
 * Errors     404, 405 and 415 are answered here. */
#pragma once

#include "http/session.h"

/* Ends `exchange` itself, or hands it to the one handler that must. */
void http_dispatch(struct http_server *server, http_exchange_id exchange,
                   const struct http_message *message);
