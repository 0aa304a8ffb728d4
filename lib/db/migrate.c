#include "db/migrate.h"

#include <assert.h>
#include <string.h>

/* Several statements in one simple query are one transaction (PostgreSQL manual, "Multiple
 * Statements in a Simple Query"), so SET LOCAL and the lock last until its end. Unlike the
 * service's statements, a migration may have to read whole tables. The lock's number is arbitrary;
 * it only has to be the same in all instances. */
static const char head[] =
    "SET LOCAL statement_timeout = 0;\n"
    "SET LOCAL enable_seqscan = on;\n"
    "SET LOCAL enable_bitmapscan = on;\n"
    "SET LOCAL enable_hashjoin = on;\n"
    "SET LOCAL enable_mergejoin = on;\n"
    "SET LOCAL client_min_messages = warning;\n"
    "SELECT pg_advisory_xact_lock(8314037903515347041);\n"
    "CREATE TABLE IF NOT EXISTS schema_migrations (\n"
    "    number int PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL);\n"
    "DO $migration$BEGIN\n";

static void append_migration(struct buffer *script, const struct db_migration *migration)
{
    buffer_append_text(script, "IF NOT EXISTS (SELECT FROM schema_migrations WHERE number = ");
    buffer_append_int(script, migration->number);
    buffer_append_text(script, ") THEN\nEXECUTE $migration_sql$");
    buffer_append_text(script, migration->sql);
    buffer_append_text(script, "$migration_sql$;\nINSERT INTO schema_migrations VALUES (");
    buffer_append_int(script, migration->number);
    buffer_append_text(script, ", $migration_name$");
    buffer_append_text(script, migration->name);
    buffer_append_text(script, "$migration_name$, now());\nEND IF;\n");
}

void db_migrate_append_script(struct buffer *script, const struct db_migration *migrations,
                              size_t count)
{
    buffer_append_text(script, head);
    for (size_t i = 0; i < count; i++) {
        assert(migrations[i].number == (int)i + 1);
        assert(strstr(migrations[i].sql, "$migration") == NULL);
        assert(strstr(migrations[i].name, "$migration") == NULL);
        append_migration(script, &migrations[i]);
    }
    buffer_append_text(script, "END$migration$;\n");
}
