/* address - "host:port" texts and socket addresses.
 *
 * Place   below listener and conn; knows nobody but base.
 * Errors  STATUS_INVALID: the text is not host:port with a numeric host.
 * Limits  Ports up to 65535; 0 lets the system choose one to listen on. */
#pragma once

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/status.h"

enum { NET_ADDRESS_TEXT_SIZE = INET6_ADDRSTRLEN + sizeof "[]:65535" };

struct net_address {
    union {
        struct sockaddr any;
        struct sockaddr_in ipv4;
        struct sockaddr_in6 ipv6;
    };
    socklen_t size;
};

/* A numeric host: "127.0.0.1:8000", "[::1]:8000". */
enum status net_address_parse(const char *text, struct net_address *address) STATUS_MUST_CHECK;

/* As net_address_parse() takes it; NUL-terminated. */
void net_address_format(const struct net_address *address, char text[NET_ADDRESS_TEXT_SIZE]);

uint16_t net_address_port(const struct net_address *address);
