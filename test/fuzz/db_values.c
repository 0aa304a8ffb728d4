/* Values on their way to PostgreSQL and back: what db/array writes is what array_recv() reads, and
 * db/row gives the rows of each key as they came.
 *
 * The input is a sequence of values: for each a byte that tells its size, and its bytes. The first
 * byte is their type. */
#include <assert.h>
#include <endian.h>
#include <stdlib.h>

#include "db/array.h"
#include "db/row.h"
#include "fuzz/fuzz.h"

enum { VALUE_COUNT_MAX = 64, ARRAY_SIZE_MAX = 64 * 1024, TYPE_COUNT = 4, KEY_COUNT = 8 };

struct reader {
    const uint8_t *at;
    size_t size;
};

/* Zeros where the input is at its end. */
static uint64_t read_number(struct reader *reader, size_t size)
{
    uint64_t number = 0;
    for (; size != 0 && reader->size != 0; size--, reader->size--)
        number = number << 8 | *reader->at++;
    return number;
}

/* A size of 255 is no value. */
static struct db_value read_value(struct reader *reader, enum db_type type)
{
    struct db_value value = {0};
    uint64_t size = read_number(reader, 1);
    value.is_null = size == UINT8_MAX;
    if (value.is_null)
        return value;
    if (type == DB_INT4)
        value.integer = (int32_t)read_number(reader, 4);
    if (type == DB_INT8)
        value.integer = (int64_t)read_number(reader, 8);
    if (type == DB_TEXT || (type == DB_UUID && reader->size >= DB_UUID_SIZE)) {
        value.bytes = reader->at;
        value.byte_count = type == DB_UUID       ? DB_UUID_SIZE
                           : size > reader->size ? (uint32_t)reader->size
                                                 : (uint32_t)size;
        reader->at += value.byte_count;
        reader->size -= value.byte_count;
    }
    if (type == DB_UUID && value.byte_count == 0)
        value.is_null = true;
    return value;
}

static uint32_t take_be32(struct reader *reader)
{
    assert(reader->size >= 4);
    return (uint32_t)read_number(reader, 4);
}

static void check_element(struct reader *array, enum db_type type, const struct db_value *value)
{
    uint32_t size = take_be32(array);
    assert((size == UINT32_MAX) == value->is_null);
    if (value->is_null)
        return;
    assert(size <= array->size);
    if (type == DB_INT4)
        assert(size == 4 && (int32_t)read_number(array, 4) == value->integer);
    else if (type == DB_INT8)
        assert(size == 8 && (int64_t)read_number(array, 8) == value->integer);
    else {
        assert(size == value->byte_count);
        assert(size == 0 || memcmp(array->at, value->bytes, size) == 0);
        array->at += size;
        array->size -= size;
    }
}

/* As array_recv() in PostgreSQL's arrayfuncs.c reads it. */
static void check_array(const struct buffer *written, enum db_type type,
                        const struct db_value *values, uint32_t count)
{
    static const uint32_t oids[TYPE_COUNT] = {
        [DB_INT4] = 23, [DB_INT8] = 20, [DB_TEXT] = 25, [DB_UUID] = 2950};
    struct reader array = {(const uint8_t *)written->data, written->size};
    bool has_null = false;
    assert(take_be32(&array) == (count == 0 ? 0 : 1));
    uint32_t null_flag = take_be32(&array);
    assert(take_be32(&array) == oids[type]);
    if (count != 0) {
        assert(take_be32(&array) == count);
        assert(take_be32(&array) == 1);
    }
    for (uint32_t i = 0; i < count; i++) {
        has_null |= values[i].is_null;
        check_element(&array, type, &values[i]);
    }
    assert(null_flag == (has_null ? 1 : 0));
    assert(array.size == 0);
}

static void check_writing(struct buffer *array, enum db_type type, const struct db_value *values,
                          uint32_t count)
{
    size_t size = DB_ARRAY_HEAD_SIZE;
    db_array_begin(array, type);
    for (uint32_t i = 0; i < count; i++) {
        db_array_append(array, type, &values[i]);
        size += db_array_value_size(type, &values[i]);
        assert(array->failed || array->size == size);
    }
    db_array_end(array, count);
    assert(array->failed == (size > ARRAY_SIZE_MAX));
    if (!array->failed)
        check_array(array, type, values, count);
}

