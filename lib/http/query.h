/* query - the parameters that follow '?' in a request's target.
 *
 * Place      service/page -> [query]; pure functions.
 * Ownership  What is taken borrows the request's query.
 * Source     WHATWG URL, application/x-www-form-urlencoded: name=value&…, %41 is A, + is a blank.
 */
#pragma once

#include "http/message.h"

/* As sent, still encoded. */
struct http_parameter {
    struct http_text name;
    struct http_text value; /* empty where there is no '=' */
};

/* Takes the first parameter off `rest`; empty ones, as in "a=1&&b=2", are skipped. False: there is
 * none left. */
bool http_query_take(struct http_text *rest, struct http_parameter *parameter);

/* Decodes `text` into `bytes`, which *decoded then shows. False: an escape is malformed, or the
 * bytes are more than size_max. */
bool http_query_decode(struct http_text text, char *bytes, size_t size_max,
                       struct http_text *decoded);
