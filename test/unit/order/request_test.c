/* What clients say in headers: preferences and Idempotency-Keys. */
#include "order/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "order/order.h"

static struct http_request with_header(struct http_header *header, const char *name,
                                       const char *value)
{
    header->name = (struct http_text){name, strlen(name)};
    header->value = (struct http_text){value, strlen(value)};
    return (struct http_request){.headers = header, .header_count = 1};
}

static bool prefers_async(const char *value)
{
    struct http_header header;
    struct http_request request = with_header(&header, "Prefer", value);
    return request_prefers_async(&request);
}

static void preferences_are_a_list(void **state)
{
    (void)state;
    assert_true(prefers_async("respond-async"));
    assert_true(prefers_async("wait=5,  Respond-Async ,x"));
    assert_false(prefers_async(""));
    assert_false(prefers_async("respond-asynchronously"));
    assert_false(prefers_async("wait=5"));
}

static bool reads_key(const char *value, size_t size)
{
    struct http_header header;
    struct http_text key;
    struct http_request request = with_header(&header, "idempotency-key", value);
    bool is_good = request_read_key(&request, &key);
    if (is_good)
        assert_int_equal(key.size, size);
    return is_good;
}

static void keys_are_visible_ascii_of_bounded_length(void **state)
{
    char longest[ORDER_KEY_SIZE_MAX + 2];
    (void)state;
    memset(longest, 'k', sizeof longest);
    longest[ORDER_KEY_SIZE_MAX] = '\0';
    assert_true(reads_key(longest, ORDER_KEY_SIZE_MAX));
    longest[ORDER_KEY_SIZE_MAX] = 'k';
    longest[ORDER_KEY_SIZE_MAX + 1] = '\0';
    assert_false(reads_key(longest, 0));
    assert_true(reads_key("abc", 3));
    assert_true(reads_key("\"abc\"", 3));
    assert_false(reads_key("", 0));
    assert_false(reads_key("\"\"", 0));
    assert_false(reads_key("a b", 0));
    assert_false(reads_key("a\"b", 0));
    assert_false(reads_key("\xc3\xa4", 0));
}

static void a_key_is_optional_but_single(void **state)
{
    struct http_header headers[2];
    struct http_text key;
    (void)state;
    struct http_request request = {.headers = headers, .header_count = 0};
    assert_true(request_read_key(&request, &key));
    assert_int_equal(key.size, 0);
    with_header(&headers[0], "Idempotency-Key", "a");
    with_header(&headers[1], "idempotency-key", "a");
    request.header_count = 2;
    assert_false(request_read_key(&request, &key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(preferences_are_a_list),
        cmocka_unit_test(keys_are_visible_ascii_of_bounded_length),
        cmocka_unit_test(a_key_is_optional_but_single),
    };
    return cmocka_run_group_tests_name("order/request", tests, NULL, NULL);
}
