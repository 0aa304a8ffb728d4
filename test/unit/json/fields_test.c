#include "json/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { QUANTITY_MAX = INT32_MAX, NAME_COUNT_MAX = 5 };

/* A body is passed in memory of exactly its size, so that a read beyond it is noticed. */
static json_t *parse_sized(const char *text, size_t size, struct json_faults *faults)
{
    char *bytes = malloc(size + (size == 0));
    assert_non_null(bytes);
    memcpy(bytes, text, size);
    json_t *body = json_body_parse(bytes, size, faults);
    free(bytes);
    return body;
}

static json_t *parse(const char *text, struct json_faults *faults)
{
    return parse_sized(text, strlen(text), faults);
}

static void assert_one_fault(const struct json_faults *faults, enum json_fault_kind kind,
                             const char *field)
{
    assert_int_equal(faults->count, 1);
    assert_int_equal(faults->items[0].kind, kind);
    if (field == NULL)
        assert_null(faults->items[0].field);
    else
        assert_string_equal(faults->items[0].field, field);
}

static void assert_body_fault(const char *text, enum json_fault_kind kind)
{
    struct json_faults faults = {0};
    assert_null(parse(text, &faults));
    assert_one_fault(&faults, kind, NULL);
}

static int64_t read_quantity(const char *text, int64_t minimum, struct json_faults *faults)
{
    json_t *body = parse(text, faults);
    assert_non_null(body);
    int64_t quantity = -1;
    json_body_int(body, "quantity", minimum, QUANTITY_MAX, &quantity, faults);
    json_decref(body);
    return quantity;
}

static void assert_quantity(const char *text, int64_t expected)
{
    struct json_faults faults = {0};
    assert_int_equal(read_quantity(text, 0, &faults), expected);
    assert_int_equal(faults.count, 0);
}

static void assert_quantity_fault(const char *text, enum json_fault_kind kind)
{
    struct json_faults faults = {0};
    assert_int_equal(read_quantity(text, 1, &faults), 1);
    assert_one_fault(&faults, kind, "quantity");
}

static void assert_name(const char *text, const char *expected)
{
    struct json_faults faults = {0};
    json_t *body = parse(text, &faults);
    assert_non_null(body);
    struct json_text name;
    json_body_text(body, "item_name", 1, NAME_COUNT_MAX, &name, &faults);
    assert_int_equal(faults.count, 0);
    assert_int_equal(name.size, strlen(expected));
    assert_string_equal(name.data, expected);
    json_decref(body);
}

static void assert_name_fault(const char *text, enum json_fault_kind kind)
{
    struct json_faults faults = {0};
    json_t *body = parse(text, &faults);
    assert_non_null(body);
    struct json_text name;
    json_body_text(body, "item_name", 1, NAME_COUNT_MAX, &name, &faults);
    assert_one_fault(&faults, kind, "item_name");
    assert_int_equal(name.size, 0);
    json_decref(body);
}

static void unreadable_body_is_one_fault(void **state)
{
    (void)state;
    assert_body_fault("", JSON_FAULT_SYNTAX);
    assert_body_fault("{", JSON_FAULT_SYNTAX);
    assert_body_fault("{\"a\":1}x", JSON_FAULT_SYNTAX);
    assert_body_fault("{\"a\":1,}", JSON_FAULT_SYNTAX);
    assert_body_fault("{'a':1}", JSON_FAULT_SYNTAX);
    assert_body_fault("{\"a\":01}", JSON_FAULT_SYNTAX);
    assert_body_fault("{\"a\":NaN}", JSON_FAULT_SYNTAX);
    assert_body_fault("{\"a\":\"\\", JSON_FAULT_SYNTAX);
    assert_body_fault("{\"a\":\"\\u0000\"}", JSON_FAULT_SYNTAX);
    assert_body_fault("{\"a\":\"\\ud800\"}", JSON_FAULT_SYNTAX);
    assert_body_fault("{\"a\":\"\xff\"}", JSON_FAULT_SYNTAX);
    assert_body_fault("{\"a\":\"\xc0\x80\"}", JSON_FAULT_SYNTAX);
    assert_body_fault("{\"a\":1e999}", JSON_FAULT_SYNTAX);
    assert_body_fault("{\"a\":1,\"a\":1}", JSON_FAULT_DUPLICATE_KEY);
    struct json_faults faults = {0};
    assert_null(parse_sized("{}\0", 3, &faults));
    assert_one_fault(&faults, JSON_FAULT_SYNTAX, NULL);
}

static void body_that_is_no_object_is_one_fault(void **state)
{
    (void)state;
    assert_body_fault("[]", JSON_FAULT_NOT_OBJECT);
    assert_body_fault("[{\"quantity\":1}]", JSON_FAULT_NOT_OBJECT);
    assert_body_fault("\"x\"", JSON_FAULT_NOT_OBJECT);
    assert_body_fault(" 7 ", JSON_FAULT_NOT_OBJECT);
    assert_body_fault("null", JSON_FAULT_NOT_OBJECT);
}

