#include "base/buffer.h"

#include <assert.h>
#include <stdlib.h>

enum { BUFFER_CAPACITY_MIN = 256, INT64_DIGITS_MAX = 20 };

void buffer_init(struct buffer *buffer, size_t size_max)
{
    *buffer = (struct buffer){.size_max = size_max};
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->data);
    buffer_init(buffer, buffer->size_max);
}

void buffer_clear(struct buffer *buffer)
{
    buffer->size = 0;
    buffer->failed = false;
}

void buffer_drop_front(struct buffer *buffer, size_t size)
{
    assert(size <= buffer->size);
    buffer->size -= size;
    if (buffer->size != 0 && size != 0)
        memmove(buffer->data, buffer->data + size, buffer->size);
}

static bool buffer_grow(struct buffer *buffer, size_t wanted)
{
    size_t capacity =
        buffer->capacity < BUFFER_CAPACITY_MIN ? BUFFER_CAPACITY_MIN : buffer->capacity;
    while (capacity < wanted)
        capacity *= 2;
    if (capacity > buffer->size_max)
        capacity = buffer->size_max;
    char *data = realloc(buffer->data, capacity);
    if (data == NULL)
        return false;
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

char *buffer_reserve(struct buffer *buffer, size_t size)
{
    if (buffer->failed)
        return NULL;
    if (size > buffer->capacity - buffer->size) {
        bool fits = size <= buffer->size_max - buffer->size;
        if (!fits || !buffer_grow(buffer, buffer->size + size)) {
            buffer->failed = true;
            return NULL;
        }
    }
    return buffer->data + buffer->size;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t size)
{
    if (size == 0)
        return;
    char *room = buffer_reserve(buffer, size);
    if (room == NULL)
        return;
    memcpy(room, bytes, size);
    buffer->size += size;
}

void buffer_append_byte(struct buffer *buffer, char byte)
{
    buffer_append(buffer, &byte, 1);
}

void buffer_append_int(struct buffer *buffer, int64_t value)
{
    char digits[INT64_DIGITS_MAX];
    char *end = digits + sizeof digits;
    char *at = end;
    /* The magnitude as unsigned, because INT64_MIN has no positive twin. */
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (value < 0)
        *--at = '-';
    buffer_append(buffer, at, (size_t)(end - at));
}

static void store_be32(char *to, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (char)(value >> (24 - 8 * i));
}

void buffer_append_be32(struct buffer *buffer, uint32_t value)
{
    char bytes[4];
    store_be32(bytes, value);
    buffer_append(buffer, bytes, sizeof bytes);
}

void buffer_append_be64(struct buffer *buffer, uint64_t value)
{
    char bytes[8];
    store_be32(bytes, (uint32_t)(value >> 32));
    store_be32(bytes + 4, (uint32_t)value);
    buffer_append(buffer, bytes, sizeof bytes);
}

void buffer_patch_be32(struct buffer *buffer, size_t offset, uint32_t value)
{
    assert(offset + 4 <= buffer->size);
    store_be32(buffer->data + offset, value);
}
