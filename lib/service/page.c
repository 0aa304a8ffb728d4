#include "service/page.h"

#include <inttypes.h>
#include <stdio.h>

#include "http/query.h"
#include "json/writer.h"

enum {
    TEXT_SIZE_MAX = 64, /* of a name or value; every good one is shorter */
    MESSAGE_SIZE_MAX = 256,
    URL_SIZE_MAX = 256,
};

enum parameter {
    PARAMETER_LIMIT,
    PARAMETER_BEFORE,
    PARAMETER_STATUS,
    PARAMETER_FLAG,
    PARAMETER_COUNT,
};

static const char *parameter_name(const struct page_words *words, enum parameter parameter)
{
    static const char *const names[] = {
        [PARAMETER_LIMIT] = "limit",
        [PARAMETER_BEFORE] = "before",
        [PARAMETER_STATUS] = "status",
    };
    return parameter == PARAMETER_FLAG ? words->flag : names[parameter];
}

static void add_fault(struct page_faults *faults, enum page_fault_kind kind, struct http_text name,
                      int64_t limit)
{
    if (faults->count == PAGE_FAULT_COUNT_MAX)
        return;
    if (name.size > TEXT_SIZE_MAX)
        name.size = TEXT_SIZE_MAX;
    faults->items[faults->count++] =
        (struct page_fault){.kind = kind, .name = name, .limit = limit};
}

/* PARAMETER_COUNT: the list has none of this name. */
static enum parameter find_parameter(const struct page_words *words, struct http_text encoded)
{
    char bytes[TEXT_SIZE_MAX];
    struct http_text name;
    if (!http_query_decode(encoded, bytes, sizeof bytes, &name))
        return PARAMETER_COUNT;
    for (enum parameter i = 0; i < PARAMETER_COUNT; i++) {
        const char *known = parameter_name(words, i);
        if (known != NULL && http_text_equals(name, known))
            return i;
    }
    return PARAMETER_COUNT;
}

struct decimal {
    bool is_negative;
    uint64_t magnitude; /* UINT64_MAX: so much or more */
};

static bool parse_decimal(struct http_text text, struct decimal *decimal)
{
    *decimal = (struct decimal){.is_negative = text.size != 0 && text.data[0] == '-'};
    size_t first = decimal->is_negative ? 1 : 0;
    for (size_t at = first; at < text.size; at++) {
        char digit = text.data[at];
        if (digit < '0' || digit > '9')
            return false;
        if (__builtin_mul_overflow(decimal->magnitude, 10, &decimal->magnitude) ||
            __builtin_add_overflow(decimal->magnitude, digit - '0', &decimal->magnitude))
            decimal->magnitude = UINT64_MAX;
    }
    return text.size > first;
}

/* From 1 to `maximum`. */
static int64_t read_int(struct http_text name, struct http_text value, int64_t maximum,
                        struct page_faults *faults)
{
    struct decimal decimal;
    if (!parse_decimal(value, &decimal))
        add_fault(faults, PAGE_FAULT_NOT_INT, name, 0);
    else if (decimal.is_negative || decimal.magnitude < 1)
        add_fault(faults, PAGE_FAULT_TOO_SMALL, name, 1);
    else if (decimal.magnitude > (uint64_t)maximum)
        add_fault(faults, PAGE_FAULT_TOO_GREAT, name, maximum);
    else
        return (int64_t)decimal.magnitude;
    return 1;
}

static int read_status(const struct page_words *words, struct http_text name,
                       struct http_text value, struct page_faults *faults)
{
    for (int i = 0; i < words->status_count; i++) {
        if (http_text_equals(value, words->status_names[i]))
            return i;
    }
    add_fault(faults, PAGE_FAULT_NOT_STATUS, name, 0);
    return PAGE_ANY_STATUS;
}

static void read_parameter(const struct page_words *words, enum parameter parameter,
                           const struct http_parameter *sent, struct page_query *query,
                           struct page_faults *faults)
{
    char bytes[TEXT_SIZE_MAX];
    struct http_text value = {0}; /* nothing that is too long is good, nor is nothing */
    (void)http_query_decode(sent->value, bytes, sizeof bytes, &value);
    switch (parameter) {
    case PARAMETER_LIMIT:
        query->limit = (int32_t)read_int(sent->name, value, PAGE_LIMIT_MAX, faults);
        break;
    case PARAMETER_BEFORE:
        query->before_id = read_int(sent->name, value, INT64_MAX, faults);
        break;
    case PARAMETER_STATUS:
        query->status = read_status(words, sent->name, value, faults);
        break;
    case PARAMETER_FLAG:
        query->has_flag = http_text_equals(value, "true");
        if (!query->has_flag)
            add_fault(faults, PAGE_FAULT_NOT_TRUE, sent->name, 0);
        break;
    case PARAMETER_COUNT:
        add_fault(faults, PAGE_FAULT_UNKNOWN, sent->name, 0);
        break;
    }
}

