#include "service/assets.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* With or without a slash at its end. */
static const struct asset *find(struct http_text path, const struct asset *assets, size_t count)
{
    if (path.size > 1 && path.data[path.size - 1] == '/')
        path.size--;
    for (size_t i = 0; i < count; i++) {
        if (http_text_equals(path, assets[i].path))
            return &assets[i];
    }
    return NULL;
}

/* "*", or a list of tags: a quoted one cannot stand inside of another. W/ in front makes no
 * difference here. A list in several headers counts as none; the file is sent once more then. */
static bool has_current(const struct http_request *request, const char *etag)
{
    struct http_text known =
        http_find_header(request->headers, request->header_count, "if-none-match", NULL);
    return http_text_equals(known, "*") ||
           (known.size != 0 && memmem(known.data, known.size, etag, strlen(etag)) != NULL);
}

void asset_reply(struct http_server *server, http_exchange_id exchange,
                 const struct http_request *request, const struct asset *assets, size_t count)
{
    const struct asset *asset = find(request->path, assets, count);
    if (asset == NULL) {
        http_reply_error(server, exchange, 404, NULL, "Not Found");
        return;
    }
    char headers[ASSET_HEADERS_SIZE_MAX];
    int size = snprintf(headers, sizeof headers,
                        "ETag: %s\r\nCache-Control: no-cache\r\n"
                        "X-Content-Type-Options: nosniff\r\n%s",
                        asset->file->etag, asset->headers == NULL ? "" : asset->headers);
    assert(size > 0 && (size_t)size < sizeof headers);
    struct http_response response = {
        .status = has_current(request, asset->file->etag) ? 304 : 200,
        .headers = headers,
        .content_type = asset->content_type,
        .body = {.data = asset->file->bytes, .size = asset->file->size},
    };
    http_reply(server, exchange, &response);
}
