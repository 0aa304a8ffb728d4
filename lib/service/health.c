#include "service/health.h"

#include <string.h>

static void reply_ok(struct http_server *server, http_exchange_id exchange, const char *body)
{
    struct http_response response = {.status = 200, .body = {body, strlen(body)}};
    http_reply(server, exchange, &response);
}

void health_reply_live(struct http_server *server, http_exchange_id exchange)
{
    reply_ok(server, exchange, "{\"status\":\"ok\"}");
}

void health_reply_ready(struct http_server *server, http_exchange_id exchange, bool is_ready)
{
    if (is_ready)
        reply_ok(server, exchange, "{\"status\":\"ready\"}");
    else
        http_reply_error(server, exchange, 503, HTTP_RETRY_AFTER, "Not ready");
}
