/* router - which handler a method and a path lead to.
 *
 * Place      http/session -> [router]; pure functions on a table. */
#pragma once

#include "base/buffer.h"
#include "http/message.h"

/* Must end `exchange` exactly once, now or in any later turn: http/server.h tells how. */
typedef void http_handler(void *service, http_exchange_id exchange,
                          const struct http_request *request);

/* A path is "/orders", "/orders/{id}" or "/orders/{id}/void"; a trailing slash in a request makes
 * no difference. {id} takes 1 to 19 digits that fit int64 and are not 0; all else is 404. A GET
 * route answers HEAD as well. {file} takes small letters, dots and underscores. takes_json: the
 * body must come as application/json, else 415. is_open: to everybody, also where the server asks
 * for a token. is_near: only where the server is called by a host that http/origin.h calls near,
 * else 403. */
/* The order of the fields is that in which a table of routes reads best.
 * NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding) */
struct http_route {
    enum http_method method;
    const char *path;
    http_handler *handler;
    bool takes_json;
    bool is_open;
    bool is_near;
};

struct http_match {
    const struct http_route *route; /* NULL: nothing answers this method here */
    int64_t path_id;
    unsigned methods; /* a bit 1 << enum http_method for each that the path has; 0: no such path */
};

struct http_match http_router_find(const struct http_route *routes, size_t count,
                                   enum http_method method, struct http_text path);

/* "Allow: GET, HEAD\r\n" */
void http_router_write_allow(struct buffer *out, unsigned methods);
