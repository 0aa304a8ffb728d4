/* array - one column of many units as a PostgreSQL array in binary format.
 *
 * Place      below db/conn and db/batch.
 * Ownership  The buffer is the caller's and is meant to be used again and again.
 * Errors     A value that does not fit its type is our own bug: assert. Memory: buffer.failed.
 * Source     array_recv() in PostgreSQL's arrayfuncs.c. */
#pragma once

#include <stdint.h>

#include "base/buffer.h"
#include "db/statement.h"

enum { DB_ARRAY_HEAD_SIZE = 20 };

/* Bytes that the value takes inside an array. */
size_t db_array_value_size(enum db_type type, const struct db_value *value);

/* Empties the buffer and starts an array: begin, then append each value, then end with their count.
 */
void db_array_begin(struct buffer *array, enum db_type type);
void db_array_append(struct buffer *array, enum db_type type, const struct db_value *value);
void db_array_end(struct buffer *array, uint32_t count);
