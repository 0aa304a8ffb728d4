#include "json/fields.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/writer.h"

enum { JSON_MESSAGE_SIZE_MAX = 128 };

static void add_fault(struct json_faults *faults, enum json_fault_kind kind, const char *field,
                      int64_t limit)
{
    if (faults->count == JSON_FAULT_COUNT_MAX)
        return;
    faults->items[faults->count++] =
        (struct json_fault){.kind = kind, .field = field, .limit = limit};
}

/* Out of memory, jansson can lose a byte of a string without an error (seen with 2.14). */
static void *allocate_or_abort(size_t size)
{
    void *memory = malloc(size);
    if (memory == NULL)
        abort();
    return memory;
}

void json_seed_hashes(uint64_t random)
{
    json_set_alloc_funcs(allocate_or_abort, free);
    /* Seed 0 would let jansson choose one from the time. */
    json_object_seed((size_t)random | 1);
}

/* Just past the string whose opening quote is before `at`. */
static size_t skip_string(const char *bytes, size_t size, size_t at)
{
    while (at < size && bytes[at] != '"')
        at += bytes[at] == '\\' ? 2 : 1;
    return at + 1;
}

/* jansson recurses up to 2048 levels, also when it frees; this stops far below. Only right for
 * valid JSON, and jansson refuses the rest. */
static bool is_too_deep(const char *bytes, size_t size)
{
    size_t depth = 0;
    size_t at = 0;
    while (at < size) {
        char byte = bytes[at++];
        if (byte == '"') {
            at = skip_string(bytes, size, at);
        } else if (byte == '[' || byte == '{') {
            if (++depth > JSON_DEPTH_MAX)
                return true;
        } else if ((byte == ']' || byte == '}') && depth != 0) {
            depth--;
        }
    }
    return false;
}

static bool is_number_byte(char byte)
{
    return (byte >= '0' && byte <= '9') || byte == '-' || byte == '+' || byte == '.' ||
           byte == 'e' || byte == 'E';
}

/* Makes the integer token at `token` a real where int64 cannot hold it: 99…9 becomes 9.9…9. */
static void soften_integer(char *token, size_t size)
{
    size_t sign = token[0] == '-' ? 1 : 0;
    /* A leading zero is not JSON, and must not become it. */
    if (token[sign] == '0' || strspn(token + sign, "0123456789") < size - sign)
        return;
    errno = 0;
    (void)strtoll(token, NULL, 10);
    if (errno == ERANGE)
        token[sign + 1] = '.';
}

/* jansson refuses a whole document for one integer beyond int64. So that such a number is a fault
 * of its own field, or none in a field that nobody reads, this parses a copy in which it is a real.
 */
static json_t *parse_with_huge_integers(const char *bytes, size_t size, json_error_t *error)
{
    char *copy = malloc(size + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, bytes, size);
    copy[size] = '\0';
    size_t at = 0;
    while (at < size) {
        size_t start = at;
        while (at < size && is_number_byte(copy[at]))
            at++;
        if (at != start)
            soften_integer(copy + start, at - start);
        else if (copy[at] == '"')
            at = skip_string(copy, size, at + 1);
        else
            at++;
    }
    json_t *body = json_loadb(copy, size, JSON_REJECT_DUPLICATES, error);
    free(copy);
    return body;
}

static json_t *parse_object(const char *bytes, size_t size, json_error_t *error)
{
    json_t *body = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, error);
    if (body == NULL && json_error_code(error) == json_error_numeric_overflow)
        body = parse_with_huge_integers(bytes, size, error);
    return body;
}

/* A value that is no object or array, which jansson refuses at the top. */
static bool is_scalar(const char *bytes, size_t size)
{
    json_t *value = json_loadb(bytes, size, JSON_DECODE_ANY, NULL);
    bool scalar = value != NULL && !json_is_object(value) && !json_is_array(value);
    json_decref(value);
    return scalar;
}

