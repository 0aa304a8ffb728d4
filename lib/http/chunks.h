/* chunks - takes a chunked body apart, however it is cut.
 *
 * Place      below http/parser; pure functions on bytes, no llhttp, no sockets.
 * Ownership  A piece of the body borrows the given bytes.
 * Errors     `error` tells the status code to answer and a text.
 * Limits     HTTP_BODY_SIZE_MAX; HTTP_FRAMING_SIZE_MAX bytes of everything that is not body.
 * Source     RFC 9112 section 7.1.
 *
 * Our own, because llhttp's versions differ in the sizes, blanks and extensions that they let pass,
 * none limits them, and where in the bytes they notice an error depends on how these are cut. What
 * passes: hexadecimal sizes, extensions of whatever is no control byte and leaves no quote open,
 * CR LF at each line's end. Extensions are ignored; trailers are refused, as nobody here reads them
 * and what is read by some only is a danger. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "http/head_scan.h"
#include "http/message.h"

enum { HTTP_FRAMING_SIZE_MAX = 16 * 1024 };

enum http_chunks_place {
    HTTP_CHUNKS_FIRST_DIGIT,
    HTTP_CHUNKS_DIGIT,
    HTTP_CHUNKS_EXTENSION,
    HTTP_CHUNKS_QUOTE,   /* inside of one, in an extension */
    HTTP_CHUNKS_ESCAPE,  /* behind a backslash in a quote */
    HTTP_CHUNKS_SIZE_LF, /* of the line with the size */
    HTTP_CHUNKS_DATA,
    HTTP_CHUNKS_DATA_CR,
    HTTP_CHUNKS_DATA_LF,
    HTTP_CHUNKS_LAST_CR, /* of the empty line that ends it all */
    HTTP_CHUNKS_LAST_LF,
    HTTP_CHUNKS_END,
};

/* Zeroed for a new body. */
struct http_chunks {
    enum http_chunks_place place; /* what is expected next */
    size_t rest_size;             /* of the chunk's data */
    size_t body_size;             /* of all chunks so far, this one among them */
    size_t framing_size;
};

/* Takes bytes up to the end of a piece of the body, or as many as there are; *piece is empty where
 * there was none of the body among them. The body has ended where the place is HTTP_CHUNKS_END:
 * not before the last of its bytes, and then no more is taken. False: see `error`. */
bool http_chunks_take(struct http_chunks *chunks, struct http_text bytes, size_t *taken,
                      struct http_text *piece, struct http_parse_error *error);
