/* client_origin - the other service's URL, taken apart, and the addresses that its host has.
 *
 * Place      below http/client; pure.
 * Limits     HTTP_ORIGIN_ADDRESS_COUNT_MAX addresses; what a name has beyond is not tried.
 * Source     RFC 9110 section 4.3.1; RFC 6454 calls scheme, host and port together an origin. */
#pragma once

#include <netdb.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "net/address.h"

enum {
    HTTP_ORIGIN_ADDRESS_COUNT_MAX = 8,
    HTTP_ORIGIN_HOST_SIZE_MAX = 255,
    HTTP_ORIGIN_PORT_DIGITS_MAX = 5
};

struct http_origin {
    const char *token;                             /* sent with each call; "": none */
    char authority[HTTP_ORIGIN_HOST_SIZE_MAX + 1]; /* "host:port", as in the URL */
    char host[HTTP_ORIGIN_HOST_SIZE_MAX + 1];      /* without brackets */
    char port[HTTP_ORIGIN_PORT_DIGITS_MAX + 1];
    bool is_numeric; /* the host is an address already */
    struct net_address addresses[HTTP_ORIGIN_ADDRESS_COUNT_MAX];
    size_t address_count; /* 0 until the name is looked up */
};

/* `url`: "http://host", "http://host:8001", "http://[::1]:8001/". A numeric host has its address
 * afterwards. STATUS_INVALID: *reason tells why; static text. */
enum status http_origin_parse(const char *url, struct http_origin *origin,
                              const char **reason) STATUS_MUST_CHECK;

/* Replaces the addresses; found NULL: by none. */
void http_origin_set_addresses(struct http_origin *origin, const struct addrinfo *found);
