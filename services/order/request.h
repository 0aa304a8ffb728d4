/* request - what a client of the order service says in headers.
 *
 * Place   handler -> [request] -> http/message. */
#pragma once

#include "base/trace.h"
#include "http/message.h"

/* Prefer: respond-async (RFC 7240). */
bool request_prefers_async(const struct http_request *request);

/* The client's traceparent, with its tracestate, or a new trace. */
struct trace request_trace(const struct http_request *request, struct prng *prng);

/* The client's Idempotency-Key: 1 to ORDER_KEY_SIZE_MAX visible ASCII characters, bare or as a
 * structured-field string in quotes. Size 0: there is none. False: it is malformed or repeated.
 * Source: draft-ietf-httpapi-idempotency-key-header. */
bool request_read_key(const struct http_request *request, struct http_text *key);
