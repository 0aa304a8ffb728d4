#include "base/trace.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* version "-" trace-id "-" parent-id "-" flags */
enum { ID_AT = 3, SPAN_AT = 36, SPAN_SIZE = 16, FLAGS_AT = 53 };

static bool is_lower_hex(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        bool letter = text[i] >= 'a' && text[i] <= 'f';
        if (!digit && !letter)
            return false;
    }
    return true;
}

static bool is_all_zero(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] != '0')
            return false;
    }
    return true;
}

static bool is_valid(const char *header, size_t size)
{
    if (size < TRACE_PARENT_SIZE)
        return false;
    bool first_version = memcmp(header, "00", 2) == 0;
    if (first_version && size != TRACE_PARENT_SIZE)
        return false;
    /* A later version may append fields, after another hyphen. */
    if (size > TRACE_PARENT_SIZE && header[TRACE_PARENT_SIZE] != '-')
        return false;
    if (!is_lower_hex(header, 2) || memcmp(header, "ff", 2) == 0)
        return false;
    if (header[ID_AT - 1] != '-' || header[SPAN_AT - 1] != '-' || header[FLAGS_AT - 1] != '-')
        return false;
    return is_lower_hex(header + ID_AT, TRACE_ID_SIZE) &&
           !is_all_zero(header + ID_AT, TRACE_ID_SIZE) &&
           is_lower_hex(header + SPAN_AT, SPAN_SIZE) && !is_all_zero(header + SPAN_AT, SPAN_SIZE) &&
           is_lower_hex(header + FLAGS_AT, 2);
}

struct trace trace_from_header(struct prng *prng, const char *header, size_t size)
{
    struct trace trace = {.flags = "01"};
    if (is_valid(header, size)) {
        memcpy(trace.id, header + ID_AT, TRACE_ID_SIZE);
        memcpy(trace.flags, header + FLAGS_AT, 2);
        return trace;
    }
    /* The lowest bit is set, as an all-zero id would be invalid. */
    snprintf(trace.id, sizeof trace.id, "%016llx%016llx", (unsigned long long)prng_next(prng),
             (unsigned long long)(prng_next(prng) | 1));
    return trace;
}

void trace_format_header(const struct trace *trace, struct prng *prng,
                         char header[TRACE_PARENT_SIZE + 1])
{
    snprintf(header, TRACE_PARENT_SIZE + 1, "00-%s-%016llx-%s", trace->id,
             (unsigned long long)(prng_next(prng) | 1), trace->flags);
}
