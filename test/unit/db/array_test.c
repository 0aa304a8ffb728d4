#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "db/array.h"
#include "db/segment.h"

static void encode(struct buffer *array, enum db_type type, const struct db_value *values,
                   uint32_t count)
{
    db_array_begin(array, type);
    for (uint32_t i = 0; i < count; i++)
        db_array_append(array, type, &values[i]);
    db_array_end(array, count);
    assert_false(array->failed);
}

static void check(enum db_type type, const struct db_value *values, uint32_t count,
                  const char *expected, size_t expected_size)
{
    struct buffer array;
    buffer_init(&array, 1024);
    /* Twice, as the buffer is used again with what is left of the last array in it. */
    for (int i = 0; i < 2; i++) {
        encode(&array, type, values, count);
        assert_int_equal(array.size, expected_size);
        assert_memory_equal(array.data, expected, expected_size);
    }
    buffer_free(&array);
}

#define CHECK(type, values, count, expected)                                                       \
    check(type, values, count, expected, sizeof(expected) - 1)

static void test_empty_array_has_no_dimension(void **state)
{
    (void)state;
    CHECK(DB_INT8, NULL, 0, "\0\0\0\0\0\0\0\0\0\0\0\x14");
    CHECK(DB_TEXT, NULL, 0, "\0\0\0\0\0\0\0\0\0\0\0\x19");
}

static void test_int8(void **state)
{
    (void)state;
    const struct db_value values[] = {
        {.integer = INT64_MIN}, {.integer = -2}, {.integer = INT64_MAX}};
    CHECK(DB_INT8, values, 1,
          "\0\0\0\1\0\0\0\0\0\0\0\x14\0\0\0\1\0\0\0\1"
          "\0\0\0\x8\x80\0\0\0\0\0\0\0");
    CHECK(DB_INT8, values, 3,
          "\0\0\0\1\0\0\0\0\0\0\0\x14\0\0\0\3\0\0\0\1"
          "\0\0\0\x8\x80\0\0\0\0\0\0\0"
          "\0\0\0\x8\xff\xff\xff\xff\xff\xff\xff\xfe"
          "\0\0\0\x8\x7f\xff\xff\xff\xff\xff\xff\xff");
}

static void test_int4(void **state)
{
    (void)state;
    const struct db_value values[] = {{.integer = INT32_MIN}, {.integer = INT32_MAX}};
    CHECK(DB_INT4, values, 2,
          "\0\0\0\1\0\0\0\0\0\0\0\x17\0\0\0\2\0\0\0\1"
          "\0\0\0\4\x80\0\0\0"
          "\0\0\0\4\x7f\xff\xff\xff");
}

static void test_null_sets_the_flag(void **state)
{
    (void)state;
    const struct db_value values[] = {
        {.bytes = "", .byte_count = 0}, {.is_null = true}, {.bytes = "a\xc3\xbc", .byte_count = 3}};
    CHECK(DB_TEXT, values, 3,
          "\0\0\0\1\0\0\0\1\0\0\0\x19\0\0\0\3\0\0\0\1"
          "\0\0\0\0"
          "\xff\xff\xff\xff"
          "\0\0\0\3\x61\xc3\xbc");
}

static void test_uuid(void **state)
{
    (void)state;
    const struct db_value value = {.bytes = "0123456789abcdef", .byte_count = DB_UUID_SIZE};
    CHECK(DB_UUID, &value, 1,
          "\0\0\0\1\0\0\0\0\0\0\x0b\x86\0\0\0\1\0\0\0\1"
          "\0\0\0\x10"
          "0123456789abcdef");
}

static void test_value_size_is_what_append_adds(void **state)
{
    (void)state;
    const struct db_value values[] = {{.bytes = "0123456789abcdef", .byte_count = DB_UUID_SIZE},
                                      {.is_null = true}};
    struct buffer array;
    buffer_init(&array, 1024);
    for (enum db_type type = DB_INT4; type <= DB_UUID; type++) {
        for (int i = 0; i < 2; i++) {
            encode(&array, type, &values[i], 1);
            assert_int_equal(array.size,
                             DB_ARRAY_HEAD_SIZE + db_array_value_size(type, &values[i]));
        }
    }
    buffer_free(&array);
}

static void test_largest_column_fits(void **state)
{
    (void)state;
    static char bytes[DB_SEGMENT_SIZE_MAX];
    const struct db_value value = {.bytes = bytes, .byte_count = DB_SEGMENT_SIZE_MAX - 4};
    struct db_columns columns;
    db_columns_init(&columns);
    assert_int_equal(db_array_value_size(DB_TEXT, &value), DB_SEGMENT_SIZE_MAX);
    encode(&columns.arrays[0], DB_TEXT, &value, 1);
    db_columns_free(&columns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty_array_has_no_dimension),
        cmocka_unit_test(test_int8),
        cmocka_unit_test(test_int4),
        cmocka_unit_test(test_null_sets_the_flag),
        cmocka_unit_test(test_uuid),
        cmocka_unit_test(test_value_size_is_what_append_adds),
        cmocka_unit_test(test_largest_column_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
