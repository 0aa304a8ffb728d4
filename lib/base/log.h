/* log - one line an event, gathered in memory and written once per loop turn.
 *
 * Place      above base/buffer and base/metrics.
 * Thread     the loop thread only. log_flush() writes only what the descriptor takes at once.
 * Ownership  The log borrows its settings' strings and the descriptor.
 * Errors     A full pipe never stops the service: what does not fit is dropped, counted, and the
 *            count is logged when there is room again.
 * Limits     A message is cut at LOG_MESSAGE_SIZE_MAX bytes. Whatever a message holds, it is one
 *            line of valid UTF-8: control characters and bytes that are no UTF-8 are escaped. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/metrics.h"

enum { LOG_MESSAGE_SIZE_MAX = 1024, LOG_BUFFER_SIZE_MAX = 1024 * 1024 };

/* The order of the levels and of the formats is that of the settings' choices. */
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_LEVEL_COUNT };
enum log_format {
    LOG_FORMAT_AUTO, /* text on a terminal, JSON elsewhere */
    LOG_FORMAT_TEXT,
    LOG_FORMAT_JSON
};

extern const char *const log_level_names[];  /* "debug" … "error", NULL */
extern const char *const log_format_names[]; /* "auto", "text", "json", NULL */

struct log_metrics {
    uint64_t lines[LOG_LEVEL_COUNT];
    uint64_t dropped_lines;
};

/* What a line is about; zero and NULL mean "nothing". */
struct log_fields {
    int64_t order_id;
    const char *trace_id; /* NUL-terminated */
};

struct log_text {
    const char *service;
    const char *message; /* as it came: not escaped */
    size_t size;
};

/* Told of each line that the level lets through, within log_write(); it must not log. on_line is
 * NULL where nobody listens. */
struct log_listener {
    void (*on_line)(void *context, enum log_level level, const struct log_fields *fields,
                    const struct log_text *text);
    void *context;
};

struct log {
    const char *service; /* "order" or "payment" */
    enum log_level level;
    enum log_format format; /* never LOG_FORMAT_AUTO */
    int descriptor;
    bool owns_descriptor;
    bool is_socket;
    struct buffer buffer;
    uint64_t dropped_count;      /* not told yet */
    struct log_metrics *metrics; /* its own, until the owner sets others */
    struct log_metrics own_metrics;
    struct log_listener listener; /* set by whoever wants to listen, after log_init() */
};

void log_init(struct log *log, const char *service, enum log_level level, enum log_format format,
              int descriptor);
/* Flushes and frees. */
void log_free(struct log *log);

static inline bool log_is_on(const struct log *log, enum log_level level)
{
    return level >= log->level;
}

/* `fields` may be NULL. */
void log_write(struct log *log, enum log_level level, const struct log_fields *fields,
               const char *format, ...) __attribute__((format(printf, 4, 5)));

void log_flush(struct log *log);
