/* client - requests to one other service over few keep-alive connections, pipelined.
 *
 * Place    payment port's adapter -> [client] -> net/conn, http/parser, base/lookup.
 * Thread   the loop thread only. No function blocks.
 * Errors   submit reports refusal; the outcome of an accepted call goes only to its callback.
 * Limits   HTTP_CLIENT_CONNECTION_COUNT_MAX connections with HTTP_CLIENT_DEPTH_MAX calls each, and
 *          calls on HTTP_CLIENT_SPREAD_COUNT_MAX of them while none stalls;
 *          HTTP_CLIENT_WAITING_COUNT_MAX calls that wait for a place.
 *
 * The callback tells apart what a saga must tell apart: a complete answer; surely not one byte
 * has left; everything else, where the other side may or may not have acted. A call that does not
 * get its answer in time ends its connection, and with it the calls queued behind it. These are
 * few: a connection that has brought no answer for HTTP_CLIENT_STALL_MS takes no further call until
 * it brings one. */
#pragma once

#include <stdint.h>

#include "base/list.h"
#include "base/loop.h"
#include "base/status.h"
#include "http/message.h"

enum {
    HTTP_CLIENT_CONNECTION_COUNT_MAX = 32,
    HTTP_CLIENT_SPREAD_COUNT_MAX = 8,
    HTTP_CLIENT_DEPTH_MAX = 64,
    HTTP_CLIENT_WAITING_COUNT_MAX = 16384,
    HTTP_CLIENT_STALL_MS = 25
};

struct http_client; /* opaque */
struct http_call;

struct http_answer {
    int status;
    struct http_text body;
    const struct http_header *headers;
    size_t header_count;
};

/* Called exactly once per accepted call, in a later turn than submit; the call is the caller's
 * again. STATUS_OK           a complete, well-formed answer, of whatever status code
 *   STATUS_UNAVAILABLE  the name could not be looked up, or no connection be made, in time; surely
 *                       not one byte has left
 *   STATUS_UNKNOWN      sent at least in part, and no complete answer came
 * answer: borrowed, for the time of the call; NULL unless STATUS_OK. */
typedef void http_call_cb(struct http_call *call, enum status status,
                          const struct http_answer *answer);

/* The caller owns it and may embed it; the client borrows it and its bytes until the callback. */
struct http_call {
    enum http_method method; /* GET, POST or PUT */
    const char *target;      /* "/payments/7/void" */
    const char *headers;     /* further whole lines, each ended by CRLF; NULL for none */
    struct http_text body;   /* sent as application/json; size 0: no body */
    uint64_t deadline_ms;    /* moment of the loop's clock */
    http_call_cb *callback;
    void *context;
    /* The rest is the client's own. */
    struct list_node node;
};

/* `url` is "http://host:port" with nothing behind it but perhaps a slash. A name is looked up in
 * the background, for the first call and again whenever none of its addresses could be reached;
 * they are tried in turn. STATUS_INVALID where the URL can't be read, after logging why;
 * STATUS_NO_MEMORY. */
enum status http_client_open(struct loop *loop, const char *url,
                             struct http_client **client) STATUS_MUST_CHECK;

/* Each call from now on carries it as a bearer token (RFC 6750). Borrowed; "": none does. */
void http_client_set_token(struct http_client *client, const char *token);

/* Not accepted, and no callback will come: STATUS_OVERLOADED, STATUS_STOPPING. */
enum status http_client_submit(struct http_client *client,
                               struct http_call *call) STATUS_MUST_CHECK;

/* Answers every call that is still accepted during this call, then starts closing; the memory goes
 * with the loop's last close callback. */
void http_client_close(struct http_client *client);
