#include "http/origin.h"

#include <arpa/inet.h>
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

/* No page has sent it, or one of the host that was asked. */
static bool has_own_origin(const struct http_header *headers, size_t count)
{
    bool is_repeated;
    struct http_text origin = http_find_header(headers, count, "origin", &is_repeated);
    if (is_repeated)
        return false;
    if (origin.data == NULL)
        return true;
    struct http_text own = http_find_header(headers, count, "host", NULL);
    struct http_text host = host_of(origin);
    return host.size != 0 && own.data != NULL && are_equal(host, own);
}

bool http_is_same_origin(const struct http_header *headers, size_t count)
{
    bool is_repeated;
    struct http_text site = http_find_header(headers, count, "sec-fetch-site", &is_repeated);
    if (is_repeated || (site.data != NULL && !http_text_equals(site, "same-origin")))
        return false;
    return has_own_origin(headers, count);
}

bool http_is_from_elsewhere(const struct http_header *headers, size_t count)
{
    bool is_repeated;
    struct http_text site = http_find_header(headers, count, "sec-fetch-site", &is_repeated);
    if (site.data == NULL && !is_repeated)
        return !has_own_origin(headers, count);
    return !http_text_equals(site, "same-origin") && !http_text_equals(site, "none");
}

enum { LABEL_SIZE_MAX = 63 }; /* more is no address, and no name without a dot (RFC 1035, 2.3.4) */

static bool is_address(const char *host)
{
    struct in_addr address;
    return inet_pton(AF_INET, host, &address) == 1;
}

/* "localhost:8000" -> "localhost". */
static struct http_text without_port(struct http_text host)
{
    const char *colon = memchr(host.data, ':', host.size);
    return (struct http_text){host.data, colon == NULL ? host.size : (size_t)(colon - host.data)};
}

bool http_is_host_near(const struct http_header *headers, size_t count)
{
    struct http_text host = http_find_header(headers, count, "host", NULL);
    if (host.data == NULL || host.size == 0)
        return false;
    if (host.data[0] == '[')
        return true; /* an address of IPv6, as the server has let it pass */
    host = without_port(host);
    if (host.size == 0 || host.size > LABEL_SIZE_MAX)
        return false;
    char name[LABEL_SIZE_MAX + 1];
    memcpy(name, host.data, host.size);
    name[host.size] = '\0';
    return strchr(name, '.') == NULL || is_address(name);
}
