#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void assert_content(const struct buffer *buffer, const char *expected)
{
    assert_false(buffer->failed);
    assert_int_equal(buffer->size, strlen(expected));
    assert_memory_equal(buffer->data, expected, buffer->size);
}

static void appended_bytes_follow_each_other(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 100);
    buffer_append(&buffer, "", 0);
    assert_int_equal(buffer.size, 0);
    buffer_append_text(&buffer, "order ");
    buffer_append_int(&buffer, 7);
    buffer_append_byte(&buffer, ':');
    buffer_append(&buffer, "PAID...", 4);
    assert_content(&buffer, "order 7:PAID");
    buffer_free(&buffer);
    assert_null(buffer.data);
}

static void integers_are_written_as_decimals(void **state)
{
    (void)state;
    const int64_t values[] = {0, 1, -1, 9, 10, -10, 99, 100, INT32_MAX, INT64_MAX, INT64_MIN};
    struct buffer buffer;
    buffer_init(&buffer, 100);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char expected[32];
        snprintf(expected, sizeof expected, "%lld", (long long)values[i]);
        buffer_clear(&buffer);
        buffer_append_int(&buffer, values[i]);
        assert_content(&buffer, expected);
    }
    buffer_free(&buffer);
}

static void big_endian_numbers_can_be_patched(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 100);
    buffer_append_be32(&buffer, 0);
    buffer_append_be64(&buffer, 0x0102030405060708U);
    buffer_patch_be32(&buffer, 0, 0xfffefdfcU);
    const unsigned char expected[] = {0xff, 0xfe, 0xfd, 0xfc, 1, 2, 3, 4, 5, 6, 7, 8};
    assert_int_equal(buffer.size, sizeof expected);
    assert_memory_equal(buffer.data, expected, sizeof expected);
    buffer_free(&buffer);
}

static void buffer_grows_up_to_its_limit_and_no_further(void **state)
{
    (void)state;
    enum { SIZE_MAX_HERE = 1000 };
    struct buffer buffer;
    buffer_init(&buffer, SIZE_MAX_HERE);
    for (int i = 0; i < SIZE_MAX_HERE; i++)
        buffer_append_byte(&buffer, (char)('a' + i % 26));
    assert_false(buffer.failed);
    assert_int_equal(buffer.size, SIZE_MAX_HERE);
    assert_int_equal(buffer.capacity, SIZE_MAX_HERE);
    for (int i = 0; i < SIZE_MAX_HERE; i++)
        assert_int_equal(buffer.data[i], 'a' + i % 26);
    buffer_append_byte(&buffer, 'x');
    assert_true(buffer.failed);
    assert_int_equal(buffer.size, SIZE_MAX_HERE);
    buffer_free(&buffer);
}

static void failure_adds_nothing_and_stays_until_cleared(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 4);
    buffer_append_text(&buffer, "abc");
    buffer_append_text(&buffer, "de");
    assert_true(buffer.failed);
    assert_int_equal(buffer.size, 3);
    buffer_append_byte(&buffer, 'd'); /* would fit, but the message has a hole */
    assert_true(buffer.failed);
    assert_int_equal(buffer.size, 3);
    buffer_clear(&buffer);
    buffer_append_text(&buffer, "wxyz");
    assert_content(&buffer, "wxyz");
    buffer_free(&buffer);
}

static void absurd_size_fails(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 100);
    buffer_append_byte(&buffer, 'a');
    assert_null(buffer_reserve(&buffer, SIZE_MAX));
    assert_true(buffer.failed);
    buffer_free(&buffer);
}

static void reserved_room_is_the_callers_to_fill(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 1000);
    buffer_append_text(&buffer, "ab");
    char *room = buffer_reserve(&buffer, 900);
    assert_non_null(room);
    memset(room, 'c', 900);
    assert_int_equal(buffer.size, 2);
    buffer.size += 1;
    assert_content(&buffer, "abc");
    buffer_free(&buffer);
}

static void front_is_dropped(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 100);
    buffer_drop_front(&buffer, 0);
    buffer_append_text(&buffer, "abcdef");
    buffer_drop_front(&buffer, 0);
    assert_content(&buffer, "abcdef");
    buffer_drop_front(&buffer, 2);
    assert_content(&buffer, "cdef");
    buffer_drop_front(&buffer, 4);
    assert_int_equal(buffer.size, 0);
    buffer_append_text(&buffer, "g");
    assert_content(&buffer, "g");
    buffer_free(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appended_bytes_follow_each_other),
        cmocka_unit_test(integers_are_written_as_decimals),
        cmocka_unit_test(big_endian_numbers_can_be_patched),
        cmocka_unit_test(buffer_grows_up_to_its_limit_and_no_further),
        cmocka_unit_test(failure_adds_nothing_and_stays_until_cleared),
        cmocka_unit_test(absurd_size_fails),
        cmocka_unit_test(reserved_room_is_the_callers_to_fill),
        cmocka_unit_test(front_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
