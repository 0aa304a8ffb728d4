#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "db/segment.h"

static const struct db_statement statement = {
    .name = "statement", .column_count = 2, .columns = {DB_INT8, DB_TEXT}};

static void test_order_is_by_statement_then_key_then_arrival(void **state)
{
    (void)state;
    struct db_unit units[] = {
        {.place = 1, .key = -5, .sequence = 1},        {.place = 0, .key = 7, .sequence = 2},
        {.place = 1, .key = INT64_MIN, .sequence = 3}, {.place = 0, .key = 7, .sequence = 4},
        {.place = 1, .key = INT64_MAX, .sequence = 5}, {.place = 0, .key = 6, .sequence = 6},
    };
    const uint64_t expected[] = {6, 2, 4, 3, 1, 5};
    struct db_segment segment = {.count = 0};
    for (size_t i = 0; i < 6; i++) {
        units[i].statement = &statement;
        assert_true(db_segment_add(&segment, &units[i]));
    }
    db_segment_sort(&segment);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(segment.units[i]->sequence, expected[i]);
    assert_int_equal(db_segment_run_end(&segment, 0), 3);
    assert_int_equal(db_segment_run_end(&segment, 3), 6);
}

static void test_count_is_limited(void **state)
{
    (void)state;
    struct db_unit unit = {.statement = &statement};
    struct db_segment segment = {.count = 0};
    for (int i = 0; i < DB_SEGMENT_UNIT_COUNT_MAX; i++)
        assert_true(db_segment_add(&segment, &unit));
    assert_false(db_segment_add(&segment, &unit));
    assert_int_equal(segment.count, DB_SEGMENT_UNIT_COUNT_MAX);
}

static void test_size_is_limited(void **state)
{
    (void)state;
    /* Two of these fill a segment to the last byte. */
    struct db_unit large = {
        .statement = &statement,
        .values = {{.integer = 1}, {.bytes = "", .byte_count = DB_SEGMENT_SIZE_MAX / 2 - 16}}};
    struct db_unit small = {.statement = &statement,
                            .values = {{.is_null = true}, {.is_null = true}}};
    struct db_segment segment = {.count = 0};
    assert_int_equal(db_unit_size(&large), DB_SEGMENT_SIZE_MAX / 2);
    assert_int_equal(db_unit_size(&small), 8);
    assert_true(db_segment_add(&segment, &large));
    assert_true(db_segment_add(&segment, &large));
    assert_false(db_segment_add(&segment, &small));
}

static void test_run_becomes_one_array_per_column(void **state)
{
    (void)state;
    struct db_unit units[] = {
        {.statement = &statement, .values = {{.integer = 9}, {.bytes = "x", .byte_count = 1}}},
        {.statement = &statement, .values = {{.integer = 1}, {.bytes = "ab", .byte_count = 2}}},
        {.statement = &statement, .values = {{.integer = 2}, {.bytes = "c", .byte_count = 1}}},
    };
    static const char expected[] = "\0\0\0\1\0\0\0\0\0\0\0\x19\0\0\0\2\0\0\0\1"
                                   "\0\0\0\2"
                                   "ab"
                                   "\0\0\0\1"
                                   "c";
    struct db_segment segment = {.count = 0};
    struct db_columns columns;
    db_columns_init(&columns);
    for (size_t i = 0; i < 3; i++)
        assert_true(db_segment_add(&segment, &units[i]));
    assert_true(db_segment_encode(&segment, 1, 3, &columns));
    assert_int_equal(columns.sizes[0], 20 + 2 * 12);
    assert_int_equal(columns.sizes[1], sizeof expected - 1);
    assert_memory_equal(columns.values[1], expected, sizeof expected - 1);
    db_columns_free(&columns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_is_by_statement_then_key_then_arrival),
        cmocka_unit_test(test_count_is_limited),
        cmocka_unit_test(test_size_is_limited),
        cmocka_unit_test(test_run_becomes_one_array_per_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
