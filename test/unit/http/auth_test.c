#include "http/auth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct http_text text(const char *string)
{
    return (struct http_text){.data = string, .size = strlen(string)};
}

static enum http_permission check(const char *tokens, const char *value)
{
    struct http_header header = {.name = text("Authorization"), .value = text(value)};
    return http_check_token(tokens, &header, 1);
}

static void any_of_the_tokens_is_good(void **state)
{
    (void)state;
    assert_int_equal(check("old", "Bearer old"), HTTP_PERMITTED);
    assert_int_equal(check("old,new", "Bearer old"), HTTP_PERMITTED);
    assert_int_equal(check("old,new", "Bearer new"), HTTP_PERMITTED);
    assert_int_equal(check("old,new", "bEARER   new"), HTTP_PERMITTED);
}

static void no_other_one_is(void **state)
{
    (void)state;
    const char *const wrong[] = {"ol",      "olo",  "oldold", "oldo", "Old", "old,new",
                                 "old new", ",new", "new,",   "x",    "=",   "oldnew"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char value[64];
        snprintf(value, sizeof value, "Bearer %s", wrong[i]);
        assert_int_equal(check("old,new", value), HTTP_TOKEN_WRONG);
    }
}

static void what_is_no_bearer_token_is_none(void **state)
{
    (void)state;
    const char *const none[] = {"",        "old",       "Basic old",  "Bearer",
                                "Bearer ", "Bearerold", "Bearer\told"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(check("old", none[i]), HTTP_TOKEN_MISSING);
    assert_int_equal(http_check_token("old", NULL, 0), HTTP_TOKEN_MISSING);
    struct http_header twice[] = {{text("Authorization"), text("Bearer old")},
                                  {text("authorization"), text("Bearer old")}};
    assert_int_equal(http_check_token("old", twice, 2), HTTP_TOKEN_MISSING);
}

static void without_tokens_everybody_may(void **state)
{
    (void)state;
    assert_int_equal(check("", "Basic x"), HTTP_PERMITTED);
    assert_int_equal(http_check_token("", NULL, 0), HTTP_PERMITTED);
}

static void tokens_must_be_such_as_can_be_sent(void **state)
{
    (void)state;
    char longest[HTTP_TOKEN_SIZE_MAX + 2];
    memset(longest, 'a', sizeof longest - 1);
    longest[HTTP_TOKEN_SIZE_MAX] = '\0';
    assert_true(http_tokens_are_valid(longest));
    assert_true(http_tokens_are_valid("a"));
    assert_true(http_tokens_are_valid("aZ09-._~+/=="));
    assert_true(http_tokens_are_valid("one,two,three"));
    longest[HTTP_TOKEN_SIZE_MAX] = 'a';
    longest[HTTP_TOKEN_SIZE_MAX + 1] = '\0';
    const char *const bad[] = {"",    ",",   "a,",  ",a",       "a,,b", "a b",
                               "a\n", "a=b", "\"a", "\xc3\xa4", "==",   longest};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(http_tokens_are_valid(bad[i]));
    assert_true(http_token_is_valid("one"));
    assert_false(http_token_is_valid(""));
    assert_false(http_token_is_valid("one,two"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_of_the_tokens_is_good),
        cmocka_unit_test(no_other_one_is),
        cmocka_unit_test(what_is_no_bearer_token_is_none),
        cmocka_unit_test(without_tokens_everybody_may),
        cmocka_unit_test(tokens_must_be_such_as_can_be_sent),
    };
    return cmocka_run_group_tests_name("http/auth", tests, NULL, NULL);
}
