#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "db/pipeline.h"

enum { STATEMENT_COUNT = 3 };

/* Two statements and a Sync are under way. */
static int set_up(void **state)
{
    static struct db_pipeline pipeline;
    assert_int_equal(db_pipeline_init(&pipeline, STATEMENT_COUNT), STATUS_OK);
    db_pipeline_expect_statement(&pipeline, 0);
    db_pipeline_expect_statement(&pipeline, 2);
    db_pipeline_expect_sync(&pipeline);
    *state = &pipeline;
    return 0;
}

static int tear_down(void **state)
{
    db_pipeline_free(*state);
    return 0;
}

static bool take(struct db_pipeline *pipeline, ExecStatusType status)
{
    return db_pipeline_take(pipeline, PQmakeEmptyPGresult(NULL, status));
}

static bool take_end(struct db_pipeline *pipeline)
{
    return db_pipeline_take(pipeline, NULL);
}

static void test_sync_ends_it(void **state)
{
    struct db_pipeline *pipeline = *state;
    assert_true(take(pipeline, PGRES_TUPLES_OK));
    assert_true(take_end(pipeline));
    assert_true(take(pipeline, PGRES_COMMAND_OK));
    assert_true(take_end(pipeline));
    assert_false(db_pipeline_is_answered(pipeline));
    assert_true(take(pipeline, PGRES_PIPELINE_SYNC));
    assert_true(db_pipeline_is_answered(pipeline));
    assert_false(pipeline->has_error);
    assert_non_null(pipeline->results[0]);
    assert_null(pipeline->results[1]);
    assert_non_null(pipeline->results[2]);
    db_pipeline_clear(pipeline);
    assert_false(db_pipeline_is_answered(pipeline));
    assert_null(pipeline->results[0]);
}

static void test_failed_statement_aborts_the_rest(void **state)
{
    struct db_pipeline *pipeline = *state;
    assert_true(take(pipeline, PGRES_FATAL_ERROR));
    assert_true(take_end(pipeline));
    assert_true(take(pipeline, PGRES_PIPELINE_ABORTED));
    assert_true(take_end(pipeline));
    assert_true(take(pipeline, PGRES_PIPELINE_SYNC));
    assert_true(db_pipeline_is_answered(pipeline));
    assert_true(pipeline->has_error);
    assert_int_equal(pipeline->failed_place, 0);
}

static void test_commit_may_fail_after_all_statements(void **state)
{
    struct db_pipeline *pipeline = *state;
    for (int i = 0; i < 2; i++) {
        assert_true(take(pipeline, PGRES_TUPLES_OK));
        assert_true(take_end(pipeline));
    }
    assert_true(take(pipeline, PGRES_FATAL_ERROR));
    assert_true(take_end(pipeline));
    assert_false(db_pipeline_is_answered(pipeline));
    assert_true(take(pipeline, PGRES_PIPELINE_SYNC));
    assert_true(pipeline->has_error);
    assert_int_equal(pipeline->failed_place, -1);
}

static void test_anything_else_is_refused(void **state)
{
    struct db_pipeline *pipeline = *state;
    assert_false(take_end(pipeline));
    assert_false(take(pipeline, PGRES_PIPELINE_SYNC));
    assert_true(take(pipeline, PGRES_TUPLES_OK));
    assert_false(take(pipeline, PGRES_TUPLES_OK));
    assert_false(take(pipeline, PGRES_PIPELINE_SYNC));
    assert_true(take_end(pipeline));
    assert_true(take(pipeline, PGRES_TUPLES_OK));
    assert_true(take_end(pipeline));
    assert_false(take(pipeline, PGRES_TUPLES_OK));
}

static void test_endless_ends_are_refused(void **state)
{
    struct db_pipeline *pipeline = *state;
    for (int i = 0; i < 2; i++) {
        assert_true(take(pipeline, PGRES_FATAL_ERROR));
        assert_true(take_end(pipeline));
    }
    assert_true(take(pipeline, PGRES_FATAL_ERROR));
    assert_true(take_end(pipeline));
    assert_false(take_end(pipeline));
    assert_false(take(pipeline, PGRES_FATAL_ERROR));
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_sync_ends_it),
        TEST(test_failed_statement_aborts_the_rest),
        TEST(test_commit_may_fail_after_all_statements),
        TEST(test_anything_else_is_refused),
        TEST(test_endless_ends_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
