#include "http/query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct http_text text_of(const char *text)
{
    return (struct http_text){.data = text, .size = strlen(text)};
}

static void assert_taken(struct http_text *rest, const char *name, const char *value)
{
    struct http_parameter parameter;
    assert_true(http_query_take(rest, &parameter));
    assert_true(http_text_equals(parameter.name, name));
    assert_true(http_text_equals(parameter.value, value));
}

static void parameters_come_one_after_the_other(void **state)
{
    (void)state;
    struct http_text rest = text_of("&a=1&&b=x%3dy=z&c&=d&a=2&");
    assert_taken(&rest, "a", "1");
    assert_taken(&rest, "b", "x%3dy=z");
    assert_taken(&rest, "c", "");
    assert_taken(&rest, "", "d");
    assert_taken(&rest, "a", "2");
    struct http_parameter parameter;
    assert_false(http_query_take(&rest, &parameter));
}

static void nothing_has_no_parameter(void **state)
{
    (void)state;
    struct http_parameter parameter;
    struct http_text none = {0};
    assert_false(http_query_take(&none, &parameter));
    struct http_text marks = text_of("&&&");
    assert_false(http_query_take(&marks, &parameter));
}

static void assert_decoded(const char *encoded, const char *bytes, size_t size)
{
    char room[8];
    struct http_text decoded;
    assert_true(http_query_decode(text_of(encoded), room, sizeof room, &decoded));
    assert_int_equal(decoded.size, size);
    assert_memory_equal(decoded.data, bytes, size);
}

static void escapes_are_decoded(void **state)
{
    (void)state;
    assert_decoded("", "", 0);
    assert_decoded("PAID", "PAID", 4);
    assert_decoded("%50AI%44", "PAID", 4);
    assert_decoded("a+b%2B%2b", "a b++", 5);
    assert_decoded("%00%ff%25", "\0\xff%", 3);
    assert_decoded("%31%32%33%34%35%36%37%38", "12345678", 8);
}

static void bad_escapes_and_long_texts_are_refused(void **state)
{
    static const char *const refused[] = {"%",   "%4",   "a%4",       "%4g",          "%g4",
                                          "% 4", "%%41", "123456789", "1234567%38%39"};
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        char room[8];
        struct http_text decoded;
        assert_false(http_query_decode(text_of(refused[i]), room, sizeof room, &decoded));
    }
}

/* What stands behind it in memory is none of its own. */
static void an_escape_ends_with_its_text(void **state)
{
    char room[8];
    struct http_text decoded;
    (void)state;
    assert_false(http_query_decode((struct http_text){"%41", 2}, room, sizeof room, &decoded));
    assert_false(http_query_decode((struct http_text){"%41", 1}, room, sizeof room, &decoded));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_come_one_after_the_other),
        cmocka_unit_test(nothing_has_no_parameter),
        cmocka_unit_test(escapes_are_decoded),
        cmocka_unit_test(bad_escapes_and_long_texts_are_refused),
        cmocka_unit_test(an_escape_ends_with_its_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
