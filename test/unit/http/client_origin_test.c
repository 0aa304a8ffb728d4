#include "http/client_origin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_origin(const char *url, const char *authority, const char *address)
{
    struct http_origin origin;
    const char *reason;
    assert_int_equal(http_origin_lookup(url, &origin, &reason), STATUS_OK);
    assert_string_equal(origin.authority, authority);
    assert_int_equal(origin.address_count, 1);
    char text[NET_ADDRESS_TEXT_SIZE];
    net_address_format(&origin.addresses[0], text);
    assert_string_equal(text, address);
}

static void assert_invalid(const char *url)
{
    struct http_origin origin;
    const char *reason = NULL;
    assert_int_equal(http_origin_lookup(url, &origin, &reason), STATUS_INVALID);
    assert_non_null(reason);
}

static void url_gives_authority_and_address(void **state)
{
    (void)state;
    assert_origin("http://127.0.0.1:8001", "127.0.0.1:8001", "127.0.0.1:8001");
    assert_origin("http://127.0.0.1:8001/", "127.0.0.1:8001", "127.0.0.1:8001");
    assert_origin("http://127.0.0.1", "127.0.0.1", "127.0.0.1:80");
    assert_origin("http://[::1]:8001", "[::1]:8001", "[::1]:8001");
    assert_origin("http://[::1]/", "[::1]", "[::1]:80");
}

static void name_is_looked_up(void **state)
{
    (void)state;
    struct http_origin origin;
    const char *reason;
    assert_int_equal(http_origin_lookup("http://localhost:8001", &origin, &reason), STATUS_OK);
    assert_string_equal(origin.authority, "localhost:8001");
    assert_true(origin.address_count >= 1);
    for (size_t i = 0; i < origin.address_count; i++)
        assert_int_equal(net_address_port(&origin.addresses[i]), 8001);
}

static void anything_else_is_invalid(void **state)
{
    (void)state;
    const char *const urls[] = {
        "",
        "http://",
        "http:///",
        "127.0.0.1:8001",
        "https://127.0.0.1:8001",
        "http://127.0.0.1:8001/api",
        "http://127.0.0.1:8001?x",
        "http://user@127.0.0.1:8001",
        "http://127.0.0.1:",
        "http://127.0.0.1:x",
        "http://127.0.0.1:+1",
        "http://127.0.0.1:0",
        "http://127.0.0.1:8001:1",
        "http://:8001",
        "http://[::1",
        "http://[]:8001",
        "http://[::1]8001",
        "http://127.0.0.1:8001\r\nA: b",
        "http://no-such-name.invalid:8001",
    };
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        assert_invalid(urls[i]);
}

static void host_has_a_limit(void **state)
{
    (void)state;
    char url[512] = "http://";
    memset(url + strlen(url), 'a', 300);
    assert_invalid(url);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(url_gives_authority_and_address),
        cmocka_unit_test(name_is_looked_up),
        cmocka_unit_test(anything_else_is_invalid),
        cmocka_unit_test(host_has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
