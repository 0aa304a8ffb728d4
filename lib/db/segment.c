#include "db/segment.h"

#include <assert.h>
#include <stdlib.h>

static_assert((int)DB_UNIT_SIZE_MAX <= (int)DB_SEGMENT_SIZE_MAX, "each unit fits into a segment");

void db_columns_init(struct db_columns *columns)
{
    for (int i = 0; i < DB_COLUMN_COUNT_MAX; i++)
        buffer_init(&columns->arrays[i], (size_t)DB_ARRAY_HEAD_SIZE + DB_SEGMENT_SIZE_MAX);
}

void db_columns_free(struct db_columns *columns)
{
    for (int i = 0; i < DB_COLUMN_COUNT_MAX; i++)
        buffer_free(&columns->arrays[i]);
}

size_t db_unit_size(const struct db_unit *unit)
{
    size_t size = 0;
    for (int i = 0; i < unit->statement->column_count; i++)
        size += db_array_value_size(unit->statement->columns[i], &unit->values[i]);
    return size;
}

bool db_segment_add(struct db_segment *segment, struct db_unit *unit)
{
    size_t size = db_unit_size(unit);
    if (segment->count == DB_SEGMENT_UNIT_COUNT_MAX || size > DB_SEGMENT_SIZE_MAX - segment->size)
        return false;
    segment->units[segment->count++] = unit;
    segment->size += size;
    return true;
}

static int compare_units(const void *left, const void *right)
{
    const struct db_unit *a = *(struct db_unit *const *)left;
    const struct db_unit *b = *(struct db_unit *const *)right;
    if (a->place != b->place)
        return a->place - b->place;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->sequence < b->sequence ? -1 : 1;
}

void db_segment_sort(struct db_segment *segment)
{
    for (size_t i = 1; i < segment->count; i++) {
        if (compare_units(&segment->units[i - 1], &segment->units[i]) > 0) {
            qsort(segment->units, segment->count, sizeof segment->units[0], compare_units);
            return;
        }
    }
}

size_t db_segment_run_end(const struct db_segment *segment, size_t first)
{
    size_t end = first + 1;
    while (end < segment->count && segment->units[end]->place == segment->units[first]->place)
        end++;
    return end;
}

bool db_segment_encode(const struct db_segment *segment, size_t first, size_t end,
                       struct db_columns *columns)
{
    const struct db_statement *statement = segment->units[first]->statement;
    for (int column = 0; column < statement->column_count; column++) {
        struct buffer *array = &columns->arrays[column];
        db_array_begin(array, statement->columns[column]);
        for (size_t i = first; i < end; i++)
            db_array_append(array, statement->columns[column], &segment->units[i]->values[column]);
        db_array_end(array, (uint32_t)(end - first));
        if (array->failed)
            return false;
        columns->values[column] = array->data;
        columns->sizes[column] = (int)array->size;
    }
    return true;
}