void page_query_read(const struct page_words *words, struct http_text text,
                     struct page_query *query, struct page_faults *faults)
{
    bool is_seen[PARAMETER_COUNT + 1] = {false};
    struct http_parameter sent;
    *query = (struct page_query){
        .before_id = INT64_MAX, .limit = PAGE_LIMIT_DEFAULT, .status = PAGE_ANY_STATUS};
    while (http_query_take(&text, &sent)) {
        enum parameter parameter = find_parameter(words, sent.name);
        if (parameter != PARAMETER_COUNT) {
            const char *name = parameter_name(words, parameter);
            sent.name = (struct http_text){.data = name, .size = strlen(name)};
        }
        if (parameter != PARAMETER_COUNT && is_seen[parameter])
            add_fault(faults, PAGE_FAULT_REPEATED, sent.name, 0);
        else
            read_parameter(words, parameter, &sent, query, faults);
        is_seen[parameter] = true;
    }
}

static const char *fault_type(enum page_fault_kind kind)
{
    static const char *const types[] = {
        [PAGE_FAULT_UNKNOWN] = "extra_forbidden",   [PAGE_FAULT_REPEATED] = "repeated",
        [PAGE_FAULT_NOT_INT] = "int_parsing",       [PAGE_FAULT_TOO_SMALL] = "greater_than_equal",
        [PAGE_FAULT_TOO_GREAT] = "less_than_equal", [PAGE_FAULT_NOT_STATUS] = "enum",
        [PAGE_FAULT_NOT_TRUE] = "literal_error",
    };
    return types[kind];
}

/* "Input should be 'PAID', 'FAILED' or 'VOIDED'" */
static void list_statuses(const struct page_words *words, char message[MESSAGE_SIZE_MAX])
{
    int size = snprintf(message, MESSAGE_SIZE_MAX, "Input should be ");
    for (int i = 0; i < words->status_count; i++) {
        const char *separator = i == 0 ? "" : i == words->status_count - 1 ? " or " : ", ";
        size += snprintf(message + size, (size_t)(MESSAGE_SIZE_MAX - size), "%s'%s'", separator,
                         words->status_names[i]);
    }
}

static void write_message(const struct page_words *words, const struct page_fault *fault,
                          struct buffer *to)
{
    char message[MESSAGE_SIZE_MAX] = "";
    switch (fault->kind) {
    case PAGE_FAULT_UNKNOWN:
        snprintf(message, sizeof message, "There is no such parameter");
        break;
    case PAGE_FAULT_REPEATED:
        snprintf(message, sizeof message, "The parameter should stand once");
        break;
    case PAGE_FAULT_NOT_INT:
        snprintf(message, sizeof message, "Input should be a valid integer");
        break;
    case PAGE_FAULT_TOO_SMALL:
        snprintf(message, sizeof message, "Input should be greater than or equal to %" PRId64,
                 fault->limit);
        break;
    case PAGE_FAULT_TOO_GREAT:
        snprintf(message, sizeof message, "Input should be less than or equal to %" PRId64,
                 fault->limit);
        break;
    case PAGE_FAULT_NOT_STATUS:
        list_statuses(words, message);
        break;
    case PAGE_FAULT_NOT_TRUE:
        snprintf(message, sizeof message, "Input should be 'true'");
        break;
    }
    json_write_string_field(to, "msg", message);
}

void page_faults_write(const struct page_words *words, const struct page_faults *faults,
                       struct buffer *to)
{
    json_write_object_start(to);
    json_write_key(to, "detail");
    json_write_array_start(to);
    for (size_t i = 0; i < faults->count; i++) {
        const struct page_fault *fault = &faults->items[i];
        json_write_object_start(to);
        json_write_key(to, "loc");
        json_write_array_start(to);
        json_write_string(to, "query");
        json_write_bytes(to, fault->name.data, fault->name.size);
        json_write_array_end(to);
        write_message(words, fault, to);
        json_write_string_field(to, "type", fault_type(fault->kind));
        json_write_object_end(to);
    }
    json_write_array_end(to);
    json_write_object_end(to);
}

void page_write_start(const struct page_words *words, struct buffer *to)
{
    json_write_object_start(to);
    json_write_key(to, words->items);
    json_write_array_start(to);
}

void page_write_end(const struct page_words *words, const struct page_query *query,
                    int64_t next_before_id, struct buffer *to)
{
    json_write_array_end(to);
    json_write_key(to, "next");
    if (next_before_id == 0) {
        json_write_null(to);
    } else {
        char url[URL_SIZE_MAX];
        bool has_status = query->status != PAGE_ANY_STATUS;
        snprintf(url, sizeof url, "%s?%s%s%s%s%slimit=%d&before=%" PRId64, words->path,
                 has_status ? "status=" : "", has_status ? words->status_names[query->status] : "",
                 has_status ? "&" : "", query->has_flag ? words->flag : "",
                 query->has_flag ? "=true&" : "", (int)query->limit, next_before_id);
        json_write_string(to, url);
    }
    json_write_object_end(to);
}
