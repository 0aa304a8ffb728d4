#include "simulation/sim_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Errors that a world's bad luck brings about: an id of another life, and poison. */
static const char *const expected[] = {
    " error order: Payment Refused",
    " error order: Order claimed for the last time",
};

/* A name that the linker makes of log_flush. */
void __wrap_log_flush(struct log *log);

void __wrap_log_flush(struct log *log)
{
    (void)log;
}

static int64_t order_in(const char *line, const char *end)
{
    static const char word[] = " order_id=";
    const char *found = strstr(line, word);
    return found != NULL && found < end ? strtoll(found + strlen(word), NULL, 10) : 0;
}

static bool is_expected(const char *line)
{
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        if (strncmp(line, expected[i], strlen(expected[i])) == 0)
            return true;
    }
    return false;
}

void sim_log_check(struct sim *sim, bool is_verbose)
{
    static const char is_error[] = " error order: ";
    struct buffer *buffer = &sim->log.buffer;
    if (buffer->size == 0)
        return;
    buffer_append_byte(buffer, '\0');
    const char *line = strstr(buffer->data, is_error);
    while (line != NULL) {
        const char *end = strchr(line, '\n');
        if (!is_expected(line))
            sim_fail(sim, order_in(line, end), "logged:%.*s", (int)(end - line), line);
        line = strstr(end, is_error);
    }
    if (is_verbose)
        fwrite(buffer->data, 1, buffer->size - 1, stderr);
    buffer_clear(buffer);
}
