/* auth - bearer tokens: who may ask at all.
 *
 * Place      http/dispatch -> [auth]; pure functions on text.
 * Limits     Tokens of 1 to HTTP_TOKEN_SIZE_MAX bytes, separated by commas: the old and the new one
 *            while they are exchanged.
 * Source     RFC 6750, section 2.1: "Authorization: Bearer ", and a token of the bytes named there.
 *
 * What is presented is compared with each token in a time that does not tell how much of it is
 * right. Neither is ever logged. */
#pragma once

#include "http/message.h"

enum { HTTP_TOKEN_SIZE_MAX = 1024 };

/* One that no client can send would shut out everybody. */
bool http_token_is_valid(const char *token);
bool http_tokens_are_valid(const char *tokens);

enum http_permission {
    HTTP_PERMITTED,
    HTTP_TOKEN_MISSING, /* no single header of that form */
    HTTP_TOKEN_WRONG,
};

/* tokens: "" for everybody may. */
enum http_permission http_check_token(const char *tokens, const struct http_header *headers,
                                      size_t count);
