#include "net/address.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { HOST_SIZE_MAX = 255, PORT_DIGITS_MAX = 5 };

/* A copy of both halves, because the resolver wants them NUL-terminated. */
struct address_text {
    char host[HOST_SIZE_MAX + 1];
    char port[PORT_DIGITS_MAX + 1];
};

static bool is_port(const char *text)
{
    size_t size = strlen(text);
    if (size == 0 || size > PORT_DIGITS_MAX || strspn(text, "0123456789") != size)
        return false;
    unsigned value = 0;
    for (size_t i = 0; i < size; i++)
        value = value * 10 + (unsigned)(text[i] - '0');
    return value <= UINT16_MAX;
}

static bool split(const char *text, struct address_text *halves)
{
    const char *colon = strrchr(text, ':');
    if (colon == NULL || !is_port(colon + 1))
        return false;
    const char *host = text;
    size_t host_size = (size_t)(colon - text);
    if (host_size >= 2 && host[0] == '[' && host[host_size - 1] == ']') {
        host++;
        host_size -= 2;
    } else if (memchr(host, ':', host_size) != NULL) {
        return false; /* an IPv6 host without brackets: which colon ends it? */
    }
    if (host_size == 0 || host_size > HOST_SIZE_MAX)
        return false;
    memcpy(halves->host, host, host_size);
    halves->host[host_size] = '\0';
    memcpy(halves->port, colon + 1, strlen(colon + 1) + 1);
    return true;
}

enum status net_address_parse(const char *text, struct net_address *address)
{
    struct address_text halves;
    if (!split(text, &halves))
        return STATUS_INVALID;
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC,
        .ai_socktype = SOCK_STREAM,
        .ai_flags = AI_NUMERICSERV | AI_NUMERICHOST,
    };
    struct addrinfo *found = NULL;
    if (getaddrinfo(halves.host, halves.port, &hints, &found) != 0)
        return STATUS_INVALID;
    *address = (struct net_address){.size = found->ai_addrlen};
    bool fits = found->ai_addrlen <= sizeof address->ipv6;
    if (fits)
        memcpy(&address->any, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return fits ? STATUS_OK : STATUS_INVALID;
}

void net_address_format(const struct net_address *address, char text[NET_ADDRESS_TEXT_SIZE])
{
    char host[INET6_ADDRSTRLEN];
    bool is_ipv6 = address->any.sa_family == AF_INET6;
    const void *bytes =
        is_ipv6 ? (const void *)&address->ipv6.sin6_addr : (const void *)&address->ipv4.sin_addr;
    const char *done = inet_ntop(address->any.sa_family, bytes, host, sizeof host);
    assert(done != NULL);
    snprintf(text, NET_ADDRESS_TEXT_SIZE, is_ipv6 ? "[%s]:%u" : "%s:%u", host,
             net_address_port(address));
}

uint16_t net_address_port(const struct net_address *address)
{
    bool is_ipv6 = address->any.sa_family == AF_INET6;
    return ntohs(is_ipv6 ? address->ipv6.sin6_port : address->ipv4.sin_port);
}
