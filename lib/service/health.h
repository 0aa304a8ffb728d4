/* health - the answers of /healthz and /readyz, the same for every service.
 *
 * Place   a service's handler -> [health] -> http/server.
 * Thread  the loop thread only. */
#pragma once

#include "http/server.h"

/* 200: the process runs and its loop turns. */
void health_reply_live(struct http_server *server, http_exchange_id exchange);

/* 200 or 503: is it wise to send requests here now? */
void health_reply_ready(struct http_server *server, http_exchange_id exchange, bool is_ready);
