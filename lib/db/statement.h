/* statement - a prepared statement over arrays, and the values of one of its rows.
 *
 * Place      below db/conn and db/batch.
 * Ownership  Statements are static constants; values borrow their bytes.
 * Source     The type numbers are those of PostgreSQL's pg_type.dat.
 *
 * Parameter $i is an array with one element per unit, to be used through unnest($1::int8[], …). The
 * first column of each result row must be the int8 key of the unit that it belongs to. A connection
 * whose server would give other result columns than declared does not come up. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <libpq-fe.h>

enum { DB_COLUMN_COUNT_MAX = 8, DB_RESULT_COLUMN_COUNT_MAX = 16, DB_UUID_SIZE = 16 };

enum db_type { DB_INT4, DB_INT8, DB_TEXT, DB_UUID };

struct db_statement {
    const char *name; /* unique within a pool */
    const char *sql;
    int column_count;
    enum db_type columns[DB_COLUMN_COUNT_MAX];
    int result_column_count; /* 0: the result's columns are not checked */
    enum db_type result_columns[DB_RESULT_COLUMN_COUNT_MAX];
};

/* `integer` for DB_INT4 and DB_INT8, bytes and byte_count for DB_TEXT (UTF-8 without NUL) and for
 * DB_UUID (16 bytes); is_null prevails. */
struct db_value {
    int64_t integer;
    const void *bytes;
    uint32_t byte_count;
    bool is_null;
};

/* The type numbers of a single value and of an array of them. */
Oid db_type_oid(enum db_type type);
Oid db_type_array_oid(enum db_type type);

/* Bytes of a value in binary format; 0: as many as it has. */
uint32_t db_type_size(enum db_type type);

/* Whether the result has the columns that the statement declares. `description`: what the server
 * says of the prepared statement. */
bool db_statement_can_read(const struct db_statement *statement, const PGresult *description);
