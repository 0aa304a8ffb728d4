#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "db/migrate.h"

static void test_script_text(void **state)
{
    (void)state;
    static const struct db_migration migrations[] = {
        {.number = 1, .name = "001_a", .sql = "CREATE TABLE a ()"},
        {.number = 2, .name = "002_b", .sql = "SELECT 'b'; -- last"},
    };
    static const char expected[] =
        "SET LOCAL statement_timeout = 0;\n"
        "SET LOCAL enable_seqscan = on;\n"
        "SET LOCAL enable_bitmapscan = on;\n"
        "SET LOCAL enable_hashjoin = on;\n"
        "SET LOCAL enable_mergejoin = on;\n"
        "SET LOCAL client_min_messages = warning;\n"
        "SELECT pg_advisory_xact_lock(8314037903515347041);\n"
        "CREATE TABLE IF NOT EXISTS schema_migrations (\n"
        "    number int PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL);\n"
        "DO $migration$BEGIN\n"
        "IF NOT EXISTS (SELECT FROM schema_migrations WHERE number = 1) THEN\n"
        "EXECUTE $migration_sql$CREATE TABLE a ()$migration_sql$;\n"
        "INSERT INTO schema_migrations VALUES (1, $migration_name$001_a$migration_name$, now());\n"
        "END IF;\n"
        "IF NOT EXISTS (SELECT FROM schema_migrations WHERE number = 2) THEN\n"
        "EXECUTE $migration_sql$SELECT 'b'; -- last$migration_sql$;\n"
        "INSERT INTO schema_migrations VALUES (2, $migration_name$002_b$migration_name$, now());\n"
        "END IF;\n"
        "END$migration$;\n";
    struct buffer script;
    buffer_init(&script, 4096);
    db_migrate_append_script(&script, migrations, 2);
    assert_int_equal(script.size, sizeof expected - 1);
    assert_memory_equal(script.data, expected, script.size);
    buffer_free(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_script_text)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
