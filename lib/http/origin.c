#include "http/origin.h"

#include <string.h>

/* "https://example.org:8000" -> "example.org:8000"; nothing where it has no host, as "null". */
static struct http_text host_of(struct http_text origin)
{
    static const char mark[] = "://";
    const char *found = memmem(origin.data, origin.size, mark, sizeof mark - 1);
    if (found == NULL)
        return (struct http_text){0};
    const char *host = found + sizeof mark - 1;
    return (struct http_text){.data = host, .size = origin.size - (size_t)(host - origin.data)};
}

static bool are_equal(struct http_text one, struct http_text other)
{
    return one.size == other.size && memcmp(one.data, other.data, one.size) == 0;
}

bool http_is_same_origin(const struct http_header *headers, size_t count)
{
    bool is_repeated;
    struct http_text site = http_find_header(headers, count, "sec-fetch-site", &is_repeated);
    if (is_repeated || (site.data != NULL && !http_text_equals(site, "same-origin")))
        return false;
    struct http_text origin = http_find_header(headers, count, "origin", &is_repeated);
    if (is_repeated)
        return false;
    if (origin.data == NULL)
        return true;
    struct http_text own = http_find_header(headers, count, "host", NULL);
    struct http_text host = host_of(origin);
    return host.size != 0 && own.data != NULL && are_equal(host, own);
}
