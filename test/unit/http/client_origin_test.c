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
    assert_int_equal(http_origin_parse(url, &origin, &reason), STATUS_OK);
    assert_string_equal(origin.authority, authority);
    assert_int_equal(origin.address_count, 1);
    char text[NET_ADDRESS_TEXT_SIZE];
    net_address_format(&origin.addresses[0], text);
    assert_string_equal(text, address);
    assert_true(origin.is_numeric);
}

static void assert_invalid(const char *url)
{
    struct http_origin origin;
    const char *reason = NULL;
    assert_int_equal(http_origin_parse(url, &origin, &reason), STATUS_INVALID);
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

static void name_has_no_address_yet(void **state)
{
    (void)state;
    struct http_origin origin;
    const char *reason;
    assert_int_equal(http_origin_parse("http://no-such-host.invalid:8001", &origin, &reason),
                     STATUS_OK);
    assert_string_equal(origin.authority, "no-such-host.invalid:8001");
    assert_string_equal(origin.host, "no-such-host.invalid");
    assert_string_equal(origin.port, "8001");
    assert_false(origin.is_numeric);
    assert_int_equal(origin.address_count, 0);
}

static void found_addresses_replace_others(void **state)
{
    (void)state;
    struct http_origin origin;
    const char *reason;
    struct addrinfo found[HTTP_ORIGIN_ADDRESS_COUNT_MAX + 1] = {0};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8001)};
    for (size_t i = 0; i < HTTP_ORIGIN_ADDRESS_COUNT_MAX + 1; i++) {
        found[i].ai_addr = (struct sockaddr *)&address;
        found[i].ai_addrlen = sizeof address;
        found[i].ai_next = i < HTTP_ORIGIN_ADDRESS_COUNT_MAX ? &found[i + 1] : NULL;
    }
    assert_int_equal(http_origin_parse("http://a:8001", &origin, &reason), STATUS_OK);
    http_origin_set_addresses(&origin, found);
    assert_int_equal(origin.address_count, HTTP_ORIGIN_ADDRESS_COUNT_MAX);
    http_origin_set_addresses(&origin, &found[HTTP_ORIGIN_ADDRESS_COUNT_MAX]);
    assert_int_equal(origin.address_count, 1);
    assert_int_equal(net_address_port(&origin.addresses[0]), 8001);
    http_origin_set_addresses(&origin, NULL);
    assert_int_equal(origin.address_count, 0);
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
        "http://127.0.0.1:65536",
        "http://127.0.0.1:100000",
        "http://a]:8001",
        "http://[a]:8001",
        "http://[127.0.0.1]:8001",
        "http://::1:8001",
        "http://[[::1]]:8001",
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
        cmocka_unit_test(name_has_no_address_yet),
        cmocka_unit_test(found_addresses_replace_others),
        cmocka_unit_test(anything_else_is_invalid),
        cmocka_unit_test(host_has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