json_t *json_body_parse(const char *bytes, size_t size, struct json_faults *faults)
{
    if (is_too_deep(bytes, size)) {
        add_fault(faults, JSON_FAULT_DEPTH, NULL, JSON_DEPTH_MAX);
        return NULL;
    }
    json_error_t error;
    json_t *body = parse_object(bytes, size, &error);
    if (body == NULL) {
        enum json_fault_kind kind = JSON_FAULT_SYNTAX;
        if (json_error_code(&error) == json_error_duplicate_key)
            kind = JSON_FAULT_DUPLICATE_KEY;
        else if (is_scalar(bytes, size))
            kind = JSON_FAULT_NOT_OBJECT;
        add_fault(faults, kind, NULL, 0);
        return NULL;
    }
    if (!json_is_object(body)) {
        add_fault(faults, JSON_FAULT_NOT_OBJECT, NULL, 0);
        json_decref(body);
        return NULL;
    }
    return body;
}

static const json_t *find_field(const json_t *body, const char *field, struct json_faults *faults)
{
    const json_t *value = json_object_get(body, field);
    if (value == NULL)
        add_fault(faults, JSON_FAULT_MISSING, field, 0);
    return value;
}

void json_body_int(const json_t *body, const char *field, int64_t minimum, int64_t maximum,
                   int64_t *value, struct json_faults *faults)
{
    assert(minimum <= maximum);
    *value = minimum;
    const json_t *found = find_field(body, field, faults);
    if (found == NULL)
        return;
    int64_t number = json_integer_value(found);
    if (!json_is_integer(found))
        add_fault(faults, JSON_FAULT_NOT_INT, field, 0);
    else if (number < minimum)
        add_fault(faults, JSON_FAULT_TOO_SMALL, field, minimum);
    else if (number > maximum)
        add_fault(faults, JSON_FAULT_TOO_GREAT, field, maximum);
    else
        *value = number;
}

/* Of valid UTF-8, which is all that jansson lets pass: every byte that does not continue another.
 */
static size_t count_characters(const char *text, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

void json_body_text(const json_t *body, const char *field, size_t character_count_min,
                    size_t character_count_max, struct json_text *text, struct json_faults *faults)
{
    assert(character_count_min <= character_count_max);
    *text = (struct json_text){.data = "", .size = 0};
    const json_t *found = find_field(body, field, faults);
    if (found == NULL)
        return;
    if (!json_is_string(found)) {
        add_fault(faults, JSON_FAULT_NOT_STRING, field, 0);
        return;
    }
    const char *data = json_string_value(found);
    size_t size = json_string_length(found);
    size_t character_count = count_characters(data, size);
    if (character_count < character_count_min)
        add_fault(faults, JSON_FAULT_TOO_SHORT, field, (int64_t)character_count_min);
    else if (character_count > character_count_max)
        add_fault(faults, JSON_FAULT_TOO_LONG, field, (int64_t)character_count_max);
    else
        *text = (struct json_text){.data = data, .size = size};
}

struct fault_words {
    const char *type;
    const char *msg;
};

static const struct fault_words fault_words[] = {
#define JSON_FAULT_WORDS(name, type, msg) [JSON_FAULT_##name] = {type, msg},
    JSON_FAULT_MAP(JSON_FAULT_WORDS)
#undef JSON_FAULT_WORDS
};

static void write_message(const struct json_fault *fault, struct buffer *to)
{
    const char *msg = fault_words[fault->kind].msg;
    char text[JSON_MESSAGE_SIZE_MAX];
    int length = snprintf(text, sizeof text, "%s", msg);
    const char *mark = strchr(msg, '#');
    if (mark != NULL) {
        length = snprintf(text, sizeof text, "%.*s%lld%s", (int)(mark - msg), msg,
                          (long long)fault->limit, mark + 1);
        bool counts_characters =
            fault->kind == JSON_FAULT_TOO_SHORT || fault->kind == JSON_FAULT_TOO_LONG;
        if (counts_characters && fault->limit == 1)
            length--; /* "1 character" */
    }
    json_write_bytes(to, text, (size_t)length);
}

void json_faults_write(const struct json_faults *faults, struct buffer *to)
{
    json_write_object_start(to);
    json_write_key(to, "detail");
    json_write_array_start(to);
    for (size_t i = 0; i < faults->count; i++) {
        const struct json_fault *fault = &faults->items[i];
        json_write_object_start(to);
        json_write_key(to, "loc");
        json_write_array_start(to);
        json_write_string(to, "body");
        if (fault->field != NULL)
            json_write_string(to, fault->field);
        json_write_array_end(to);
        json_write_key(to, "msg");
        write_message(fault, to);
        json_write_string_field(to, "type", fault_words[fault->kind].type);
        json_write_object_end(to);
    }
    json_write_array_end(to);
    json_write_object_end(to);
}
