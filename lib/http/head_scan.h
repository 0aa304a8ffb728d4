/* head_scan - looks for the end of a message's head, and refuses lines no strict reader would take.
 *
 * Place      below http/head and http/parser; pure functions on bytes, no llhttp, no sockets.
 * Errors     `error` tells the status code to answer and a text.
 * Limits     HTTP_BLANK_SIZE_MAX; the head's size is the caller's.
 * Source     RFC 9112 sections 2.2 and 5.
 *
 * Our own and before llhttp, because llhttp 8.1.0 and 9.2.1 differ in what they let pass here, and
 * two programs in a row that read one message differently let a request be smuggled past the first.
 * What passes: each CR is followed by LF and each LF preceded by CR, no line starts with a blank or
 * a colon, no control bytes. */
#pragma once

#include <stddef.h>

enum { HTTP_BLANK_SIZE_MAX = 16 };

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
