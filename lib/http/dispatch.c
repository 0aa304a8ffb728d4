#include "http/dispatch.h"

#include "http/auth.h"
#include "http/origin.h"

enum { ALLOW_SIZE_MAX = 128 };

static void refuse_method(struct http_server *server, http_exchange_id exchange, unsigned methods)
{
    struct buffer allow;
    buffer_init(&allow, ALLOW_SIZE_MAX);
    http_router_write_allow(&allow, methods);
    buffer_append_byte(&allow, '\0');
    http_reply_error(server, exchange, 405, allow.failed ? NULL : allow.data, "Method Not Allowed");
    buffer_free(&allow);
}

/* Parameters, such as a charset, make no difference. */
static bool is_json(const struct http_message *message)
{
    struct http_text type =
        http_find_header(message->headers, message->header_count, "content-type", NULL);
    const char *semicolon = type.size == 0 ? NULL : memchr(type.data, ';', type.size);
    if (semicolon != NULL)
        type.size = (size_t)(semicolon - type.data);
    while (type.size != 0 && (type.data[type.size - 1] == ' ' || type.data[type.size - 1] == '\t'))
        type.size--;
    return type.data != NULL && http_text_equals_ignoring_case(type, "application/json");
}

static struct http_request make_request(const struct http_message *message)
{
    struct http_request request = {
        .method = message->method,
        .path = message->target,
        .body = message->body,
        .headers = message->headers,
        .header_count = message->header_count,
    };
    const char *mark = memchr(message->target.data, '?', message->target.size);
    if (mark != NULL) {
        request.path.size = (size_t)(mark - message->target.data);
        request.query.data = mark + 1;
        request.query.size = message->target.size - request.path.size - 1;
    }
    return request;
}

static struct http_match find_match(const struct http_server *server,
                                    const struct http_request *request)
{
    const struct http_server_settings *settings = &server->settings;
    return http_router_find(settings->routes, settings->route_count, request->method,
                            request->path);
}

static enum http_permission permission(const struct http_server *server,
                                       const struct http_match *match,
                                       const struct http_request *request)
{
    const char *tokens = server->settings.tokens;
    if (*tokens == '\0' || (match->route != NULL && match->route->is_open))
        return HTTP_PERMITTED;
    return http_check_token(tokens, request->headers, request->header_count);
}

bool http_dispatch_permits(const struct http_server *server, const struct http_message *message)
{
    struct http_request request = make_request(message);
    struct http_match match = find_match(server, &request);
    return permission(server, &match, &request) == HTTP_PERMITTED;
}

/* RFC 6750, section 3. */
static void refuse_permission(struct http_server *server, http_exchange_id exchange,
                              enum http_permission why)
{
    metrics_add(&server->metrics->unauthorized_requests, 1);
    tally_count(&server->intruders);
    if (why == HTTP_TOKEN_MISSING)
        http_reply_error(server, exchange, 401, "WWW-Authenticate: Bearer realm=\"saga\"\r\n",
                         "A bearer token is required");
    else
        http_reply_error(server, exchange, 401,
                         "WWW-Authenticate: Bearer realm=\"saga\", error=\"invalid_token\"\r\n",
                         "The bearer token is not valid");
}

/* A page of another server may send what has no JSON with the browser of whoever looks at it, and
 * without asking. Where tokens are asked for, it has none. */
static bool is_from_another_page(const struct http_server *server, const struct http_route *route,
                                 const struct http_request *request)
{
    return route->method != HTTP_METHOD_GET && !route->takes_json &&
           *server->settings.tokens == '\0' &&
           http_is_from_elsewhere(request->headers, request->header_count);
}

/* For the metrics; what no route answers has place 0. */
static void note_route(struct http_server *server, http_exchange_id exchange,
                       const struct http_route *route)
{
    if (route != NULL)
        http_exchange_find(&server->exchanges, exchange)->place =
            1 + (size_t)(route - server->settings.routes);
}

void http_dispatch(struct http_server *server, http_exchange_id exchange,
                   const struct http_message *message)
{
    struct http_request request = make_request(message);
    struct http_match match = find_match(server, &request);
    enum http_permission permitted = permission(server, &match, &request);
    note_route(server, exchange, match.route);
    if (permitted != HTTP_PERMITTED) {
        refuse_permission(server, exchange, permitted);
    } else if (match.methods == 0) {
        http_reply_error(server, exchange, 404, NULL, "Not Found");
    } else if (match.route == NULL) {
        refuse_method(server, exchange, match.methods);
    } else if (match.route->takes_json && !is_json(message)) {
        http_reply_error(server, exchange, 415, NULL, "Content-Type must be application/json");
    } else if (is_from_another_page(server, match.route, &request)) {
        http_reply_error(server, exchange, 403, NULL, "Not for pages of other servers");
    } else if (match.route->is_near && !http_is_host_near(request.headers, request.header_count)) {
        http_reply_error(server, exchange, 403, NULL,
                         "Only where the server is called by address, or by a name without a dot");
    } else {
        request.path_id = match.path_id;
        match.route->handler(server->settings.service, exchange, &request);
    }
}
