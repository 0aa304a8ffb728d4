/* server - an HTTP/1.1 server on one address: connections, parsing, routing, replies in order.
 *
 * Place    net/conn -> http/parser -> [server] -> router -> handler; the reply comes back by
 *          http_reply().
 * Thread   the loop thread only. No function blocks.
 * Errors   Bad requests are answered by the server itself (400, 401, 403, 404, 405, 408, 413, 414,
 *          415, 417, 431, 501, 505) with {"detail": "…"}; a handler only sees good ones. Each of
 *          those must lead to exactly one http_reply(), http_abandon() or http_leave_unanswered().
 * Limits   HTTP_CONNECTION_COUNT_MAX connections, or what the settings or the limit on open files
 *          leave room for, if less: see http/connections.h. HTTP_PIPELINE_DEPTH_MAX unanswered
 *          requests each, and those of http/message.h.
 * Units    *_ms: milliseconds. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "base/status.h"
#include "http/message.h"
#include "http/router.h"

enum {
    HTTP_CONNECTION_COUNT_MAX = 12000,
    HTTP_PIPELINE_DEPTH_MAX = 16,
    /* Where the settings say nothing else: */
    HTTP_HEAD_MS = 10 * 1000,  /* to send a request's head, else 408 */
    HTTP_BODY_MS = 20 * 1000,  /* to send its body after that, else 408 */
    HTTP_IDLE_MS = 75 * 1000,  /* between two requests */
    HTTP_WRITE_MS = 30 * 1000, /* to take what was written */
    /* One byte more, of a client that does not read, ends its connection. */
    HTTP_OUTPUT_SIZE_MAX = 4 * 1024 * 1024
};

struct http_server; /* opaque */
struct http_metrics;

struct http_server_settings {
    const char *listen; /* "host:port", numeric host, "[::1]:8000" too */
    bool shares_port;   /* with other processes of this user that do so too */
    const struct http_route *routes;
    size_t route_count;
    void *service; /* the handlers' first argument */
    /* 0: as above, and as many connections as there can be. */
    uint64_t head_timeout_ms;
    uint64_t body_timeout_ms;
    uint64_t idle_timeout_ms;
    uint64_t write_timeout_ms;
    size_t connection_count_max;
    /* Who may ask for more than the open routes, as in http/auth.h; NULL or "": everybody. */
    const char *tokens;
    struct http_metrics *metrics; /* in the order of the routes; NULL: the server's own */
};

/* Takes its address, where clients are refused until http_server_listen(). STATUS_INVALID: the
 * address can't be read; STATUS_SYSTEM: it can't be bound; either is logged with the reason.
 * Borrows loop and everything in settings. */
enum status http_server_open(struct loop *loop, const struct http_server_settings *settings,
                             struct http_server **server) STATUS_MUST_CHECK;

/* Accepts clients from now on; without effect on a server that drains. Once. STATUS_SYSTEM:
 * somebody else listens there by now, which is logged. */
enum status http_server_listen(struct http_server *server) STATUS_MUST_CHECK;

/* Answers `exchange`; everything in `response` is copied. The bytes leave at the end of the turn,
 * in the order of the connection's requests. Without effect where the client has gone. */
void http_reply(struct http_server *server, http_exchange_id exchange,
                const struct http_response *response);

/* False: the client of `exchange` has gone, or it was answered. */
bool http_is_waiting(const struct http_server *server, http_exchange_id exchange);

/* {"detail": "…"}; `detail` must not need JSON escapes. `headers` as in http_response. */
void http_reply_error(struct http_server *server, http_exchange_id exchange, int status,
                      const char *headers, const char *detail);

/* Cuts the connection of `exchange` at once, without an answer: unsent replies to earlier requests
 * are lost, and every exchange of the connection is over, so that a reply to one is without effect.
 * Without effect itself where the client has gone. */
void http_abandon(struct http_server *server, http_exchange_id exchange);

/* Never answers `exchange`. Requests behind it on the connection are handled, but their replies
 * wait for ever. When everything before it is answered, the connection lasts until the client ends
 * its side, or the idle timeout has passed; then it is closed, and all its exchanges are over. */
void http_leave_unanswered(struct http_server *server, http_exchange_id exchange);

/* Refuses new connections, closes idle ones, and lets the last request that each of the others has
 * sent be the last: its reply says Connection: close. */
void http_server_drain(struct http_server *server);

/* Requests that are not answered yet, and replies not yet handed to the system. */
size_t http_server_unfinished_count(const struct http_server *server);

/* Valid as long as the server. */
const struct http_metrics *http_server_metrics(const struct http_server *server);

/* The port it listens on; tells which one the system has chosen for "host:0". */
int http_server_port(const struct http_server *server);

/* Sends what the sockets take at once of the replies so far, and starts closing everything. No
 * other call for this server may follow; its memory goes with its last close callback. */
void http_server_close(struct http_server *server);
