/* schema - the numbered migrations of the payment database, embedded from schema/. */
#pragma once

#include "db/migrate.h"

extern const struct db_migration payment_migrations[];
extern const size_t payment_migration_count;
