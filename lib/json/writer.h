/* writer - JSON text straight into a buffer, without building a tree.
 *
 * Place   above base/buffer; knows nobody else.
 * Errors  The buffer's: ask `failed` once, after the last piece.
 *
 * The output is compact. The writer keeps no state: whether a comma is due shows in the last byte
 * written, so call the pieces in the order of the text, each value of an object after its key. What
 * stands in the buffer before the first piece must be nothing or end in white space. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

void json_write_object_start(struct buffer *to);
void json_write_object_end(struct buffer *to);
void json_write_array_start(struct buffer *to);
void json_write_array_end(struct buffer *to);

/* `key` is written as it stands: it must not need escapes. */
void json_write_key(struct buffer *to, const char *key);

void json_write_int(struct buffer *to, int64_t value);
void json_write_bool(struct buffer *to, bool value);
void json_write_null(struct buffer *to);

/* Escapes quotes, backslashes and control bytes; all else passes, so `text` should be UTF-8. */
void json_write_bytes(struct buffer *to, const char *text, size_t size);
void json_write_string(struct buffer *to, const char *text);

/* A key and its value. */
void json_write_int_field(struct buffer *to, const char *key, int64_t value);
void json_write_string_field(struct buffer *to, const char *key, const char *text);
