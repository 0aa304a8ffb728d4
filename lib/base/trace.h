/* trace - W3C trace context: one id that follows an order through both services and their logs.
 *
 * Place   above base/prng; knows nobody else.
 * Source  W3C Trace Context, sections 3.2 (traceparent) and 3.3 (tracestate).
 * Limits  A tracestate of at most TRACE_STATE_SIZE_MAX bytes, as the standard asks for; a longer
 * one is dropped. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/prng.h"

enum {
    TRACE_ID_SIZE = 32,
    TRACE_ID_BYTE_COUNT = TRACE_ID_SIZE / 2,
    TRACE_PARENT_SIZE = 55,
    TRACE_STATE_SIZE_MAX = 512
};

struct trace {
    char id[TRACE_ID_SIZE + 1];           /* 32 lower-case hex digits */
    char flags[3];                        /* 2 lower-case hex digits */
    char state[TRACE_STATE_SIZE_MAX + 1]; /* other vendors' words, passed on as they came */
};

/* A new trace. */
struct trace trace_start(struct prng *prng);

/* Goes on with the trace of a traceparent header, without a state so far; starts a new one where
 * the header is absent (size 0) or invalid, and then gives false: no tracestate must be added. */
bool trace_take_over(struct trace *trace, struct prng *prng, const char *header, size_t size);

/* Adds a tracestate header; several of one request are one list (RFC 9110, section 5.3). False
 * where that makes the state too long, or the header has bytes that none may have: then no state is
 * passed on, and no further header may be added. */
bool trace_add_state(struct trace *trace, const char *header, size_t size);

/* The id as it is stored. */
void trace_get_id_bytes(const struct trace *trace, uint8_t bytes[TRACE_ID_BYTE_COUNT]);

/* 32 lower-case hex digits and a NUL. */
void trace_format_id(const uint8_t bytes[TRACE_ID_BYTE_COUNT], char id[TRACE_ID_SIZE + 1]);

/* Goes on with the trace of a stored id; starts a new one where it is all zero: not known. */
struct trace trace_from_id_bytes(struct prng *prng, const uint8_t bytes[TRACE_ID_BYTE_COUNT]);

/* The traceparent for an outgoing request, with a new span id; NUL-terminated. */
void trace_format_header(const struct trace *trace, struct prng *prng,
                         char header[TRACE_PARENT_SIZE + 1]);
