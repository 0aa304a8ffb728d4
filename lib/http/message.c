#include "http/message.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

const char *http_method_name(enum http_method method)
{
    static const char *const names[] = {
        [HTTP_METHOD_GET] = "GET",         [HTTP_METHOD_HEAD] = "HEAD",
        [HTTP_METHOD_POST] = "POST",       [HTTP_METHOD_PUT] = "PUT",
        [HTTP_METHOD_PATCH] = "PATCH",     [HTTP_METHOD_DELETE] = "DELETE",
        [HTTP_METHOD_OPTIONS] = "OPTIONS",
    };
    assert((unsigned)method < HTTP_METHOD_COUNT);
    return names[method];
}

bool http_text_equals(struct http_text text, const char *other)
{
    return text.size == strlen(other) && memcmp(text.data, other, text.size) == 0;
}

bool http_text_equals_ignoring_case(struct http_text text, const char *other)
{
    /* strncasecmp is plain ASCII in the C locale, which a service never leaves. */
    return text.size == strlen(other) && strncasecmp(text.data, other, text.size) == 0;
}

struct http_text http_find_header(const struct http_header *headers, size_t count, const char *name,
                                  bool *is_repeated)
{
    struct http_text value = {0};
    size_t found_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!http_text_equals_ignoring_case(headers[i].name, name))
            continue;
        value = headers[i].value;
        found_count++;
    }
    if (is_repeated != NULL)
        *is_repeated = found_count > 1;
    return found_count == 1 ? value : (struct http_text){0};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Takes so many bytes off the list, and the separator behind them. */
static struct http_text take_trimmed(struct http_text *list, size_t size)
{
    struct http_text element = {list->data, size};
    size_t step = size < list->size ? size + 1 : size;
    list->data += step;
    list->size -= step;
    while (element.size != 0 && is_blank(element.data[0])) {
        element.data++;
        element.size--;
    }
    while (element.size != 0 && is_blank(element.data[element.size - 1]))
        element.size--;
    return element;
}

struct http_text http_take_element(struct http_text *list, char separator)
{
    const char *end = memchr(list->data, separator, list->size);
    return take_trimmed(list, end == NULL ? list->size : (size_t)(end - list->data));
}

struct http_text http_take_member(struct http_text *list, char separator)
{
    size_t size = 0;
    bool is_quoted = false;
    while (size < list->size && (is_quoted || list->data[size] != separator)) {
        bool is_escape = is_quoted && list->data[size] == '\\' && size + 1 < list->size;
        if (list->data[size] == '"')
            is_quoted = !is_quoted;
        size += is_escape ? 2 : 1;
    }
    return take_trimmed(list, size);
}