static void set_cell(PGresult *result, int row, int column, enum db_type type,
                     const struct db_value *value)
{
    uint64_t bytes = htobe64((uint64_t)value->integer);
    char *cell = (char *)&bytes;
    int size = 8;
    if (type == DB_INT4) {
        cell += 4;
        size = 4;
    } else if (type != DB_INT8) {
        cell = (char *)value->bytes;
        size = (int)value->byte_count;
    }
    int is_set =
        PQsetvalue(result, row, column, value->is_null ? NULL : cell, value->is_null ? -1 : size);
    assert(is_set == 1);
}

static void check_cell(const struct db_rows *rows, int row, enum db_type type,
                       const struct db_value *value)
{
    uint32_t size;
    assert(db_row_is_null(rows, row, 1) == value->is_null);
    if (value->is_null)
        return;
    if (type == DB_INT4)
        assert(db_row_int4(rows, row, 1) == value->integer);
    else if (type == DB_INT8)
        assert(db_row_int8(rows, row, 1) == value->integer);
    else if (type == DB_UUID)
        assert(memcmp(db_row_uuid(rows, row, 1), value->bytes, DB_UUID_SIZE) == 0);
    else {
        const char *text = db_row_text(rows, row, 1, &size);
        assert(size == value->byte_count);
        assert(size == 0 || memcmp(text, value->bytes, size) == 0);
    }
}

/* Few keys, so that they repeat; the extremes among them. */
static int64_t key_of(const struct db_value *value, uint32_t row)
{
    static const int64_t keys[KEY_COUNT] = {0, 1, -1, INT64_MAX, INT64_MIN, 2, 3, 4};
    return keys[((uint64_t)value->integer + value->byte_count + row) % KEY_COUNT];
}

/* Each row belongs to its key, in the order of the result. */
static void check_reading(PGresult *result, enum db_type type, const struct db_value *values,
                          uint32_t count)
{
    struct db_row_index index;
    db_row_index_init(&index);
    db_row_index_build(&index, result);
    int found_count = 0;
    for (uint32_t first = 0; first < count; first++) {
        int64_t key = key_of(&values[first], first);
        struct db_rows rows = db_row_index_find(&index, key);
        int place = 0;
        for (uint32_t row = 0; row < count; row++) {
            if (key_of(&values[row], row) != key)
                continue;
            assert(place < rows.count && db_row_int8(&rows, place, 0) == key);
            check_cell(&rows, place, type, &values[row]);
            place++;
        }
        assert(place == rows.count);
        found_count += rows.places[0].row == (int)first ? rows.count : 0;
    }
    assert(found_count == (int)count);
    assert(db_row_index_find(&index, 5).count == 0);
    db_row_index_free(&index);
}

static PGresult *make_result(enum db_type type, const struct db_value *values, uint32_t count)
{
    PGresAttDesc columns[] = {
        {.name = "key", .format = 1, .typid = db_type_oid(DB_INT8), .typlen = 8},
        {.name = "value", .format = 1, .typid = db_type_oid(type), .typlen = -1},
    };
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    int is_set = PQsetResultAttrs(result, 2, columns);
    assert(is_set == 1);
    for (uint32_t row = 0; row < count; row++) {
        const struct db_value key = {.integer = key_of(&values[row], row)};
        set_cell(result, (int)row, 0, DB_INT8, &key);
        set_cell(result, (int)row, 1, type, &values[row]);
    }
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader reader = {data, size};
    struct db_value values[VALUE_COUNT_MAX];
    enum db_type type = (enum db_type)(read_number(&reader, 1) % TYPE_COUNT);
    uint32_t count = 0;
    while (reader.size != 0 && count < VALUE_COUNT_MAX)
        values[count++] = read_value(&reader, type);
    struct buffer array;
    buffer_init(&array, ARRAY_SIZE_MAX);
    check_writing(&array, type, values, count);
    check_writing(&array, type, values, count / 2); /* the buffer is used again */
    buffer_free(&array);
    PGresult *result = make_result(type, values, count);
    check_reading(result, type, values, count);
    PQclear(result);
    return 0;
}
