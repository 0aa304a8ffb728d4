/* client_origin - the other service's URL, taken apart and looked up.
 *
 * Place      below http/client; pure but for the one look-up.
 * Limits     HTTP_ORIGIN_ADDRESS_COUNT_MAX addresses; what a name has beyond is not tried.
 * Source     RFC 9110 section 4.3.1; RFC 6454 calls scheme, host and port together an origin. */
#pragma once

#include <stddef.h>

#include "base/status.h"
#include "net/address.h"

enum { HTTP_ORIGIN_ADDRESS_COUNT_MAX = 8, HTTP_ORIGIN_HOST_SIZE_MAX = 255 };

struct http_origin {
    char authority[HTTP_ORIGIN_HOST_SIZE_MAX + 1]; /* "host:port", as in the URL */
    struct net_address addresses[HTTP_ORIGIN_ADDRESS_COUNT_MAX];
    size_t address_count; /* at least 1 */
};

/* `url`: "http://host", "http://host:8001", "http://[::1]:8001/". Blocks for the look-up, so only
 * at start. STATUS_INVALID: *reason tells why; static text. */
enum status http_origin_lookup(const char *url, struct http_origin *origin,
                               const char **reason) STATUS_MUST_CHECK;
