#include "net/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void numeric_addresses_come_back(void **state)
{
    (void)state;
    static const char *const texts[] = {"127.0.0.1:8000", "0.0.0.0:0", "[::1]:8000", "[::]:65535"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct net_address address;
        char text[NET_ADDRESS_TEXT_SIZE];
        assert_int_equal(net_address_parse(texts[i], &address), STATUS_OK);
        net_address_format(&address, text);
        assert_string_equal(text, texts[i]);
    }
}

static void other_texts_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        ":",
        ":80",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:x",
        "[::1]",
        "::1:80",
        "[]:80",
        "127.0.0.1:+1",
        "127.0.0.1:99999",
        "localhost:80",
        "1.2.3.4.5:80",
        "[::1:80",
        "127.0.0.1:080000",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct net_address address;
        assert_int_equal(net_address_parse(texts[i], &address), STATUS_INVALID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numeric_addresses_come_back),
        cmocka_unit_test(other_texts_are_refused),
    };
    return cmocka_run_group_tests_name("net/address", tests, NULL, NULL);
}
