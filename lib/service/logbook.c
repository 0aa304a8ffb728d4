#include "service/logbook.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "base/trace.h"
#include "json/writer.h"

enum { SERVICE_NAME_SIZE_MAX = 16, TIME_TEXT_SIZE = sizeof "2026-01-01T00:00:00.000000Z" };

/* `turn` is odd while somebody writes, and changes with each line: whoever has read the same even
 * number before and after has read one line. */
struct line {
    uint64_t turn;
    int64_t time_us; /* causes and effects are within a ms */
    uint32_t level;
    uint32_t message_size;
    char service[SERVICE_NAME_SIZE_MAX];
    char trace_id[TRACE_ID_SIZE + 1];
    char message[LOGBOOK_MESSAGE_SIZE_MAX];
};

/* The numbers of the orders stand apart: to look for one is to read a row of numbers. */
struct logbook {
    uint64_t written_count;
    int64_t order_ids[LOGBOOK_LINE_COUNT_MAX];
    struct line lines[LOGBOOK_LINE_COUNT_MAX];
};

struct logbook *logbook_open(void)
{
    void *mapped = mmap(NULL, sizeof(struct logbook), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return mapped == MAP_FAILED ? NULL : mapped;
}

void logbook_close(struct logbook *logbook)
{
    munmap(logbook, sizeof *logbook);
}

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void fill(struct line *line, enum log_level level, const struct log_fields *fields,
                 const struct log_text *text)
{
    size_t size = text->size < LOGBOOK_MESSAGE_SIZE_MAX ? text->size : LOGBOOK_MESSAGE_SIZE_MAX;
    while (size != 0 && size < text->size && ((unsigned char)text->message[size] & 0xc0) == 0x80)
        size--; /* no character is cut in the middle */
    line->time_us = now_us();
    line->level = level;
    line->message_size = (uint32_t)size;
    memcpy(line->message, text->message, size);
    snprintf(line->service, sizeof line->service, "%s", text->service);
    snprintf(line->trace_id, sizeof line->trace_id, "%s",
             fields->trace_id == NULL ? "" : fields->trace_id);
}

static void on_line(void *context, enum log_level level, const struct log_fields *fields,
                    const struct log_text *text)
{
    struct logbook *logbook = context;
    if (fields == NULL || fields->order_id == 0)
        return;
    uint64_t number = __atomic_fetch_add(&logbook->written_count, 1, __ATOMIC_RELAXED);
    size_t place = number % LOGBOOK_LINE_COUNT_MAX;
    struct line *line = &logbook->lines[place];
    uint64_t turn = __atomic_load_n(&line->turn, __ATOMIC_RELAXED);
    if (turn % 2 != 0 || !__atomic_compare_exchange_n(&line->turn, &turn, turn + 1, false,
                                                      __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return;
    __atomic_store_n(&logbook->order_ids[place], fields->order_id, __ATOMIC_RELAXED);
    fill(line, level, fields, text);
    __atomic_store_n(&line->turn, turn + 2, __ATOMIC_RELEASE);
}

void logbook_listen(struct logbook *logbook, struct log *log)
{
    log->listener = (struct log_listener){.on_line = on_line, .context = logbook};
}

static bool copy_line(const struct logbook *logbook, size_t place, int64_t order_id,
                      struct line *copy)
{
    const struct line *line = &logbook->lines[place];
    uint64_t turn = __atomic_load_n(&line->turn, __ATOMIC_ACQUIRE);
    if (turn % 2 != 0)
        return false;
    memcpy(copy, line, sizeof *copy);
    bool is_of_order = logbook->order_ids[place] == order_id;
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    return is_of_order && __atomic_load_n(&line->turn, __ATOMIC_RELAXED) == turn;
}

static void write_line(const struct line *line, struct buffer *to)
{
    char text[TIME_TEXT_SIZE];
    struct tm parts;
    time_t second = line->time_us / 1000000;
    gmtime_r(&second, &parts);
    size_t size = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(text + size, sizeof text - size, ".%06dZ", (int)(line->time_us % 1000000));
    json_write_object_start(to);
    json_write_string_field(to, "time", text);
    json_write_string_field(to, "level", log_level_names[line->level]);
    json_write_string_field(to, "service", line->service);
    json_write_key(to, "message");
    json_write_bytes(to, line->message, line->message_size);
    json_write_string_field(to, "trace_id", line->trace_id);
    json_write_object_end(to);
}

/* From the newest line backwards, as many as are wanted; their places. */
static size_t find_lines(const struct logbook *logbook, int64_t order_id,
                         size_t places[LOGBOOK_ORDER_LINE_COUNT_MAX])
{
    uint64_t end = __atomic_load_n(&logbook->written_count, __ATOMIC_RELAXED);
    uint64_t begin = end > LOGBOOK_LINE_COUNT_MAX ? end - LOGBOOK_LINE_COUNT_MAX : 0;
    size_t count = 0;
    while (end > begin && count < LOGBOOK_ORDER_LINE_COUNT_MAX) {
        size_t place = --end % LOGBOOK_LINE_COUNT_MAX;
        if (__atomic_load_n(&logbook->order_ids[place], __ATOMIC_RELAXED) == order_id)
            places[count++] = place;
    }
    return count;
}

void logbook_write(const struct logbook *logbook, int64_t order_id, struct buffer *to)
{
    size_t places[LOGBOOK_ORDER_LINE_COUNT_MAX];
    size_t count = find_lines(logbook, order_id, places);
    json_write_array_start(to);
    while (count != 0) {
        struct line line;
        if (copy_line(logbook, places[--count], order_id, &line))
            write_line(&line, to);
    }
    json_write_array_end(to);
}
