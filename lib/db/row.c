#include "db/row.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "db/statement.h"

enum { INDEX_CAPACITY_MIN = 64 };

static const char *cell(const struct db_rows *rows, int row, int column, int *size)
{
    assert(row >= 0 && row < rows->count);
    int place = rows->places[row].row;
    assert(!PQgetisnull(rows->result, place, column));
    *size = PQgetlength(rows->result, place, column);
    return PQgetvalue(rows->result, place, column);
}

static int64_t read_int8(const char *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return (int64_t)be64toh(value);
}

bool db_row_is_null(const struct db_rows *rows, int row, int column)
{
    assert(row >= 0 && row < rows->count);
    return PQgetisnull(rows->result, rows->places[row].row, column) != 0;
}

int32_t db_row_int4(const struct db_rows *rows, int row, int column)
{
    int size;
    uint32_t value;
    const char *bytes = cell(rows, row, column, &size);
    assert(size == sizeof value);
    memcpy(&value, bytes, sizeof value);
    return (int32_t)be32toh(value);
}

int64_t db_row_int8(const struct db_rows *rows, int row, int column)
{
    int size;
    const char *bytes = cell(rows, row, column, &size);
    assert(size == sizeof(int64_t));
    return read_int8(bytes);
}

const char *db_row_text(const struct db_rows *rows, int row, int column, uint32_t *size)
{
    int length;
    const char *bytes = cell(rows, row, column, &length);
    *size = (uint32_t)length;
    return bytes;
}

const uint8_t *db_row_uuid(const struct db_rows *rows, int row, int column)
{
    int size;
    const char *bytes = cell(rows, row, column, &size);
    assert(size == DB_UUID_SIZE);
    return (const uint8_t *)bytes;
}

void db_row_index_init(struct db_row_index *index)
{
    *index = (struct db_row_index){0};
}

void db_row_index_free(struct db_row_index *index)
{
    free(index->places);
    db_row_index_init(index);
}

static void reserve(struct db_row_index *index, int count)
{
    if (count <= index->capacity)
        return;
    int capacity = index->capacity == 0 ? INDEX_CAPACITY_MIN : index->capacity;
    while (capacity < count)
        capacity *= 2;
    free(index->places);
    index->places = malloc((size_t)capacity * sizeof *index->places);
    if (index->places == NULL)
        abort();
    index->capacity = capacity;
}

static int compare_places(const void *left, const void *right)
{
    const struct db_row_place *a = left;
    const struct db_row_place *b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->row - b->row;
}

void db_row_index_build(struct db_row_index *index, const PGresult *result)
{
    int count = PQntuples(result);
    reserve(index, count);
    bool is_sorted = true;
    for (int row = 0; row < count; row++) {
        assert(PQgetlength(result, row, 0) == sizeof(int64_t));
        int64_t key = read_int8(PQgetvalue(result, row, 0));
        if (row != 0 && key < index->places[row - 1].key)
            is_sorted = false;
        index->places[row] = (struct db_row_place){.key = key, .row = row};
    }
    if (!is_sorted)
        qsort(index->places, (size_t)count, sizeof *index->places, compare_places);
    index->result = result;
    index->count = count;
}

/* The first place whose key is not less than `key`. */
static int lower_bound(const struct db_row_index *index, int64_t key)
{
    int low = 0;
    int high = index->count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (index->places[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct db_rows db_row_index_find(const struct db_row_index *index, int64_t key)
{
    if (index->count == 0)
        return (struct db_rows){.result = index->result}; /* there may be no places to point at */
    int first = lower_bound(index, key);
    int end = first;
    while (end < index->count && index->places[end].key == key)
        end++;
    return (struct db_rows){
        .result = index->result, .places = index->places + first, .count = end - first};
}
