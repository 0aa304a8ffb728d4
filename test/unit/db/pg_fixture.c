#include "unit/db/pg_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *environment(const char *variable)
{
    const char *value = getenv(variable);
    if (value == NULL)
        fail_msg("%s is not set: run this under test/with_postgres.py", variable);
    return value;
}

static void on_impatience(struct timer *timer, void *context)
{
    struct pg_fixture *fixture = context;
    (void)timer;
    log_flush(&fixture->log);
    char text[4096] = "";
    off_t size = lseek(fixture->log_file, 0, SEEK_END);
    off_t start = size > (off_t)sizeof text ? size - (off_t)sizeof text + 1 : 0;
    ssize_t count = pread(fixture->log_file, text, sizeof text - 1, start);
    fail_msg("waited in vain; the end of the log:\n%.*s", (int)count, text);
}

void pg_reconnect_control(struct pg_fixture *fixture)
{
    PQfinish(fixture->control);
    fixture->control = PQconnectdb(environment("DATABASE_URL"));
    assert_int_equal(PQstatus(fixture->control), CONNECTION_OK);
}

void pg_fixture_init(struct pg_fixture *fixture, const char *setup_sql,
                     const struct db_statement *const *statements, size_t statement_count)
{
    *fixture = (struct pg_fixture){.log_file = memfd_create("log", MFD_CLOEXEC)};
    log_init(&fixture->log, "test", LOG_DEBUG, LOG_FORMAT_TEXT, fixture->log_file);
    assert_int_equal(loop_init(&fixture->loop, &fixture->log), STATUS_OK);
    prng_seed(&fixture->prng, 1);
    timer_init(&fixture->patience, on_impatience, fixture);
    pg_reconnect_control(fixture);
    pg_execute(fixture, "SET client_min_messages = warning");
    pg_execute(fixture, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    pg_execute(fixture, setup_sql);
    fixture->settings = (struct db_pool_settings){
        .url = environment("DATABASE_URL"),
        .name = "fixture",
        .connection_count = 2,
        .statements = statements,
        .statement_count = statement_count,
        .answer_timeout_ms = 4000,
    };
}

void pg_fixture_open(struct pg_fixture *fixture)
{
    assert_int_equal(
        db_pool_open(&fixture->loop, &fixture->prng, &fixture->settings, &fixture->pool),
        STATUS_OK);
    fixture->batch = db_batch_open(&fixture->loop, fixture->pool);
    assert_non_null(fixture->batch);
    log_flush(&fixture->log);
    fixture->log_start = lseek(fixture->log_file, 0, SEEK_END);
    char all_are_up[64];
    int count = fixture->settings.connection_count;
    snprintf(all_are_up, sizeof all_are_up, "connection %d of %d is up", count, count);
    pg_fixture_await_log(fixture, all_are_up);
}

void pg_fixture_close(struct pg_fixture *fixture)
{
    if (fixture->batch != NULL)
        db_batch_close(fixture->batch);
    if (fixture->pool != NULL)
        db_pool_close(fixture->pool);
    if (fixture->second_pool != NULL)
        db_pool_close(fixture->second_pool);
    PQfinish(fixture->control);
    assert_int_equal(loop_close(&fixture->loop), STATUS_OK);
    log_free(&fixture->log);
    close(fixture->log_file);
}

void pg_fixture_run_until(struct pg_fixture *fixture, pg_condition *condition, void *context)
{
    /* A blocking call of the test may have made the loop's idea of the time stale. */
    uv_update_time(&fixture->loop.uv);
    timer_start(&fixture->loop.clock, &fixture->patience, FIXTURE_PATIENCE_MS);
    while (!condition(context))
        uv_run(&fixture->loop.uv, UV_RUN_ONCE);
    timer_stop(&fixture->loop.clock, &fixture->patience);
}

void pg_fixture_turn(struct pg_fixture *fixture)
{
    uv_run(&fixture->loop.uv, UV_RUN_NOWAIT);
}

bool pg_pool_is_up(void *fixture)
{
    return db_pool_is_ready(((struct pg_fixture *)fixture)->pool);
}

bool pg_pool_is_down(void *fixture)
{
    return !pg_pool_is_up(fixture);
}

void pg_execute(struct pg_fixture *fixture, const char *sql)
{
    PGresult *result = PQexec(fixture->control, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQresultErrorMessage(result));
    PQclear(result);
}

int64_t pg_number(struct pg_fixture *fixture, const char *sql)
{
    PGresult *result = PQexec(fixture->control, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQresultErrorMessage(result));
    assert_int_equal(PQntuples(result), 1);
    int64_t number = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return number;
}

void pg_wait_for_number(struct pg_fixture *fixture, const char *sql, int64_t number)
{
    uint64_t end_ns = uv_hrtime() + (uint64_t)FIXTURE_PATIENCE_MS * 1000 * 1000;
    while (pg_number(fixture, sql) != number) {
        if (uv_hrtime() > end_ns)
            fail_msg("waited in vain for %lld from %s", (long long)number, sql);
    }
}

void pg_control(const char *verb)
{
    char command[256];
    snprintf(command, sizeof command, "%s %s", environment("DATABASE_CONTROL"), verb);
    assert_int_equal(system(command), 0);
}

bool pg_log_contains(struct pg_fixture *fixture, const char *text)
{
    log_flush(&fixture->log);
    size_t size = (size_t)lseek(fixture->log_file, 0, SEEK_END);
    size_t start = (size_t)fixture->log_start;
    if (size == start)
        return false;
    char *all = mmap(NULL, size, PROT_READ, MAP_SHARED, fixture->log_file, 0);
    assert_ptr_not_equal(all, MAP_FAILED);
    bool is_found = memmem(all + start, size - start, text, strlen(text)) != NULL;
    munmap(all, size);
    return is_found;
}

struct log_search {
    struct pg_fixture *fixture;
    const char *text;
};

static bool is_logged(void *context)
{
    struct log_search *search = context;
    return pg_log_contains(search->fixture, search->text);
}

void pg_fixture_await_log(struct pg_fixture *fixture, const char *text)
{
    struct log_search search = {.fixture = fixture, .text = text};
    pg_fixture_run_until(fixture, is_logged, &search);
}

static void on_unit(struct db_unit *unit, enum status status, const struct db_rows *rows)
{
    struct probe *probe = unit->context;
    assert_false(probe->is_submitting);
    probe->answer_count++;
    probe->status = status;
    probe->row_count = rows->count;
    if (rows->count != 0 && PQnfields(rows->result) > 1 && !db_row_is_null(rows, 0, 1))
        probe->value = db_row_int8(rows, 0, 1);
}

enum status pg_submit(struct pg_fixture *fixture, struct probe *probe)
{
    probe->fixture = fixture;
    probe->unit.callback = on_unit;
    probe->unit.context = probe;
    if (probe->unit.deadline_ms == 0)
        probe->unit.deadline_ms = clock_now_ms(&fixture->loop.clock) + FIXTURE_DEADLINE_MS;
    probe->is_submitting = true;
    enum status status = db_batch_submit(fixture->batch, &probe->unit);
    probe->is_submitting = false;
    return status;
}

struct probes {
    struct probe *first;
    size_t count;
};

static bool all_are_answered(void *context)
{
    struct probes *probes = context;
    for (size_t i = 0; i < probes->count; i++) {
        if (probes->first[i].answer_count == 0)
            return false;
    }
    return true;
}

void pg_fixture_await(struct pg_fixture *fixture, struct probe *probes, size_t count)
{
    struct probes all = {.first = probes, .count = count};
    pg_fixture_run_until(fixture, all_are_answered, &all);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(probes[i].answer_count, 1);
}

struct db_value value_integer(int64_t integer)
{
    return (struct db_value){.integer = integer};
}

struct db_value value_text(const char *text)
{
    return (struct db_value){.bytes = text, .byte_count = (uint32_t)strlen(text)};
}

struct db_value value_null(void)
{
    return (struct db_value){.is_null = true};
}
