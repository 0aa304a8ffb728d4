#include "base/trace.h"

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

/* The digits are lower-case hex. */
static uint8_t hex_value(char digit)
{
    return (uint8_t)((digit & 0x0f) + (digit > '9' ? 9 : 0));
}

/* Only these two mean anything: sampled, and that the id is random. The others are reserved, and
 * must be sent as 0 (W3C Trace Context, sections 2.2.2 and 3.2.2.5). */
static void keep_known_flags(char flags[2])
{
    flags[0] = '0';
    flags[1] = (char)('0' + (hex_value(flags[1]) & 3));
}

/* All but the id. What a state may take is left as it is: it is large, and most traces have none.
 */
static void begin(struct trace *trace, const char *flags)
{
    memcpy(trace->flags, flags, 2);
    trace->flags[2] = '\0';
    trace->state[0] = '\0';
}

struct trace trace_start(struct prng *prng)
{
    struct trace trace;
    begin(&trace, "01");
    /* The lowest bit is set, as an all-zero id would be invalid. */
    snprintf(trace.id, sizeof trace.id, "%016llx%016llx", (unsigned long long)prng_next(prng),
             (unsigned long long)(prng_next(prng) | 1));
    return trace;
}

bool trace_take_over(struct trace *trace, struct prng *prng, const char *header, size_t size)
{
    if (!is_valid(header, size)) {
        *trace = trace_start(prng);
        return false;
    }
    begin(trace, header + FLAGS_AT);
    keep_known_flags(trace->flags);
    memcpy(trace->id, header + ID_AT, TRACE_ID_SIZE);
    trace->id[TRACE_ID_SIZE] = '\0';
    return true;
}

static bool is_printable(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if ((text[i] < ' ' || text[i] > '~') && text[i] != '\t')
            return false;
    }
    return true;
}

bool trace_add_state(struct trace *trace, const char *header, size_t size)
{
    if (size == 0)
        return true;
    size_t used_size = strlen(trace->state);
    size_t comma_size = used_size != 0 ? 1 : 0;
    if (used_size + comma_size + size > TRACE_STATE_SIZE_MAX || !is_printable(header, size)) {
        trace->state[0] = '\0';
        return false;
    }
    if (comma_size != 0)
        trace->state[used_size] = ',';
    memcpy(trace->state + used_size + comma_size, header, size);
    trace->state[used_size + comma_size + size] = '\0';
    return true;
}

void trace_get_id_bytes(const struct trace *trace, uint8_t bytes[TRACE_ID_BYTE_COUNT])
{
    for (size_t i = 0; i < TRACE_ID_BYTE_COUNT; i++)
        bytes[i] = (uint8_t)(hex_value(trace->id[2 * i]) << 4 | hex_value(trace->id[2 * i + 1]));
}

void trace_format_id(const uint8_t bytes[TRACE_ID_BYTE_COUNT], char id[TRACE_ID_SIZE + 1])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < TRACE_ID_BYTE_COUNT; i++) {
        id[2 * i] = digits[bytes[i] >> 4];
        id[2 * i + 1] = digits[bytes[i] & 0x0f];
    }
    id[TRACE_ID_SIZE] = '\0';
}

struct trace trace_from_id_bytes(struct prng *prng, const uint8_t bytes[TRACE_ID_BYTE_COUNT])
{
    struct trace trace;
    begin(&trace, "01");
    trace_format_id(bytes, trace.id);
    return is_all_zero(trace.id, TRACE_ID_SIZE) ? trace_start(prng) : trace;
}

void trace_format_header(const struct trace *trace, struct prng *prng,
                         char header[TRACE_PARENT_SIZE + 1])
{
    snprintf(header, TRACE_PARENT_SIZE + 1, "00-%s-%016llx-%s", trace->id,
             (unsigned long long)(prng_next(prng) | 1), trace->flags);
}
