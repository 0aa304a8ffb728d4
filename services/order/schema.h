/* schema - the numbered migrations of the order database, embedded from schema/. */
#pragma once

#include "db/migrate.h"

extern const struct db_migration order_migrations[];
extern const size_t order_migration_count;
