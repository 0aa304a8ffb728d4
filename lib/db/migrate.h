/* migrate - numbered schema changes, applied once each, by however many instances start at once.
 *
 * Place   below db/conn, which sends the text over each fresh connection before it is used.
 * Source  PostgreSQL manual, "Advisory Locks". */
#pragma once

#include <stddef.h>

#include "base/buffer.h"

struct db_migration {
    int number;       /* 1, 2, 3 … without gaps */
    const char *name; /* "001_orders" */
    const char *sql;  /* any number of statements that a transaction allows; must not contain
                         "$migration" */
};

/* Appends one text for the simple query protocol: under one advisory lock it creates the table
 * schema_migrations where it is missing and applies, in one transaction, each migration that is not
 * recorded there. Applying it again changes nothing, and neither does applying it to a database
 * that a newer program has taken further already: instances of both may run during an upgrade. How
 * long it waits for locks is the session's lock_timeout. */
void db_migrate_append_script(struct buffer *script, const struct db_migration *migrations,
                              size_t count);
