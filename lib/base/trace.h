/* trace - W3C trace context: one id that follows an order through both services and their logs.
 *
 * Place   above base/prng; knows nobody else.
 * Source  W3C Trace Context, section 3.2 (traceparent). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/prng.h"

enum { TRACE_ID_SIZE = 32, TRACE_PARENT_SIZE = 55 };

struct trace {
    char id[TRACE_ID_SIZE + 1]; /* 32 lower-case hex digits */
    char flags[3];              /* 2 lower-case hex digits */
};

/* Takes over a valid traceparent header; starts a new trace where it is absent (size 0) or invalid.
 */
struct trace trace_from_header(struct prng *prng, const char *header, size_t size);

/* The traceparent for an outgoing request, with a new span id; NUL-terminated. */
void trace_format_header(const struct trace *trace, struct prng *prng,
                         char header[TRACE_PARENT_SIZE + 1]);
