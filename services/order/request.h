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

/* Accept names text/event-stream, and does not rule it out with q=0 (RFC 9110, section 12.5.1). */
bool request_accepts_events(const struct http_request *request);

/* Where the client of a stream was: the header Last-Event-ID, or else, as its first connect can't
 * have one, the parameter last_event_id. Not decoded, as no id of ours needs it. Size 0: nowhere.
 * False: the header is repeated. */
bool request_read_last_event_id(const struct http_request *request, struct http_text *id);

/* The client's Idempotency-Key: 1 to ORDER_KEY_SIZE_MAX visible ASCII characters, bare or as a
 * structured-field string in quotes. Size 0: there is none. False: it is malformed or repeated.
 * Source: draft-ietf-httpapi-idempotency-key-header. */
bool request_read_key(const struct http_request *request, struct http_text *key);
