/* statement - a prepared statement over arrays, and the values of one of its rows.
 *
 * Place      below db/conn and db/batch.
 * Ownership  Statements are static constants; values borrow their bytes.
 *
 * Parameter $i is an array with one element per unit, to be used through unnest($1::int8[], …). The
 * first column of each result row must be the int8 key of the unit that it belongs to. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { DB_COLUMN_COUNT_MAX = 8, DB_UUID_SIZE = 16 };

enum db_type { DB_INT4, DB_INT8, DB_TEXT, DB_UUID };

struct db_statement {
    const char *name; /* unique within a pool */
    const char *sql;
    int column_count;
    enum db_type columns[DB_COLUMN_COUNT_MAX];
};

/* `integer` for DB_INT4 and DB_INT8, bytes and byte_count for DB_TEXT (UTF-8 without NUL) and for
 * DB_UUID (16 bytes); is_null prevails. */
struct db_value {
    int64_t integer;
    const void *bytes;
    uint32_t byte_count;
    bool is_null;
};
