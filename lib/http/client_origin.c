#include "http/client_origin.h"

#include <netdb.h>
#include <stdbool.h>
#include <string.h>

static const char scheme[] = "http://";
static const char default_port[] = "80";

/* Host and port as the resolver wants them; both point into `text`. */
struct host_and_port {
    char text[HTTP_ORIGIN_HOST_SIZE_MAX + 1];
    const char *host;
    const char *port;
};

static bool split_authority(const char *authority, struct host_and_port *parts)
{
    memcpy(parts->text, authority, strlen(authority) + 1);
    char *host = parts->text;
    char *host_end;
    if (*host == '[') {
        host++;
        host_end = strchr(host, ']');
        if (host_end == NULL)
            return false;
        *host_end++ = '\0';
    } else {
        host_end = host + strcspn(host, ":");
    }
    parts->port = default_port;
    if (*host_end == ':')
        parts->port = host_end + 1;
    else if (*host_end != '\0')
        return false;
    *host_end = '\0';
    parts->host = host;
    size_t port_size = strlen(parts->port);
    return *host != '\0' && port_size != 0 && strspn(parts->port, "0123456789") == port_size;
}

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

static void copy_addresses(const struct addrinfo *found, struct http_origin *origin)
{
    for (; found != NULL; found = found->ai_next) {
        if (origin->address_count == HTTP_ORIGIN_ADDRESS_COUNT_MAX)
            return;
        struct net_address *address = &origin->addresses[origin->address_count];
        if (found->ai_addrlen > sizeof address->ipv6)
            continue;
        address->size = found->ai_addrlen;
        memcpy(&address->any, found->ai_addr, found->ai_addrlen);
        if (net_address_port(address) != 0)
            origin->address_count++;
    }
}

enum status http_origin_lookup(const char *url, struct http_origin *origin, const char **reason)
{
    *origin = (struct http_origin){.address_count = 0};
    *reason = "it is not http://host:port";
    struct host_and_port parts;
    if (!read_authority(url, origin) || !split_authority(origin->authority, &parts))
        return STATUS_INVALID;
    const struct addrinfo hints = {
        .ai_family = AF_UNSPEC,
        .ai_socktype = SOCK_STREAM,
        .ai_flags = AI_NUMERICSERV,
    };
    struct addrinfo *found = NULL;
    int error = getaddrinfo(parts.host, parts.port, &hints, &found);
    if (error != 0) {
        *reason = gai_strerror(error);
        return STATUS_INVALID;
    }
    copy_addresses(found, origin);
    freeaddrinfo(found);
    return origin->address_count != 0 ? STATUS_OK : STATUS_INVALID;
}
