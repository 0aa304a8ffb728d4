/* fields - strict typed reads of a request's JSON body; every fault is found in one pass.
 *
 * Place      codecs -> [fields] -> jansson, json/writer.
 * Thread     the loop thread only (jansson's hash seed and reference counts).
 * Ownership  json_body_parse() gives a tree that the caller frees with json_decref(); texts read
 *            from it live as long. Faults borrow the field names, which must be static.
 * Errors     Each read that fails adds one fault, in the order of the calls. Read all fields, then
 *            ask `count` once; with any fault, no value read may be used.
 * Limits     JSON_FAULT_COUNT_MAX faults, further ones are not listed; JSON_DEPTH_MAX levels. The
 *            size of a body is the HTTP layer's to limit.
 *
 * Types are exact: neither "5" nor 5.0 nor true is an integer. Unknown keys are ignored. */
#pragma once

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

enum { JSON_FAULT_COUNT_MAX = 16, JSON_DEPTH_MAX = 32 };

/* name, `type` as clients of such APIs know it, `msg` with # for the limit. */
#define JSON_FAULT_MAP(X)                                                                          \
    X(SYNTAX, "json_invalid", "JSON decode error")                                                 \
    X(DUPLICATE_KEY, "json_invalid", "JSON decode error: a key stands twice in an object")         \
    X(DEPTH, "json_invalid", "JSON decode error: nested more than # levels deep")                  \
    X(NOT_OBJECT, "dict_type", "Input should be a valid dictionary")                               \
    X(MISSING, "missing", "Field required")                                                        \
    X(NOT_INT, "int_type", "Input should be a valid integer")                                      \
    X(NOT_STRING, "string_type", "Input should be a valid string")                                 \
    X(TOO_SHORT, "string_too_short", "String should have at least # characters")                   \
    X(TOO_LONG, "string_too_long", "String should have at most # characters")                      \
    X(TOO_SMALL, "greater_than_equal", "Input should be greater than or equal to #")               \
    X(TOO_GREAT, "less_than_equal", "Input should be less than or equal to #")

enum json_fault_kind {
#define JSON_FAULT_ENUM(name, type, msg) JSON_FAULT_##name,
    JSON_FAULT_MAP(JSON_FAULT_ENUM)
#undef JSON_FAULT_ENUM
};

struct json_fault {
    enum json_fault_kind kind;
    const char *field; /* NULL: the body as a whole */
    int64_t limit;
};

/* Start with {0}. */
struct json_faults {
    struct json_fault items[JSON_FAULT_COUNT_MAX];
    size_t count;
};

/* NUL-terminated; no NUL inside. */
struct json_text {
    const char *data;
    size_t size;
};

/* Once per process, before anything is parsed: object keys are hashed with a seed that clients
 * cannot guess. From then on jansson aborts the process where memory is short. */
void json_seed_hashes(uint64_t random);

/* The body's object; NULL after adding one fault where it has none. */
json_t *json_body_parse(const char *bytes, size_t size, struct json_faults *faults);

/* Limits are inclusive. On a fault *value is `minimum`. */
void json_body_int(const json_t *body, const char *field, int64_t minimum, int64_t maximum,
                   int64_t *value, struct json_faults *faults);

/* Limits count Unicode characters and are inclusive. On a fault *text is empty. */
void json_body_text(const json_t *body, const char *field, size_t character_count_min,
                    size_t character_count_max, struct json_text *text, struct json_faults *faults);

/* {"detail":[{"loc":["body","quantity"],"msg":"Field required","type":"missing"}]} */
void json_faults_write(const struct json_faults *faults, struct buffer *to);
