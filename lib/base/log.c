#include "base/log.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* A pipe that polls writable takes this much without blocking, and in one piece whoever else writes
 * to it (POSIX: PIPE_BUF). */
enum { LOG_WRITE_SIZE_MAX = 4096, TIME_TEXT_SIZE = sizeof "2026-01-01T00:00:00.000Z" };

const char *const log_level_names[] = {"debug", "info", "warn", "error", NULL};
const char *const log_format_names[] = {"text", "json", NULL};

void log_init(struct log *log, const char *service, enum log_level level, enum log_format format,
              int descriptor)
{
    *log = (struct log){
        .service = service, .level = level, .format = format, .descriptor = descriptor};
    log->metrics = &log->own_metrics;
    buffer_init(&log->buffer, LOG_BUFFER_SIZE_MAX);
}

void log_free(struct log *log)
{
    log_flush(log);
    buffer_free(&log->buffer);
}

static void format_time(char text[TIME_TEXT_SIZE])
{
    struct timespec now;
    struct tm parts;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &parts);
    size_t size = strftime(text, TIME_TEXT_SIZE, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(text + size, TIME_TEXT_SIZE - size, ".%03dZ", (int)(now.tv_nsec / 1000000) % 1000);
}

/* Control bytes, DEL and, in JSON, what its strings must escape. Bytes above 0x7f pass: UTF-8. */
static void append_escaped(struct buffer *to, const char *text, size_t size, bool json)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];
        bool quoted = json && (byte == '"' || byte == '\\');
        if (byte >= 0x20 && byte != 0x7f && !quoted) {
            buffer_append_byte(to, (char)byte);
        } else {
            char escape[8];
            int length = snprintf(escape, sizeof escape, json ? "\\u%04x" : "\\x%02x", byte);
            buffer_append(to, escape, (size_t)length);
        }
    }
}

static void append_text_line(struct log *log, enum log_level level, const struct log_fields *fields,
                             const char *message, size_t size)
{
    struct buffer *to = &log->buffer;
    char time_text[TIME_TEXT_SIZE];
    format_time(time_text);
    buffer_append_text(to, time_text);
    buffer_append_byte(to, ' ');
    buffer_append_text(to, log_level_names[level]);
    buffer_append_byte(to, ' ');
    buffer_append_text(to, log->service);
    buffer_append_text(to, ": ");
    append_escaped(to, message, size, false);
    if (fields != NULL && fields->order_id != 0) {
        buffer_append_text(to, " order_id=");
        buffer_append_int(to, fields->order_id);
    }
    if (fields != NULL && fields->trace_id != NULL) {
        buffer_append_text(to, " trace_id=");
        buffer_append_text(to, fields->trace_id);
    }
    buffer_append_byte(to, '\n');
}

static void append_json_line(struct log *log, enum log_level level, const struct log_fields *fields,
                             const char *message, size_t size)
{
    struct buffer *to = &log->buffer;
    char time_text[TIME_TEXT_SIZE];
    format_time(time_text);
    buffer_append_text(to, "{\"time\":\"");
    buffer_append_text(to, time_text);
    buffer_append_text(to, "\",\"level\":\"");
    buffer_append_text(to, log_level_names[level]);
    buffer_append_text(to, "\",\"service\":\"");
    buffer_append_text(to, log->service);
    buffer_append_text(to, "\",\"message\":\"");
    append_escaped(to, message, size, true);
    buffer_append_byte(to, '"');
    if (fields != NULL && fields->order_id != 0) {
        buffer_append_text(to, ",\"order_id\":");
        buffer_append_int(to, fields->order_id);
    }
    if (fields != NULL && fields->trace_id != NULL) {
        buffer_append_text(to, ",\"trace_id\":\"");
        buffer_append_text(to, fields->trace_id);
        buffer_append_byte(to, '"');
    }
    buffer_append_text(to, "}\n");
}

static void append_line(struct log *log, enum log_level level, const struct log_fields *fields,
                        const char *message, size_t size)
{
    size_t before = log->buffer.size;
    if (log->format == LOG_FORMAT_JSON)
        append_json_line(log, level, fields, message, size);
    else
        append_text_line(log, level, fields, message, size);
    if (!log->buffer.failed) {
        metrics_add(&log->metrics->lines[level], 1);
        return;
    }
    log->buffer.size = before; /* whole lines only */
    log->buffer.failed = false;
    log->dropped_count++;
    metrics_add(&log->metrics->dropped_lines, 1);
}

void log_write(struct log *log, enum log_level level, const struct log_fields *fields,
               const char *format, ...)
{
    if (!log_is_on(log, level))
        return;
    char message[LOG_MESSAGE_SIZE_MAX];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    size_t size = length < 0 ? 0 : (size_t)length;
    if (size >= sizeof message)
        size = sizeof message - 1;
    append_line(log, level, fields, message, size);
}

static void report_dropped(struct log *log)
{
    if (log->dropped_count == 0)
        return;
    uint64_t dropped_count = log->dropped_count;
    log->dropped_count = 0;
    log_write(log, LOG_WARN, NULL, "%llu log lines dropped: the reader is too slow",
              (unsigned long long)dropped_count);
}

/* As many whole lines as can be written in one piece. */
static size_t next_part(const char *lines, size_t size)
{
    if (size <= LOG_WRITE_SIZE_MAX)
        return size;
    const char *last = memrchr(lines, '\n', LOG_WRITE_SIZE_MAX);
    return last != NULL ? (size_t)(last - lines) + 1 : LOG_WRITE_SIZE_MAX;
}

void log_flush(struct log *log)
{
    size_t written = 0;
    while (written < log->buffer.size) {
        struct pollfd ready = {.fd = log->descriptor, .events = POLLOUT};
        if (poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0)
            break;
        const char *rest = log->buffer.data + written;
        ssize_t count = write(log->descriptor, rest, next_part(rest, log->buffer.size - written));
        if (count <= 0)
            break;
        written += (size_t)count;
    }
    buffer_drop_front(&log->buffer, written);
    if (log->buffer.size == 0)
        report_dropped(log);
}
