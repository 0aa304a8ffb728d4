#include "fuzz/json_oracle.h"

#include <assert.h>
#include <string.h>

enum { FAULTS_SIZE_MAX = 16 * 1024 };

/* The arrays and objects inside of those at one level. */
static json_t *next_level(const json_t *level)
{
    json_t *next = json_array();
    for (size_t i = 0; i < json_array_size(level); i++) {
        json_t *value = json_array_get(level, i);
        size_t index;
        const char *key;
        json_t *child;
        json_object_foreach(value, key, child)
        {
            if (json_is_object(child) || json_is_array(child))
                json_array_append(next, child);
        }
        json_array_foreach(value, index, child)
        {
            if (json_is_object(child) || json_is_array(child))
                json_array_append(next, child);
        }
    }
    return next;
}

/* `value` is an object or an array. */
static bool is_deeper(json_t *value, size_t depth_max)
{
    size_t depth = 0;
    json_t *level = json_array();
    json_array_append(level, value);
    while (json_array_size(level) != 0 && depth <= depth_max) {
        json_t *next = next_level(level);
        json_decref(level);
        level = next;
        depth++;
    }
    json_decref(level);
    return depth > depth_max;
}

static size_t digits_at(const char *text, size_t size)
{
    size_t count = 0;
    while (count < size && text[count] >= '0' && text[count] <= '9')
        count++;
    return count;
}

/* RFC 8259, section 6. */
static bool is_number(const char *text, size_t size)
{
    size_t at = size != 0 && text[0] == '-' ? 1 : 0;
    size_t count = digits_at(text + at, size - at);
    if (count == 0 || (count > 1 && text[at] == '0'))
        return false;
    at += count;
    if (at < size && text[at] == '.') {
        count = digits_at(text + at + 1, size - at - 1);
        at += 1 + count;
        if (count == 0)
            return false;
    }
    if (at < size && (text[at] == 'e' || text[at] == 'E')) {
        at++;
        if (at < size && (text[at] == '+' || text[at] == '-'))
            at++;
        count = digits_at(text + at, size - at);
        at += count;
        if (count == 0)
            return false;
    }
    return at == size;
}

static size_t string_size(const char *text, size_t size)
{
    size_t at = 1;
    while (at < size && text[at] != '"')
        at += text[at] == '\\' ? 2 : 1;
    return at + 1;
}

/* Of a body that was parsed: where jansson refused its integers, the rest may not have been JSON.
 */
static void check_numbers(struct http_text body)
{
    static const char marks[] = "+-.0123456789Ee";
    size_t at = 0;
    while (at < body.size) {
        const char *text = body.data + at;
        size_t size = 0;
        while (at + size < body.size && memchr(marks, text[size], sizeof marks - 1) != NULL)
            size++;
        bool is_letter = *text == 'e' || *text == 'E'; /* of true or false */
        assert(size == 0 || is_letter || is_number(text, size));
        if (size == 0)
            size = *text == '"' ? string_size(text, body.size - at) : 1;
        at += size;
    }
}

void json_oracle_check_parse(struct http_text body)
{
    struct json_faults faults = {0};
    json_error_t error;
    json_t *expected = json_loadb(body.data, body.size, JSON_REJECT_DUPLICATES, &error);
    json_t *found = json_body_parse(body.data, body.size, &faults);
    assert((found == NULL) == (faults.count == 1));
    assert(found == NULL || (json_is_object(found) && !is_deeper(found, JSON_DEPTH_MAX)));
    if (found != NULL)
        check_numbers(body);
    if (expected == NULL)
        assert(found == NULL || json_error_code(&error) == json_error_numeric_overflow);
    else if (json_is_object(expected) && !is_deeper(expected, JSON_DEPTH_MAX))
        assert(json_equal(expected, found));
    else
        assert(found == NULL);
    json_decref(expected);
    json_decref(found);
}

json_t *json_oracle_read(const struct buffer *written)
{
    assert(!written->failed);
    json_t *tree = json_loadb(written->data, written->size, JSON_REJECT_DUPLICATES, NULL);
    assert(json_is_object(tree));
    return tree;
}

void json_oracle_check_faults(const struct json_faults *faults)
{
    struct buffer written;
    buffer_init(&written, FAULTS_SIZE_MAX);
    json_faults_write(faults, &written);
    json_t *tree = json_oracle_read(&written);
    assert(json_array_size(json_object_get(tree, "detail")) == faults->count);
    json_decref(tree);
    buffer_free(&written);
}

int64_t json_oracle_int(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    assert(json_is_integer(value));
    return json_integer_value(value);
}

bool json_oracle_has_text(const json_t *object, const char *key, struct http_text text)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) && json_string_length(value) == text.size &&
           memcmp(json_string_value(value), text.data, text.size) == 0;
}
