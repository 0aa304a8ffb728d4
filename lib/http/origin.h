/* origin - whether a request comes from a page of this very server, or from no page at all.
 *
 * Place      a service's handlers -> [origin]; pure functions on headers.
 * Source     Fetch Metadata (Sec-Fetch-Site, section 2.3) and Fetch (Origin, section 3.2): a
 * browser sends them by itself, and no page can change them. Other clients send neither.
 *
 * For calls that change something without asking who the caller is. Where a proxy speaks for the
 * server, the scheme may differ; so hosts are compared, not schemes. */
#pragma once

#include "http/message.h"

bool http_is_same_origin(const struct http_header *headers, size_t count);
