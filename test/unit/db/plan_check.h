/* plan_check - how the server would run what a pool prepares, in a session as the pool's. */
#pragma once

#include <stddef.h>

#include "db/migrate.h"
#include "db/statement.h"

/* Brings the empty database that DATABASE_URL names to its schema and fails the test unless each
 * statement's one, generic plan goes to its tables by index, with a condition on that index. */
void check_plans(const struct db_migration *migrations, size_t migration_count,
                 const struct db_statement *const *statements, size_t statement_count);
