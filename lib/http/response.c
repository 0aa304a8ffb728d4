#include "http/response.h"

#include <assert.h>
#include <stdlib.h>

/* The whole line, so that it is one copy. */
static const char *const status_lines[HTTP_STATUS_COUNT] = {
#define STATUS_LINE(code, reason) "HTTP/1.1 " #code " " reason "\r\n",
    HTTP_REPLY_STATUS_MAP(STATUS_LINE)
#undef STATUS_LINE
};

size_t http_status_place(int status)
{
    switch (status) {
#define STATUS_PLACE(code, reason)                                                                 \
    case code:                                                                                     \
        return HTTP_STATUS_##code;
        HTTP_REPLY_STATUS_MAP(STATUS_PLACE)
#undef STATUS_PLACE
    default:
        abort(); /* a handler uses a status that the table does not have */
    }
}

void http_date_refresh(struct http_date *date, time_t now)
{
    if (now == date->second)
        return;
    date->second = now;
    struct tm utc;
    gmtime_r(&now, &utc);
    size_t size = strftime(date->line, sizeof date->line, "Date: %a, %d %b %Y %T GMT\r\n", &utc);
    assert(size == HTTP_DATE_SIZE);
}

/* Up to what tells the body's size. */
static void write_start(struct buffer *out, const struct http_response *response,
                        const struct http_date *date, enum http_connection connection)
{
    buffer_append_text(out, status_lines[http_status_place(response->status)]);
    buffer_append(out, date->line, HTTP_DATE_SIZE);
    if (connection == HTTP_CONNECTION_CLOSE)
        buffer_append_text(out, "Connection: close\r\n");
    else if (connection == HTTP_CONNECTION_KEEP_ALIVE)
        buffer_append_text(out, "Connection: keep-alive\r\n");
    if (response->headers != NULL)
        buffer_append_text(out, response->headers);
}

void http_response_write_stream_head(struct buffer *out, const struct http_response *response,
                                     const struct http_date *date, enum http_connection connection,
                                     bool is_chunked)
{
    write_start(out, response, date, connection);
    buffer_append_text(out, "Content-Type: ");
    buffer_append_text(out, response->content_type);
    buffer_append_text(out, is_chunked ? "\r\nTransfer-Encoding: chunked\r\n\r\n" : "\r\n\r\n");
}

void http_response_write(struct buffer *out, const struct http_response *response,
                         const struct http_date *date, enum http_connection connection,
                         bool is_head)
{
    write_start(out, response, date, connection);
    if (response->status == 204 || response->status == 304) {
        buffer_append_text(out, "\r\n"); /* these never have a body, nor say how long it is */
        return;
    }
    if (response->content_type == NULL) {
        buffer_append_text(out, "Content-Type: application/json\r\nContent-Length: ");
    } else {
        buffer_append_text(out, "Content-Type: ");
        buffer_append_text(out, response->content_type);
        buffer_append_text(out, "\r\nContent-Length: ");
    }
    buffer_append_int(out, (int64_t)response->body.size);
    buffer_append_text(out, "\r\n\r\n");
    if (!is_head)
        buffer_append(out, response->body.data, response->body.size);
}
