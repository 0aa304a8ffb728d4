#include "unit/db/plan_check.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#include "db/conninfo.h"

enum { ANSWER_TIMEOUT_MS = 4000, SCRIPT_SIZE_MAX = 1024 * 1024, EXPLAIN_SIZE = 256 };

/* Ways through a table whose cost grows with the table, and joins that try each row with each. */
static const char *const banned[] = {"Seq Scan",   "Bitmap", "Hash Join",
                                     "Merge Join", "Tid",    "Join Filter"};

static PGconn *connect_as_pool(void)
{
    struct db_conninfo conninfo;
    char reason[DB_REASON_SIZE];
    const char *url = getenv("DATABASE_URL");
    if (url == NULL)
        fail_msg("DATABASE_URL is not set: run this under test/with_postgres.py");
    assert_int_equal(db_conninfo_init(&conninfo, url, "plans", ANSWER_TIMEOUT_MS, reason),
                     STATUS_OK);
    db_conninfo_set_address(&conninfo, &conninfo.hosts[0], conninfo.hosts[0].name);
    PGconn *pg = PQconnectdbParams(conninfo.keywords, conninfo.values, 0);
    if (PQstatus(pg) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(pg));
    db_conninfo_free(&conninfo);
    return pg;
}

static PGresult *check(PGresult *result, const char *what)
{
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        fail_msg("%s: %s", what, PQresultErrorMessage(result));
    return result;
}

static void migrate(PGconn *pg, const struct db_migration *migrations, size_t count)
{
    struct buffer script;
    buffer_init(&script, SCRIPT_SIZE_MAX);
    db_migrate_append_script(&script, migrations, count);
    buffer_append_byte(&script, '\0');
    assert_false(script.failed);
    PQclear(check(PQexec(pg, script.data), "migration"));
    buffer_free(&script);
}

static void prepare(PGconn *pg, const struct db_statement *statement)
{
    Oid types[DB_COLUMN_COUNT_MAX];
    for (int i = 0; i < statement->column_count; i++)
        types[i] = db_type_array_oid(statement->columns[i]);
    PQclear(check(PQprepare(pg, statement->name, statement->sql, statement->column_count, types),
                  statement->name));
}

/* The plan is generic, so that the values do not matter. */
static PGresult *explain(PGconn *pg, const struct db_statement *statement)
{
    char sql[EXPLAIN_SIZE];
    int size = snprintf(sql, sizeof sql, "EXPLAIN EXECUTE %s", statement->name);
    for (int i = 0; i < statement->column_count; i++)
        size += snprintf(sql + size, sizeof sql - (size_t)size, "%s", i == 0 ? "(NULL" : ", NULL");
    snprintf(sql + size, sizeof sql - (size_t)size, "%s", statement->column_count != 0 ? ")" : "");
    return check(PQexec(pg, sql), sql);
}

/* The lines of a scan are followed by its properties, up to the next node. */
static bool has_index_condition(const PGresult *plan, int scan)
{
    for (int i = scan + 1; i < PQntuples(plan); i++) {
        const char *line = PQgetvalue(plan, i, 0);
        if (strstr(line, "Index Cond:") != NULL)
            return true;
        if (strstr(line, "->") != NULL)
            return false;
    }
    return false;
}

static const char *find_fault(const PGresult *plan)
{
    for (int i = 0; i < PQntuples(plan); i++) {
        const char *line = PQgetvalue(plan, i, 0);
        for (size_t ban = 0; ban < sizeof banned / sizeof banned[0]; ban++) {
            if (strstr(line, banned[ban]) != NULL)
                return banned[ban];
        }
        bool is_index_scan =
            strstr(line, "Index Scan") != NULL || strstr(line, "Index Only Scan") != NULL;
        if (is_index_scan && !has_index_condition(plan, i))
            return "a whole index is read";
    }
    return NULL;
}

void check_plans(const struct db_migration *migrations, size_t migration_count,
                 const struct db_statement *const *statements, size_t statement_count)
{
    PGconn *pg = connect_as_pool();
    migrate(pg, migrations, migration_count);
    int fault_count = 0;
    for (size_t i = 0; i < statement_count; i++) {
        prepare(pg, statements[i]);
        PGresult *plan = explain(pg, statements[i]);
        const char *fault = find_fault(plan);
        if (fault != NULL) {
            fault_count++;
            print_error("%s: %s\n", statements[i]->name, fault);
            for (int line = 0; line < PQntuples(plan); line++)
                print_error("    %s\n", PQgetvalue(plan, line, 0));
        }
        PQclear(plan);
    }
    PQfinish(pg);
    assert_int_equal(fault_count, 0);
}
