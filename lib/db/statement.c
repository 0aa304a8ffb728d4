#include "db/statement.h"

static const struct {
    Oid element;
    Oid array;
    uint32_t size;
} types[] = {
    [DB_INT4] = {.element = 23, .array = 1007, .size = 4},
    [DB_INT8] = {.element = 20, .array = 1016, .size = 8},
    [DB_TEXT] = {.element = 25, .array = 1009, .size = 0},
    [DB_UUID] = {.element = 2950, .array = 2951, .size = DB_UUID_SIZE},
};

Oid db_type_oid(enum db_type type)
{
    return types[type].element;
}

Oid db_type_array_oid(enum db_type type)
{
    return types[type].array;
}

uint32_t db_type_size(enum db_type type)
{
    return types[type].size;
}

bool db_statement_can_read(const struct db_statement *statement, const PGresult *description)
{
    if (statement->result_column_count == 0)
        return true;
    if (PQnfields(description) != statement->result_column_count)
        return false;
    for (int column = 0; column < statement->result_column_count; column++) {
        if (PQftype(description, column) != db_type_oid(statement->result_columns[column]))
            return false;
    }
    return true;
}
