/* segment - the units that travel together: one transaction's worth of them, in the order in which
 * they are sent.
 *
 * Place      below db/batch; knows no connection.
 * Ownership  Borrows its units. The columns are the caller's, to be used for one statement after
 *            another.
 * Limits     DB_SEGMENT_UNIT_COUNT_MAX units and DB_SEGMENT_SIZE_MAX bytes of values. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "db/array.h"
#include "db/unit.h"

enum { DB_SEGMENT_UNIT_COUNT_MAX = 512, DB_SEGMENT_SIZE_MAX = 128 * 1024 };

struct db_segment {
    struct db_unit *units[DB_SEGMENT_UNIT_COUNT_MAX];
    size_t count;
    size_t size;
    uint64_t sent_ms;
    uint64_t sent_ns; /* of uv_hrtime() */
};

/* The parameters of one statement. */
struct db_columns {
    struct buffer arrays[DB_COLUMN_COUNT_MAX];
    const char *values[DB_COLUMN_COUNT_MAX];
    int sizes[DB_COLUMN_COUNT_MAX];
};

void db_columns_init(struct db_columns *columns);
void db_columns_free(struct db_columns *columns);

/* Bytes of its values inside the arrays. */
size_t db_unit_size(const struct db_unit *unit);

/* False: it does not fit. The first one always does. */
bool db_segment_add(struct db_segment *segment, struct db_unit *unit);

/* By statement, in the pool's order, then by key, then by arrival: the same order in all instances,
 * so that two of them never wait for each other's rows. */
void db_segment_sort(struct db_segment *segment);

/* The end of the run of units that share the statement of the one at `first`. */
size_t db_segment_run_end(const struct db_segment *segment, size_t first);

/* Writes the parameters for a run. False: out of memory. */
bool db_segment_encode(const struct db_segment *segment, size_t first, size_t end,
                       struct db_columns *columns);
