/* origin - whether a request comes from a page of this very server, or from no page at all.
 *
 * Place      dispatch, a service's handlers -> [origin]; pure functions on headers.
 * Source     Fetch Metadata (Sec-Fetch-Site, section 2.3) and Fetch (Origin, section 3.2): a
 *            browser sends them by itself, and no page can change them. Other clients send neither.
 *
 * For calls that change something without asking who the caller is. Where a proxy speaks for the
 * server, the scheme may differ; so hosts are compared, not schemes. */
#pragma once

#include "http/message.h"

bool http_is_same_origin(const struct http_header *headers, size_t count);

/* From a page of another server. Less strict than the above: where Sec-Fetch-Site tells that it is
 * none, a proxy may have changed the host. */
bool http_is_from_elsewhere(const struct http_header *headers, size_t count);

/* Whether `Host` is an address, or a name without a dot, as localhost: what no public name server
 * speaks for. To a browser a page under a name of its owner's is of the same origin as whatever
 * address its name server tells a minute later (DNS rebinding); here it is not. */
bool http_is_host_near(const struct http_header *headers, size_t count);
