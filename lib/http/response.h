/* response - a reply's bytes: status line, headers, body, in one buffer.
 *
 * Place      http/session -> [response]; no sockets.
 * Errors     Those of the buffer. */
#pragma once

#include <stdbool.h>
#include <time.h>

#include "base/buffer.h"
#include "http/message.h"

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
