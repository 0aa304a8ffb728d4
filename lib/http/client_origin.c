#include "http/client_origin.h"

#include <stdlib.h>
#include <string.h>

static const char scheme[] = "http://";
static const char default_port[] = "80";

static bool read_authority(const char *url, struct http_origin *origin)
{
    if (strncmp(url, scheme, strlen(scheme)) != 0)
        return false;
    const char *authority = url + strlen(scheme);
    size_t size = strspn(authority, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "0123456789.-_:[]");
    const char *rest = authority + size;
    if (size > HTTP_ORIGIN_HOST_SIZE_MAX || (strcmp(rest, "") != 0 && strcmp(rest, "/") != 0))
        return false;
    memcpy(origin->authority, authority, size);
    origin->authority[size] = '\0';
    return true;
}

static bool read_port(const char *text, struct http_origin *origin)
{
    size_t size = strlen(text);
    if (size == 0 || size > HTTP_ORIGIN_PORT_DIGITS_MAX || strspn(text, "0123456789") != size)
        return false;
    memcpy(origin->port, text, size + 1);
    unsigned long port = strtoul(text, NULL, 10);
    return port != 0 && port <= UINT16_MAX;
}

static bool split_authority(struct http_origin *origin)
{
    const char *host = origin->authority;
    bool is_bracketed = *host == '[';
    host += is_bracketed;
    size_t size = strcspn(host, is_bracketed ? "[]" : ":[]");
    const char *rest = host + size;
    if (is_bracketed && *rest++ != ']')
        return false;
    memcpy(origin->host, host, size);
    origin->host[size] = '\0';
    if (*rest != ':' && *rest != '\0')
        return false;
    return size != 0 && read_port(*rest == ':' ? rest + 1 : default_port, origin);
}

/* Asks nobody, so it does not block. */
static void read_numeric_host(struct http_origin *origin)
{
    const struct addrinfo hints = {
        .ai_family = origin->authority[0] == '[' ? AF_INET6 : AF_INET,
        .ai_socktype = SOCK_STREAM,
        .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
    };
    struct addrinfo *found = NULL;
    if (getaddrinfo(origin->host, origin->port, &hints, &found) != 0)
        return;
    http_origin_set_addresses(origin, found);
    origin->is_numeric = origin->address_count != 0;
    freeaddrinfo(found);
}

enum status http_origin_parse(const char *url, struct http_origin *origin, const char **reason)
{
    *origin = (struct http_origin){.token = ""};
    *reason = "it is not http://host:port";
    if (!read_authority(url, origin) || !split_authority(origin))
        return STATUS_INVALID;
    read_numeric_host(origin);
    if (origin->authority[0] != '[' || origin->is_numeric)
        return STATUS_OK;
    *reason = "what stands in brackets is not an IPv6 address";
    return STATUS_INVALID;
}

void http_origin_set_addresses(struct http_origin *origin, const struct addrinfo *found)
{
    origin->address_count = 0;
    for (; found != NULL && origin->address_count < HTTP_ORIGIN_ADDRESS_COUNT_MAX;
         found = found->ai_next) {
        struct net_address *address = &origin->addresses[origin->address_count];
        if (found->ai_addrlen > sizeof address->ipv6)
            continue;
        address->size = found->ai_addrlen;
        memcpy(&address->any, found->ai_addr, found->ai_addrlen);
        origin->address_count++;
    }
}
