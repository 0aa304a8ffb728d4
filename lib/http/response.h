/* response - a reply's bytes: status line, headers, body, in one buffer.
 *
 * Place      http/session -> [response]; no sockets.
 * Errors     Those of the buffer. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/buffer.h"
#include "http/message.h"

/* Every status that may be answered. */
#define HTTP_REPLY_STATUS_MAP(X)                                                                   \
    X(200, "OK")                                                                                   \
    X(201, "Created")                                                                              \
    X(202, "Accepted")                                                                             \
    X(204, "No Content")                                                                           \
    X(304, "Not Modified")                                                                         \
    X(400, "Bad Request")                                                                          \
    X(401, "Unauthorized")                                                                         \
    X(402, "Payment Required")                                                                     \
    X(403, "Forbidden")                                                                            \
    X(404, "Not Found")                                                                            \
    X(405, "Method Not Allowed")                                                                   \
    X(406, "Not Acceptable")                                                                       \
    X(408, "Request Timeout")                                                                      \
    X(409, "Conflict")                                                                             \
    X(413, "Content Too Large")                                                                    \
    X(414, "URI Too Long")                                                                         \
    X(415, "Unsupported Media Type")                                                               \
    X(417, "Expectation Failed")                                                                   \
    X(422, "Unprocessable Content")                                                                \
    X(429, "Too Many Requests")                                                                    \
    X(431, "Request Header Fields Too Large")                                                      \
    X(500, "Internal Server Error")                                                                \
    X(501, "Not Implemented")                                                                      \
    X(502, "Bad Gateway")                                                                          \
    X(503, "Service Unavailable")                                                                  \
    X(504, "Gateway Timeout")                                                                      \
    X(505, "HTTP Version Not Supported")

enum {
#define HTTP_STATUS_ENUM(code, reason) HTTP_STATUS_##code,
    HTTP_REPLY_STATUS_MAP(HTTP_STATUS_ENUM)
#undef HTTP_STATUS_ENUM
        HTTP_STATUS_COUNT
};

/* Its place in the map; it must be there. */
size_t http_status_place(int status);

enum { HTTP_DATE_SIZE = sizeof "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n" - 1 };

/* The Date header, written anew once a second. Zeroed at first. */
struct http_date {
    time_t second;
    char line[HTTP_DATE_SIZE + 1];
};

void http_date_refresh(struct http_date *date, time_t now);

/* What is said about the connection. */
enum http_connection {
    HTTP_CONNECTION_DEFAULT,
    HTTP_CONNECTION_CLOSE,
    HTTP_CONNECTION_KEEP_ALIVE, /* to an HTTP/1.0 client that asked for it */
};

/* The head of a response whose end is not known yet: its size is told chunk by chunk, or by the end
 * of the connection. */
void http_response_write_stream_head(struct buffer *out, const struct http_response *response,
                                     const struct http_date *date, enum http_connection connection,
                                     bool is_chunked);

/* is_head: all but the body. */
void http_response_write(struct buffer *out, const struct http_response *response,
                         const struct http_date *date, enum http_connection connection,
                         bool is_head);
