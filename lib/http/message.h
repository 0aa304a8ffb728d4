/* message - what the HTTP layer hands to a handler and takes from it.
 *
 * Place      below parser, router, server, client; knows nobody but base.
 * Ownership  All views borrow the connection's memory, for the time of the callback. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HTTP_HEADER_COUNT_MAX = 64, HTTP_HEAD_SIZE_MAX = 16 * 1024, HTTP_BODY_SIZE_MAX = 64 * 1024 };

/* Names one request until it is answered: slot and generation, so that a reply to a client who has
 * gone is a no-op, never a reply to somebody else. Never 0. */
typedef uint64_t http_exchange_id;

/* Bytes, not NUL-terminated. */
struct http_text {
    const char *data;
    size_t size;
};

struct http_header {
    struct http_text name;
    struct http_text value; /* without surrounding blanks */
};

enum http_method {
    HTTP_METHOD_GET,
    HTTP_METHOD_HEAD,
    HTTP_METHOD_POST,
    HTTP_METHOD_PUT,
    HTTP_METHOD_PATCH,
    HTTP_METHOD_DELETE,
    HTTP_METHOD_OPTIONS,
    HTTP_METHOD_COUNT,
};

/* "GET" */
const char *http_method_name(enum http_method method);

struct http_request {
    enum http_method method;
    struct http_text path;  /* "/orders/7", without the query */
    struct http_text query; /* what follows '?', without it */
    int64_t path_id;        /* the number at {id} in the route's path; 0 where it has none */
    struct http_text body;
    const struct http_header *headers;
    size_t header_count;
};

/* For whoever is told to ask again: with each 503, and with what is not final yet. */
#define HTTP_RETRY_AFTER "Retry-After: 1\r\n"

struct http_response {
    int status;
    const char *headers;      /* further whole lines, each ended by CRLF; NULL for none */
    const char *content_type; /* NULL: application/json */
    struct http_text body;
};

/* The value of the only header of that name (any case); data is NULL where there is none, or where
 * it stands several times (*is_repeated tells, if not NULL). */
struct http_text http_find_header(const struct http_header *headers, size_t count, const char *name,
                                  bool *is_repeated);

bool http_text_equals(struct http_text text, const char *other);
/* Case of ASCII letters ignored. */
bool http_text_equals_ignoring_case(struct http_text text, const char *other);

/* Takes the first element off a list with such separators, without the blanks and tabs around it
 * (RFC 9110, section 5.6.1). Only from a list that is not empty; an element may be. */
struct http_text http_take_element(struct http_text *list, char separator);
/* The same, for lists with quoted strings: what they hold separates nothing (section 5.6.4). One
 * that does not end takes the rest of the list. */
struct http_text http_take_member(struct http_text *list, char separator);
