/* pg_fixture - a loop with a pool and a batch on the PostgreSQL that DATABASE_URL names, and a
 * second, blocking connection by which a test looks at the database and meddles with it.
 *
 * The programs run under test/with_postgres.py. */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <setjmp.h>

#include <cmocka.h>

#include "db/batch.h"

enum { FIXTURE_PATIENCE_MS = 10 * 1000, FIXTURE_DEADLINE_MS = 5000 };

struct pg_fixture {
    struct log log;
    int log_file;
    off_t log_start; /* what stands before it is of no interest any more */
    struct loop loop;
    struct prng prng;
    struct db_pool_settings settings;
    struct db_pool *pool;
    struct db_batch *batch;
    struct db_pool *second_pool; /* of a test that has two */
    PGconn *control;
    struct timer patience;
};

/* A unit and what came of it. */
struct probe {
    struct db_unit unit;
    struct pg_fixture *fixture;
    int answer_count;
    enum status status;
    int row_count;
    int64_t value; /* second column of the first row, an int8, where there is one */
    bool is_submitting;
};

/* Empties the database, runs `setup_sql` and prepares the settings; opens neither pool nor batch.
 */
void pg_fixture_init(struct pg_fixture *fixture, const char *setup_sql,
                     const struct db_statement *const *statements, size_t statement_count);
/* Opens pool and batch, starts a new log, and runs the loop until all connections are up. */
void pg_fixture_open(struct pg_fixture *fixture);
/* Closes what is open, and checks that the loop is left empty. */
void pg_fixture_close(struct pg_fixture *fixture);

/* Runs the loop until the condition holds; fails the test where it does not within
 * FIXTURE_PATIENCE_MS. */
typedef bool pg_condition(void *context);
void pg_fixture_run_until(struct pg_fixture *fixture, pg_condition *condition, void *context);
bool pg_pool_is_up(void *fixture);
bool pg_pool_is_down(void *fixture);

/* One turn of the loop, which sends what waits; does not wait for anything. */
void pg_fixture_turn(struct pg_fixture *fixture);

/* Over the control connection. */
void pg_execute(struct pg_fixture *fixture, const char *sql);
int64_t pg_number(struct pg_fixture *fixture, const char *sql);
/* Blocks until the query gives the number. */
void pg_wait_for_number(struct pg_fixture *fixture, const char *sql, int64_t number);

/* Stops or starts the server. */
void pg_control(const char *verb);
void pg_reconnect_control(struct pg_fixture *fixture);

bool pg_log_contains(struct pg_fixture *fixture, const char *text);
/* Runs the loop until the log does. */
void pg_fixture_await_log(struct pg_fixture *fixture, const char *text);

/* Submits with FIXTURE_DEADLINE_MS where the unit has no deadline yet. */
enum status pg_submit(struct pg_fixture *fixture, struct probe *probe);
/* Runs the loop until each of the probes has its answer. */
void pg_fixture_await(struct pg_fixture *fixture, struct probe *probes, size_t count);

struct db_value value_integer(int64_t integer);
struct db_value value_text(const char *text);
struct db_value value_null(void);
