#include "http/response.h"

#include <assert.h>

/* The whole line, so that it is one copy. */
static const char *status_line(int status)
{
#define LINE(code, reason)                                                                         \
    case code:                                                                                     \
        return "HTTP/1.1 " #code " " reason "\r\n";
    switch (status) {
        LINE(200, "OK")
        LINE(201, "Created")
        LINE(202, "Accepted")
        LINE(204, "No Content")
        LINE(304, "Not Modified")
        LINE(400, "Bad Request")
        LINE(401, "Unauthorized")
        LINE(402, "Payment Required")
        LINE(404, "Not Found")
        LINE(405, "Method Not Allowed")
        LINE(406, "Not Acceptable")
        LINE(408, "Request Timeout")
        LINE(409, "Conflict")
        LINE(413, "Content Too Large")
        LINE(414, "URI Too Long")
        LINE(415, "Unsupported Media Type")
        LINE(417, "Expectation Failed")
        LINE(422, "Unprocessable Content")
        LINE(429, "Too Many Requests")
        LINE(431, "Request Header Fields Too Large")
        LINE(500, "Internal Server Error")
        LINE(501, "Not Implemented")
        LINE(502, "Bad Gateway")
        LINE(503, "Service Unavailable")
        LINE(504, "Gateway Timeout")
        LINE(505, "HTTP Version Not Supported")
    default:
        return NULL;
    }
#undef LINE
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
    const char *line = status_line(response->status);
    assert(line != NULL); /* a handler uses a status that the table does not have */
    buffer_append_text(out, line);
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
