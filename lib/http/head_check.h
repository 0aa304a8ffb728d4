/* head_check - what we ask of a message's head beyond what llhttp asks, or in its place.
 *
 * Place      below http/head; pure functions on what llhttp has read, no llhttp, no sockets.
 * Errors     `error` tells the status code to answer and a text.
 * Limits     HTTP_TARGET_SIZE_MAX.
 * Source     RFC 9112 sections 3, 6; RFC 9110 section 10.1.1; RFC 3986 section 3.2 for hosts. */
#pragma once

#include <stdbool.h>

#include "http/head_scan.h"
#include "http/message.h"

enum { HTTP_TARGET_SIZE_MAX = 8000 };

/* How the head tells where the body ends. */
enum http_framing {
    HTTP_FRAMING_NONE, /* not at all */
    HTTP_FRAMING_LENGTH,
    HTTP_FRAMING_CHUNKED,
};

/* A whole message. For requests: method, target; for answers: status. */
struct http_message {
    enum http_method method;
    struct http_text target; /* "/path?query", or "*" for OPTIONS; never empty */
    int status;
    int minor_version; /* 0 or 1, of HTTP/1.x */
    bool expects_continue;
    enum http_framing framing;
    size_t length; /* HTTP_FRAMING_LENGTH only */
    struct http_text body;
    struct http_header headers[HTTP_HEADER_COUNT_MAX];
    size_t header_count;
    bool keep_alive; /* the sender will go on with this connection */
};

/* Sets message->method. */
bool http_head_check_method(struct http_text name, struct http_message *message,
                            struct http_parse_error *error);

/* Of message->method too; takes "http://host" off message->target. */
bool http_head_check_target(struct http_message *message, struct http_parse_error *error);

bool http_head_check_host(const struct http_message *message, struct http_parse_error *error);

/* There is one way only to tell where the body ends. Sets message->framing and message->length. */
bool http_head_check_framing(struct http_message *message, struct http_parse_error *error);

/* Sets message->keep_alive: what the headers say of it (RFC 9112 section 9.3). */
void http_head_check_connection(struct http_message *message);

/* Sets message->expects_continue. */
bool http_head_check_expectation(struct http_message *message, struct http_parse_error *error);
