/* head - our own strict reading of a message's head: request or status line and header lines.
 *
 * Place      below http/parser; pure functions on bytes, no llhttp, no sockets.
 * Ownership  What is read borrows the head's bytes.
 * Errors     `error` tells the status code to answer and a text.
 * Limits     HTTP_HEAD_SIZE_MAX, HTTP_HEADER_COUNT_MAX, HTTP_TARGET_SIZE_MAX, HTTP_BLANK_SIZE_MAX.
 * Source     RFC 9112 sections 2.2, 3, 5, 6; RFC 9110 section 10.1.1.
 *
 * Strict, because two programs in a row that read one message differently let a request be smuggled
 * past the first: lone CR or LF, folded lines, blanks before a colon, several lengths. */
#pragma once

#include <stdbool.h>

#include "http/message.h"

enum { HTTP_TARGET_SIZE_MAX = 8000, HTTP_BLANK_SIZE_MAX = 16 };

/* A whole message. For requests: method, target; for answers: status. */
struct http_message {
    enum http_method method;
    struct http_text target; /* "/path?query", or "*" for OPTIONS; never empty */
    int status;
    int minor_version; /* 0 or 1, of HTTP/1.x */
    bool expects_continue;
    struct http_text body;
    struct http_header headers[HTTP_HEADER_COUNT_MAX];
    size_t header_count;
    bool keep_alive; /* the sender will go on with this connection */
};

struct http_parse_error {
    int status;       /* what a server answers: 400, 413, 414, 417, 431, 501, 505; 0: no error */
    const char *text; /* static; fit for {"detail": …} */
};

/* Where a search for the head's end has got to; zeroed for a new head. */
struct http_head_scan {
    size_t scanned_size; /* not to be scanned again */
    size_t blank_size;   /* of empty lines in front; not part of the message */
};

enum http_head_progress { HTTP_HEAD_MORE, HTTP_HEAD_WHOLE, HTTP_HEAD_BAD };

/* Looks for the head's end in the first `size` bytes that have come; to be called again with more.
 * On HTTP_HEAD_WHOLE the head is [scan->blank_size, *end). */
enum http_head_progress http_head_scan(struct http_head_scan *scan, const char *text, size_t size,
                                       size_t *end, struct http_parse_error *error);

/* Reads a head that http_head_scan() let pass. All of *message but body and keep_alive is set. */
bool http_head_read_request(struct http_text head, struct http_message *message,
                            struct http_parse_error *error);
bool http_head_read_answer(struct http_text head, struct http_message *message,
                           struct http_parse_error *error);
