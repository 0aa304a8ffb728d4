#include "http/router.h"

#include <assert.h>
#include <string.h>

enum { ID_DIGITS_MAX = 19 };
static const char id_mark[] = "{id}";
static const char file_mark[] = "{file}";

/* The number of digits that were taken; 0: there is no such id. */
static size_t take_id(struct http_text path, int64_t *id)
{
    uint64_t value = 0;
    size_t size = 0;
    while (size < path.size && path.data[size] >= '0' && path.data[size] <= '9') {
        if (size == ID_DIGITS_MAX)
            return 0;
        value = value * 10 + (uint64_t)(path.data[size] - '0');
        size++;
    }
    if (value == 0 || value > INT64_MAX)
        return 0;
    *id = (int64_t)value;
    return size;
}

/* The size of a plain file name; 0: it is none. */
static size_t take_file(struct http_text path)
{
    size_t size = 0;
    while (size < path.size && ((path.data[size] >= 'a' && path.data[size] <= 'z') ||
                                path.data[size] == '_' || path.data[size] == '.'))
        size++;
    return size;
}

/* What stands for the mark at the start of *pattern; goes on behind the mark. 0: nothing does. */
static size_t take_marked(const char **pattern, struct http_text path, int64_t *id)
{
    if (strncmp(*pattern, id_mark, sizeof id_mark - 1) == 0) {
        *pattern += sizeof id_mark - 1;
        return take_id(path, id);
    }
    assert(strncmp(*pattern, file_mark, sizeof file_mark - 1) == 0);
    *pattern += sizeof file_mark - 1;
    return take_file(path);
}

/* Every request is held against every route, so the plain bytes come first. */
static bool matches(const char *pattern, struct http_text path, int64_t *id)
{
    *id = 0;
    while (*pattern != '\0') {
        size_t step = 0;
        if (*pattern == '{')
            step = take_marked(&pattern, path, id);
        else if (path.size != 0 && *path.data == *pattern++)
            step = 1;
        if (step == 0)
            return false;
        path.data += step;
        path.size -= step;
    }
    return path.size == 0;
}

struct http_match http_router_find(const struct http_route *routes, size_t count,
                                   enum http_method method, struct http_text path)
{
    struct http_match match = {0};
    enum http_method wanted = method == HTTP_METHOD_HEAD ? HTTP_METHOD_GET : method;
    if (path.size > 2 && path.data[path.size - 1] == '/') /* "//" is not "/" */
        path.size--;
    for (size_t i = 0; i < count; i++) {
        int64_t id;
        if (!matches(routes[i].path, path, &id))
            continue;
        match.methods |= 1U << routes[i].method;
        if (routes[i].method == HTTP_METHOD_GET)
            match.methods |= 1U << HTTP_METHOD_HEAD;
        if (routes[i].method != wanted || match.route != NULL)
            continue;
        match.route = &routes[i];
        match.path_id = id;
    }
    return match;
}

void http_router_write_allow(struct buffer *out, unsigned methods)
{
    const char *separator = "Allow: ";
    for (size_t i = 0; i < HTTP_METHOD_COUNT; i++) {
        if ((methods & 1U << i) == 0)
            continue;
        buffer_append_text(out, separator);
        buffer_append_text(out, http_method_name((enum http_method)i));
        separator = ", ";
    }
    buffer_append_text(out, "\r\n");
}
