/* assets - files that are part of the program and served as they are: documents and pages.
 *
 * Place      a service's handler -> [assets] -> http/server. cmake/embed_file.cmake makes the
 *            files.
 * Thread     the loop thread only.
 * Ownership  All of it is static.
 * Limits     ASSET_HEADERS_SIZE_MAX for an answer's headers.
 *
 * A path stays the same while its file changes with the program. So a client may keep a file, but
 * asks each time whether it is still the one (Cache-Control: no-cache, RFC 9111, 5.2.2.4); where
 * the ETag that it names is ours, 304 says yes without a body (RFC 9110, 13.1.2 and 15.4.5). */
#pragma once

#include "http/server.h"

enum { ASSET_HEADERS_SIZE_MAX = 1024 };

struct asset_file {
    const char *bytes;
    size_t size;
    const char *etag; /* in its quotes */
};

struct asset {
    const char *path; /* its route's */
    const char *content_type;
    const char *headers; /* further whole lines; NULL for none */
    const struct asset_file *file;
};

/* Answers a GET or HEAD; 404 where none of the assets has its path. */
void asset_reply(struct http_server *server, http_exchange_id exchange,
                 const struct http_request *request, const struct asset *assets, size_t count);
