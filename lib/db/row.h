/* row - typed reads of binary result columns, and the rows of a result in the order of their keys.
 *
 * Place      above libpq's PGresult only.
 * Ownership  Everything is borrowed from the result, for the time of the callback.
 * Errors     A column of another size than its type's is our own bug: assert. A connection whose
 *            server would give another type than the statement declares does not come up. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libpq-fe.h>

struct db_row_place {
    int64_t key;
    int row; /* in the result */
};

/* Some rows of a result: those of one key, in the order of the result. */
struct db_rows {
    const PGresult *result;
    const struct db_row_place *places;
    int count;
};

bool db_row_is_null(const struct db_rows *rows, int row, int column);
int32_t db_row_int4(const struct db_rows *rows, int row, int column);
int64_t db_row_int8(const struct db_rows *rows, int row, int column);
/* Not NUL-terminated by promise; *size gets its bytes. */
const char *db_row_text(const struct db_rows *rows, int row, int column, uint32_t *size);
/* The 16 bytes. */
const uint8_t *db_row_uuid(const struct db_rows *rows, int row, int column);

/* Which rows belong to a key, for one result after another: the server promises no order. */
struct db_row_index {
    const PGresult *result;
    struct db_row_place *places;
    int count;
    int capacity;
};

void db_row_index_init(struct db_row_index *index);
void db_row_index_free(struct db_row_index *index);

/* Sorts the rows by their first column, an int8. Aborts when out of memory, as the outcome of what
 * is committed already would be lost. */
void db_row_index_build(struct db_row_index *index, const PGresult *result);

/* O(log n). */
struct db_rows db_row_index_find(const struct db_row_index *index, int64_t key);
