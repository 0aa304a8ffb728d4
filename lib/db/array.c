#include "db/array.h"

#include <assert.h>

/* The head: dimensions, has-null flag, element type, element count, lower bound. */
enum { OFFSET_HAS_NULL = 4, OFFSET_COUNT = 12, EMPTY_ARRAY_SIZE = 12, VALUE_HEAD_SIZE = 4 };

size_t db_array_value_size(enum db_type type, const struct db_value *value)
{
    if (value->is_null)
        return VALUE_HEAD_SIZE;
    uint32_t size = db_type_size(type);
    return VALUE_HEAD_SIZE + (size != 0 ? size : value->byte_count);
}

void db_array_begin(struct buffer *array, enum db_type type)
{
    buffer_clear(array);
    buffer_append_be32(array, 1);
    buffer_append_be32(array, 0);
    buffer_append_be32(array, db_type_oid(type));
    buffer_append_be32(array, 0);
    buffer_append_be32(array, 1);
}

void db_array_append(struct buffer *array, enum db_type type, const struct db_value *value)
{
    if (array->failed)
        return;
    if (value->is_null) {
        buffer_patch_be32(array, OFFSET_HAS_NULL, 1);
        buffer_append_be32(array, UINT32_MAX); /* a size of -1 */
        return;
    }
    switch (type) {
    case DB_INT4:
        assert(value->integer >= INT32_MIN && value->integer <= INT32_MAX);
        buffer_append_be32(array, 4);
        buffer_append_be32(array, (uint32_t)value->integer);
        break;
    case DB_INT8:
        buffer_append_be32(array, 8);
        buffer_append_be64(array, (uint64_t)value->integer);
        break;
    case DB_UUID:
        assert(value->byte_count == DB_UUID_SIZE);
        /* fall through */
    case DB_TEXT:
        buffer_append_be32(array, value->byte_count);
        buffer_append(array, value->bytes, value->byte_count);
        break;
    }
}

void db_array_end(struct buffer *array, uint32_t count)
{
    if (array->failed)
        return;
    if (count != 0) {
        buffer_patch_be32(array, OFFSET_COUNT, count);
        return;
    }
    /* The empty array has no dimension, hence neither count nor lower bound. */
    assert(array->size == DB_ARRAY_HEAD_SIZE);
    buffer_patch_be32(array, 0, 0);
    array->size = EMPTY_ARRAY_SIZE;
}
