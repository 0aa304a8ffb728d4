#include "base/log.h"

#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A pipe that polls writable takes this much without blocking, and in one piece whoever else writes
 * to it (POSIX: PIPE_BUF). */
enum {
    LOG_WRITE_SIZE_MAX = 4096,
    PATH_SIZE = sizeof "/proc/self/fd/2147483647",
    TIME_TEXT_SIZE = sizeof "2026-01-01T00:00:00.000Z"
};

const char *const log_level_names[] = {"debug", "info", "warn", "error", NULL};
const char *const log_format_names[] = {"auto", "text", "json", NULL};

/* Several processes may share a pipe, and the room that one has seen there is taken by another: a
 * write would block. A description of our own can be made non-blocking without telling the others;
 * opening it may be forbidden, and then what polls writable has to be trusted. */
static int open_own_pipe(int descriptor)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    return open(path, O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC);
}

void log_init(struct log *log, const char *service, enum log_level level, enum log_format format,
              int descriptor)
{
    struct stat kind = {.st_mode = 0};
    if (format == LOG_FORMAT_AUTO)
        format = isatty(descriptor) == 1 ? LOG_FORMAT_TEXT : LOG_FORMAT_JSON;
    *log = (struct log){
        .service = service, .level = level, .format = format, .descriptor = descriptor};
    log->metrics = &log->own_metrics;
    buffer_init(&log->buffer, LOG_BUFFER_SIZE_MAX);
    if (fstat(descriptor, &kind) != 0)
        return;
    log->is_socket = S_ISSOCK(kind.st_mode);
    int own = S_ISFIFO(kind.st_mode) ? open_own_pipe(descriptor) : -1;
    log->owns_descriptor = own >= 0;
    if (log->owns_descriptor)
        log->descriptor = own;
}

void log_free(struct log *log)
{
    log_flush(log);
    buffer_free(&log->buffer);
    if (log->owns_descriptor)
        close(log->descriptor);
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

/* How many bytes at the text's beginning are one character that may stand in a log as it is; 0
 * where the first byte must be escaped: ASCII and C1 controls, which move a terminal's cursor, and
 * what is no UTF-8 (RFC 3629 section 4). */
static size_t plain_size(const char *text, size_t size)
{
    unsigned char first = (unsigned char)text[0];
    unsigned char second = size > 1 ? (unsigned char)text[1] : 0;
    if (first < 0x80)
        return first >= 0x20 && first != 0x7f;
    bool is_overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
    bool is_surrogate = first == 0xed && second >= 0xa0;
    bool is_beyond = first == 0xf4 && second >= 0x90;
    bool is_control = first == 0xc2 && second < 0xa0;
    if (first < 0xc2 || first > 0xf4 || is_overlong || is_surrogate || is_beyond || is_control)
        return 0;
    size_t needed = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    for (size_t i = 1; i < needed; i++) {
        if (i >= size || ((unsigned char)text[i] & 0xc0) != 0x80)
            return 0;
    }
    return needed;
}

static void append_escape(struct buffer *to, char byte, bool json)
{
    char escape[8];
    const char *format = json ? "\\u%04x" : "\\x%02x";
    if (byte == '"' || byte == '\\')
        format = "\\%c";
    int length = snprintf(escape, sizeof escape, format, (unsigned char)byte);
    buffer_append(to, escape, (size_t)length);
}

static void append_escaped(struct buffer *to, const char *text, size_t size, bool json)
{
    size_t begin = 0; /* of what may stand there as it is */
    size_t end = 0;
    while (end < size) {
        bool is_quoted = json && (text[end] == '"' || text[end] == '\\');
        size_t plain = is_quoted ? 0 : plain_size(text + end, size - end);
        if (plain == 0) {
            buffer_append(to, text + begin, end - begin);
            append_escape(to, text[end], json);
            begin = end + 1;
        }
        end += plain != 0 ? plain : 1;
    }
    buffer_append(to, text + begin, end - begin);
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
    if (log->listener.on_line != NULL) {
        struct log_text text = {.service = log->service, .message = message, .size = size};
        log->listener.on_line(log->listener.context, level, fields, &text);
    }
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

/* A socket would block where less than all fits, even one that polls writable. */
static ssize_t write_now(const struct log *log, const char *lines, size_t size)
{
    if (log->is_socket)
        return send(log->descriptor, lines, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    return write(log->descriptor, lines, size);
}

void log_flush(struct log *log)
{
    size_t written = 0;
    while (written < log->buffer.size) {
        struct pollfd ready = {.fd = log->descriptor, .events = POLLOUT};
        if (poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0)
            break;
        const char *rest = log->buffer.data + written;
        ssize_t count = write_now(log, rest, next_part(rest, log->buffer.size - written));
        if (count <= 0)
            break;
        written += (size_t)count;
    }
    buffer_drop_front(&log->buffer, written);
    if (log->buffer.size == 0)
        report_dropped(log);
}
