/* buffer - a byte buffer that grows up to a limit given at its start.
 *
 * Place      below everything; knows nobody.
 * Ownership  The buffer owns its bytes; `data` moves when it grows, so keep offsets, not pointers.
 * Errors     A failed append (limit or memory) adds nothing and sets `failed`, which stays until
 *            buffer_clear(): write a whole message, then ask once.
 * Units      *_size: bytes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buffer {
    char *data;      /* not NUL-terminated; NULL until the first byte */
    size_t size;     /* bytes in use */
    size_t capacity; /* bytes allocated */
    size_t size_max; /* growth beyond this fails */
    bool failed;
};

void buffer_init(struct buffer *buffer, size_t size_max);
void buffer_free(struct buffer *buffer);

/* Empties it and forgives a failure; the memory stays for the next use. */
void buffer_clear(struct buffer *buffer);

/* Drops the first `size` bytes. */
void buffer_drop_front(struct buffer *buffer, size_t size);

/* Room for `size` more bytes at data + size, which the caller fills and then adds to `size`;
 * NULL on failure. */
char *buffer_reserve(struct buffer *buffer, size_t size);

void buffer_append(struct buffer *buffer, const void *bytes, size_t size);
void buffer_append_byte(struct buffer *buffer, char byte);
void buffer_append_int(struct buffer *buffer, int64_t value);
/* Big-endian, as the PostgreSQL protocol wants them. */
void buffer_append_be32(struct buffer *buffer, uint32_t value);
void buffer_append_be64(struct buffer *buffer, uint64_t value);
/* Overwrites four bytes at `offset`, which must be inside `size`. */
void buffer_patch_be32(struct buffer *buffer, size_t offset, uint32_t value);

static inline void buffer_append_text(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}
