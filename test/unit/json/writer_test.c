#include "json/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

enum { OUTPUT_SIZE_MAX = 4096 };

static void assert_output(const struct buffer *output, const char *expected)
{
    assert_false(output->failed);
    assert_int_equal(output->size, strlen(expected));
    assert_memory_equal(output->data, expected, output->size);
}

static void object_is_compact_with_commas_between_fields(void **state)
{
    (void)state;
    struct buffer output;
    buffer_init(&output, OUTPUT_SIZE_MAX);
    json_write_object_start(&output);
    json_write_int_field(&output, "a", 1);
    json_write_string_field(&output, "b", "x");
    json_write_key(&output, "c");
    json_write_bool(&output, true);
    json_write_key(&output, "d");
    json_write_bool(&output, false);
    json_write_key(&output, "e");
    json_write_null(&output);
    json_write_object_end(&output);
    assert_output(&output, "{\"a\":1,\"b\":\"x\",\"c\":true,\"d\":false,\"e\":null}");
    buffer_free(&output);
}

static void containers_nest_and_may_be_empty(void **state)
{
    (void)state;
    struct buffer output;
    buffer_init(&output, OUTPUT_SIZE_MAX);
    json_write_array_start(&output);
    json_write_array_start(&output);
    json_write_array_end(&output);
    json_write_object_start(&output);
    json_write_object_end(&output);
    json_write_object_start(&output);
    json_write_key(&output, "list");
    json_write_array_start(&output);
    json_write_int(&output, 1);
    json_write_int(&output, -2);
    json_write_string(&output, "");
    json_write_array_end(&output);
    json_write_int_field(&output, "n", INT64_MIN);
    json_write_object_end(&output);
    json_write_array_end(&output);
    assert_output(&output, "[[],{},{\"list\":[1,-2,\"\"],\"n\":-9223372036854775808}]");
    buffer_free(&output);
}

static void text_may_follow_a_line_of_another_kind(void **state)
{
    (void)state;
    struct buffer output;
    buffer_init(&output, OUTPUT_SIZE_MAX);
    buffer_append_text(&output, "Content-Length: 7\r\n\r\n");
    json_write_object_start(&output);
    json_write_int_field(&output, "a", 1);
    json_write_object_end(&output);
    buffer_append_text(&output, "data: ");
    json_write_object_start(&output);
    json_write_object_end(&output);
    assert_output(&output, "Content-Length: 7\r\n\r\n{\"a\":1}data: {}");
    buffer_free(&output);
}

static void string_escapes_are_those_of_json(void **state)
{
    (void)state;
    struct buffer output;
    buffer_init(&output, OUTPUT_SIZE_MAX);
    json_write_string(&output, "\"\\/\b\f\n\r\t\x01\x1f\x7f \xc3\xa4\xf0\x9f\x8d\x8e,{");
    assert_output(&output,
                  "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f \xc3\xa4\xf0\x9f\x8d\x8e,{\"");
    buffer_free(&output);
}

/* Each single character from U+0000 to U+00FF, alone and inside a run, must survive a reader. */
static void every_character_round_trips(void **state)
{
    (void)state;
    struct buffer output;
    buffer_init(&output, OUTPUT_SIZE_MAX);
    for (unsigned code = 0; code < 0x100; code++) {
        char text[8] = "ab";
        size_t size = 2;
        if (code >= 0x80)
            text[size++] = (char)(0xc0 | (code >> 6));
        text[size++] = (char)(code < 0x80 ? code : (0x80 | (code & 0x3f)));
        text[size++] = 'c';
        buffer_clear(&output);
        json_write_bytes(&output, text, size);
        json_t *read = json_loadb(output.data, output.size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        assert_non_null(read);
        assert_int_equal(json_string_length(read), size);
        assert_memory_equal(json_string_value(read), text, size);
        json_decref(read);
    }
    buffer_free(&output);
}

static void string_that_ends_like_a_container_start_is_followed_by_a_comma(void **state)
{
    (void)state;
    struct buffer output;
    buffer_init(&output, OUTPUT_SIZE_MAX);
    json_write_array_start(&output);
    json_write_string(&output, "{");
    json_write_string(&output, ":");
    json_write_array_end(&output);
    assert_output(&output, "[\"{\",\":\"]");
    buffer_free(&output);
}

static void full_buffer_is_reported_once_at_the_end(void **state)
{
    (void)state;
    struct buffer output;
    buffer_init(&output, 8);
    json_write_object_start(&output);
    json_write_string_field(&output, "item_name", "Apple");
    json_write_object_end(&output);
    assert_true(output.failed);
    buffer_free(&output);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(object_is_compact_with_commas_between_fields),
        cmocka_unit_test(containers_nest_and_may_be_empty),
        cmocka_unit_test(text_may_follow_a_line_of_another_kind),
        cmocka_unit_test(string_escapes_are_those_of_json),
        cmocka_unit_test(every_character_round_trips),
        cmocka_unit_test(string_that_ends_like_a_container_start_is_followed_by_a_comma),
        cmocka_unit_test(full_buffer_is_reported_once_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
