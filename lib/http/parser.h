/* parser - HTTP/1.1 messages out of a byte stream, however it is cut; no sockets.
 *
 * Place      http/server (requests) and http/client (answers) -> [parser] -> http/head_scan,
 *            http/head, http/chunks.
 * Ownership  The message borrows the fed bytes or the parser's memory until the next call.
 * Errors     The first error is final; `error` tells the status code to answer and a text.
 * Limits     Those of http/message.h, http/head.h and http/chunks.h.
 *
 * The head is collected until it is whole, scanned by http/head_scan, and only then given to llhttp
 * in one piece, whose callbacks http/head turns into the message. llhttp reads nothing but heads.
 * So the verdict is the same for every version of it (8.1.0 and 9.2.1 differ in what they let
 * pass), and however the bytes are cut. Interim answers (1xx) are skipped; trailers are refused. */
#pragma once

#include <stdbool.h>

#include "base/buffer.h"
#include "http/chunks.h"
#include "http/head.h"

enum http_parser_kind { HTTP_PARSE_REQUESTS, HTTP_PARSE_ANSWERS };

enum http_parse_result {
    HTTP_PARSE_MORE,    /* all fed bytes are taken; the message goes on */
    HTTP_PARSE_MESSAGE, /* `message` is whole; *taken bytes belong to it or before it */
    HTTP_PARSE_EXPECT,  /* the head is whole and asks for 100-continue; feed the rest as usual */
    HTTP_PARSE_ERROR,   /* see `error` */
};

/* Must not be moved once it has begun. */
struct http_parser {
    enum http_parser_kind kind;
    llhttp_t llhttp;
    struct http_message message;
    struct http_parse_error error;
    struct http_head_scan scan;
    struct http_head_reader reader;
    struct buffer head;        /* the head so far, when it came in pieces */
    struct buffer body;        /* the body so far, when it came in pieces or in chunks */
    struct http_text fed_head; /* where the head was read; stale once its bytes are kept */
    struct http_text piece;    /* the body so far, while it is one piece of the fed bytes */
    struct http_chunks chunks; /* HTTP_FRAMING_CHUNKED */
    size_t rest_size;          /* of the body, HTTP_FRAMING_LENGTH */
    bool in_body;
    bool is_whole;
};

void http_parser_init(struct http_parser *parser, enum http_parser_kind kind);
void http_parser_free(struct http_parser *parser);

/* Feeds bytes; *taken gets how many were used. After HTTP_PARSE_MESSAGE the next call starts a new
 * message; feed what was not taken again. */
enum http_parse_result http_parser_feed(struct http_parser *parser, const char *data, size_t size,
                                        size_t *taken);

/* The stream ended. True where that ends a message properly (an answer without a length), which is
 * then in `message`, or where nothing had begun; false where a message was cut. *has_message tells.
 */
bool http_parser_end(struct http_parser *parser, bool *has_message);

/* True where the message asks for no body in its answer: its method is HEAD, also where it is
 * refused for something else. */
bool http_parser_is_to_head(const struct http_parser *parser);

/* True where bytes of a message not yet whole have come. */
bool http_parser_is_inside(const struct http_parser *parser);

/* True where its head is whole, and can be read in `message`, but its body is not. */
bool http_parser_is_in_body(const struct http_parser *parser);
