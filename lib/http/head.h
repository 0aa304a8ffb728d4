/* head - a message's head out of llhttp: its callbacks, and a verdict that all its versions share.
 *
 * Place      http/parser -> [head] -> http/head_check, llhttp; no sockets. The callbacks are for a
 *            parser whose `data` is the struct http_head_reader.
 * Ownership  What is read borrows the head's bytes, which llhttp must get in one piece.
 * Errors     The first one goes to reader->error: the status code to answer and a text.
 * Limits     HTTP_HEADER_COUNT_MAX, those of http/head_check.h; the head's size is the caller's. */
#pragma once

#include <llhttp.h>

#include "http/head_check.h"

#if LLHTTP_VERSION_MAJOR < 9 && (!defined(LLHTTP_STRICT_MODE) || !LLHTTP_STRICT_MODE)
#error                                                                                             \
    "llhttp 8 must be compiled with LLHTTP_STRICT_MODE=1: its loose state machine lets requests be smuggled"
#endif

struct http_head_reader {
    struct http_message *message; /* all but the body is set here */
    struct http_parse_error *error;
    struct http_text method;   /* as it stands in the first line */
    struct http_text version;  /* "1.1" */
    struct http_header header; /* the one that is being read */
    bool is_to_head;           /* the method is HEAD, whatever else is wrong */
    bool has_version;          /* it, and what stands before it, is read and good */
    bool is_whole;             /* the head is read and good */
};

/* For each new head. */
void http_head_begin(struct http_head_reader *reader, struct http_message *message,
                     struct http_parse_error *error);

int http_head_on_method(llhttp_t *llhttp, const char *at, size_t size);
int http_head_on_url(llhttp_t *llhttp, const char *at, size_t size);
int http_head_on_version(llhttp_t *llhttp, const char *at, size_t size);
int http_head_on_version_complete(llhttp_t *llhttp);
int http_head_on_status_complete(llhttp_t *llhttp);
int http_head_on_header_field(llhttp_t *llhttp, const char *at, size_t size);
int http_head_on_header_value(llhttp_t *llhttp, const char *at, size_t size);
int http_head_on_header_value_complete(llhttp_t *llhttp);
/* HPE_PAUSED where the head is good: that is all that llhttp is to read. */
int http_head_on_headers_complete(llhttp_t *llhttp);

/* llhttp has refused the head, or not got to its end: sets reader->error if it is not yet set. */
void http_head_explain(llhttp_t *llhttp, struct http_text head);
