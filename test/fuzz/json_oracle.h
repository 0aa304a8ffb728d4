/* json_oracle - what must hold for every JSON body, whatever its fields mean.
 *
 * Place   the JSON fuzzers -> [json_oracle] -> json/fields, jansson. */
#pragma once

#include "http/message.h"
#include "json/fields.h"

/* The body is parsed where, and only where, jansson does so; but for its depth, and for integers
 * beyond int64, which jansson refuses. What is parsed is the same. */
void json_oracle_check_parse(struct http_text body);

/* What clients are told of `faults` is JSON that has them all. */
void json_oracle_check_faults(const struct json_faults *faults);

/* What was written, as a tree that the caller frees with json_decref(); aborts where it is none. */
json_t *json_oracle_read(const struct buffer *written);

int64_t json_oracle_int(const json_t *object, const char *key);
bool json_oracle_has_text(const json_t *object, const char *key, struct http_text text);