/* {"a":{"a":…1…}} with `depth` objects. */
static void nest(struct buffer *text, int depth)
{
    buffer_clear(text);
    for (int i = 0; i < depth; i++)
        buffer_append_text(text, "{\"a\":");
    buffer_append_byte(text, '1');
    for (int i = 0; i < depth; i++)
        buffer_append_byte(text, '}');
}

static void nesting_is_limited(void **state)
{
    (void)state;
    struct buffer text;
    buffer_init(&text, 4096);
    struct json_faults faults = {0};

    nest(&text, JSON_DEPTH_MAX);
    json_t *body = parse_sized(text.data, text.size, &faults);
    assert_non_null(body);
    json_decref(body);

    nest(&text, JSON_DEPTH_MAX + 1);
    assert_null(parse_sized(text.data, text.size, &faults));
    assert_one_fault(&faults, JSON_FAULT_DEPTH, NULL);
    buffer_free(&text);
}

static void brackets_in_strings_and_side_by_side_do_not_nest(void **state)
{
    (void)state;
    struct buffer text;
    buffer_init(&text, 4096);
    buffer_append_text(&text, "{\"a\":\"\\\\\\\"");
    for (int i = 0; i <= JSON_DEPTH_MAX; i++)
        buffer_append_text(&text, "[{");
    buffer_append_text(&text, "\",\"b\":[");
    for (int i = 0; i <= JSON_DEPTH_MAX; i++)
        buffer_append_text(&text, "[{}],");
    buffer_append_text(&text, "1]}");
    struct json_faults faults = {0};
    json_t *body = parse_sized(text.data, text.size, &faults);
    assert_non_null(body);
    json_decref(body);
    buffer_free(&text);
}

static void integer_within_limits_is_read(void **state)
{
    (void)state;
    assert_quantity("{\"quantity\":1}", 1);
    assert_quantity(" { \"other\" : [1] , \"quantity\" : 7 } ", 7);
    assert_quantity("{\"quantity\":0}", 0);
    assert_quantity("{\"quantity\":-0}", 0);
    assert_quantity("{\"quantity\":2147483647}", QUANTITY_MAX);
}

static void only_a_json_integer_is_an_integer(void **state)
{
    (void)state;
    assert_quantity_fault("{}", JSON_FAULT_MISSING);
    assert_quantity_fault("{\"Quantity\":5}", JSON_FAULT_MISSING);
    assert_quantity_fault("{\"quantity\":\"5\"}", JSON_FAULT_NOT_INT);
    assert_quantity_fault("{\"quantity\":5.0}", JSON_FAULT_NOT_INT);
    assert_quantity_fault("{\"quantity\":5e0}", JSON_FAULT_NOT_INT);
    assert_quantity_fault("{\"quantity\":true}", JSON_FAULT_NOT_INT);
    assert_quantity_fault("{\"quantity\":null}", JSON_FAULT_NOT_INT);
    assert_quantity_fault("{\"quantity\":[5]}", JSON_FAULT_NOT_INT);
    assert_quantity_fault("{\"quantity\":{}}", JSON_FAULT_NOT_INT);
}

static void integer_beyond_its_limits_is_a_fault(void **state)
{
    (void)state;
    assert_quantity_fault("{\"quantity\":0}", JSON_FAULT_TOO_SMALL);
    assert_quantity_fault("{\"quantity\":-9223372036854775808}", JSON_FAULT_TOO_SMALL);
    assert_quantity_fault("{\"quantity\":2147483648}", JSON_FAULT_TOO_GREAT);
    assert_quantity_fault("{\"quantity\":9223372036854775807}", JSON_FAULT_TOO_GREAT);
}

static void integer_beyond_int64_is_a_fault_of_its_field_only(void **state)
{
    (void)state;
    assert_quantity_fault("{\"quantity\":9223372036854775808}", JSON_FAULT_NOT_INT);
    assert_quantity_fault("{\"quantity\":-9223372036854775809}", JSON_FAULT_NOT_INT);
    assert_quantity_fault("{\"quantity\":100000000000000000000000000}", JSON_FAULT_NOT_INT);
    assert_quantity("{\"other\":99999999999999999999,\"quantity\":7}", 7);
    assert_quantity("{\"n\\\"1\":\"99999999999999999999\",\"o\":-99999999999999999999,"
                    "\"p\":[1.5,99999999999999999999],\"quantity\":9}",
                    9);
    assert_body_fault("{\"a\":99999999999999999999,\"b\":099999999999999999999}",
                      JSON_FAULT_SYNTAX);
    assert_body_fault("{\"a\":99999999999999999999,\"a\":1}", JSON_FAULT_DUPLICATE_KEY);
    assert_body_fault("{\"a\":99999999999999999999", JSON_FAULT_SYNTAX);
}

static void text_is_counted_in_characters(void **state)
{
    (void)state;
    assert_name("{\"item_name\":\"A\"}", "A");
    assert_name("{\"item_name\":\"Apple\"}", "Apple");
    assert_name("{\"item_name\":\"\xc3\x84pfel\"}", "\xc3\x84pfel");
    assert_name("{\"item_name\":\"\\ud83c\\udf4e\xf0\x9f\x8d\x8e\xe2\x82\xac\\n \"}",
                "\xf0\x9f\x8d\x8e\xf0\x9f\x8d\x8e\xe2\x82\xac\n ");
    assert_name_fault("{\"item_name\":\"\"}", JSON_FAULT_TOO_SHORT);
    assert_name_fault("{\"item_name\":\"Apples\"}", JSON_FAULT_TOO_LONG);
    assert_name_fault("{\"item_name\":\"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\"}",
                      JSON_FAULT_TOO_LONG);
}

static void only_a_json_string_is_text(void **state)
{
    (void)state;
    assert_name_fault("{}", JSON_FAULT_MISSING);
    assert_name_fault("{\"item_name\":1}", JSON_FAULT_NOT_STRING);
    assert_name_fault("{\"item_name\":null}", JSON_FAULT_NOT_STRING);
    assert_name_fault("{\"item_name\":[\"A\"]}", JSON_FAULT_NOT_STRING);
}

static void assert_written(const struct json_faults *faults, const char *expected)
{
    struct buffer output;
    buffer_init(&output, 8192);
    json_faults_write(faults, &output);
    assert_false(output.failed);
    buffer_append_byte(&output, '\0');
    assert_string_equal(output.data, expected);
    buffer_free(&output);
}

static void all_faults_are_written_in_the_order_of_the_reads(void **state)
{
    (void)state;
    struct json_faults faults = {0};
    json_t *body = parse("{\"price\":2147483648,\"item_name\":\"\"}", &faults);
    assert_non_null(body);
    struct json_text name;
    int64_t number;
    json_body_text(body, "item_name", 1, 255, &name, &faults);
    json_body_int(body, "quantity", 1, QUANTITY_MAX, &number, &faults);
    json_body_int(body, "price", 0, QUANTITY_MAX, &number, &faults);
    json_decref(body);
    assert_written(
        &faults,
        "{\"detail\":["
        "{\"loc\":[\"body\",\"item_name\"],\"msg\":\"String should have at least 1 character\","
        "\"type\":\"string_too_short\"},"
        "{\"loc\":[\"body\",\"quantity\"],\"msg\":\"Field required\",\"type\":\"missing\"},"
        "{\"loc\":[\"body\",\"price\"],\"msg\":\"Input should be less than or equal to "
        "2147483647\",\"type\":\"less_than_equal\"}]}");
}

static void other_faults_have_their_words_too(void **state)
{
    (void)state;
    const struct json_faults syntax = {.items = {{.kind = JSON_FAULT_SYNTAX}}, .count = 1};
    assert_written(&syntax, "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"JSON decode error\","
                            "\"type\":\"json_invalid\"}]}");
    const struct json_faults fields = {
        .items = {{.kind = JSON_FAULT_TOO_LONG, .field = "item_name", .limit = 255},
                  {.kind = JSON_FAULT_TOO_SMALL, .field = "price", .limit = -1}},
        .count = 2,
    };
    assert_written(&fields,
                   "{\"detail\":[{\"loc\":[\"body\",\"item_name\"],\"msg\":\"String should "
                   "have at most 255 characters\",\"type\":\"string_too_long\"},"
                   "{\"loc\":[\"body\",\"price\"],\"msg\":\"Input should be greater than "
                   "or equal to -1\",\"type\":\"greater_than_equal\"}]}");
}

static void faults_beyond_the_limit_are_not_listed(void **state)
{
    (void)state;
    struct json_faults faults = {0};
    json_t *body = parse("{}", &faults);
    assert_non_null(body);
    int64_t number;
    for (int i = 0; i <= JSON_FAULT_COUNT_MAX; i++)
        json_body_int(body, "quantity", 1, QUANTITY_MAX, &number, &faults);
    assert_int_equal(faults.count, JSON_FAULT_COUNT_MAX);
    json_decref(body);
}

static int seed_hashes(void **state)
{
    (void)state;
    json_seed_hashes(0x0123456789abcdefU);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unreadable_body_is_one_fault),
        cmocka_unit_test(body_that_is_no_object_is_one_fault),
        cmocka_unit_test(nesting_is_limited),
        cmocka_unit_test(brackets_in_strings_and_side_by_side_do_not_nest),
        cmocka_unit_test(integer_within_limits_is_read),
        cmocka_unit_test(only_a_json_integer_is_an_integer),
        cmocka_unit_test(integer_beyond_its_limits_is_a_fault),
        cmocka_unit_test(integer_beyond_int64_is_a_fault_of_its_field_only),
        cmocka_unit_test(text_is_counted_in_characters),
        cmocka_unit_test(only_a_json_string_is_text),
        cmocka_unit_test(all_faults_are_written_in_the_order_of_the_reads),
        cmocka_unit_test(other_faults_have_their_words_too),
        cmocka_unit_test(faults_beyond_the_limit_are_not_listed),
    };
    return cmocka_run_group_tests(tests, seed_hashes, NULL);
}
