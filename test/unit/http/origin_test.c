#include "http/origin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct http_text text(const char *bytes)
{
    return (struct http_text){.data = bytes, .size = strlen(bytes)};
}

/* NULL: there is no such header. */
static size_t fill_headers(struct http_header headers[3], const char *site, const char *origin,
                           const char *host)
{
    size_t count = 0;
    headers[count++] = (struct http_header){text("Host"), text(host)};
    if (site != NULL)
        headers[count++] = (struct http_header){text("Sec-Fetch-Site"), text(site)};
    if (origin != NULL)
        headers[count++] = (struct http_header){text("Origin"), text(origin)};
    return count;
}

static bool is_same(const char *site, const char *origin, const char *host)
{
    struct http_header headers[3];
    size_t count = fill_headers(headers, site, origin, host);
    return http_is_same_origin(headers, count);
}

static bool is_from_elsewhere(const char *site, const char *origin, const char *host)
{
    struct http_header headers[3];
    size_t count = fill_headers(headers, site, origin, host);
    return http_is_from_elsewhere(headers, count);
}

static void clients_that_are_no_browser_may(void **state)
{
    (void)state;
    assert_true(is_same(NULL, NULL, "127.0.0.1:8000"));
}

static void a_page_of_this_server_may(void **state)
{
    (void)state;
    assert_true(is_same("same-origin", "http://127.0.0.1:8000", "127.0.0.1:8000"));
    assert_true(is_same(NULL, "http://[::1]:8000", "[::1]:8000"));
    assert_true(is_same("same-origin", "https://saga.example", "saga.example"));
}

static void a_page_of_another_may_not(void **state)
{
    (void)state;
    assert_false(is_same("cross-site", NULL, "127.0.0.1:8000"));
    assert_false(is_same("same-site", "http://127.0.0.1:8000", "127.0.0.1:8000"));
    assert_false(is_same("none", NULL, "127.0.0.1:8000"));
    assert_false(is_same("", NULL, "127.0.0.1:8000"));
    assert_false(is_same(NULL, "http://evil.example", "127.0.0.1:8000"));
    assert_false(is_same(NULL, "http://127.0.0.1:8001", "127.0.0.1:8000"));
    assert_false(is_same(NULL, "http://127.0.0.1:80", "127.0.0.1:8000"));
    assert_false(is_same(NULL, "null", "127.0.0.1:8000"));
    assert_false(is_same(NULL, "", "127.0.0.1:8000"));
    assert_false(is_same(NULL, "http://", ""));
    assert_false(is_same("same-origin", "http://evil.example", "127.0.0.1:8000"));
}

static void a_browser_s_word_is_better_than_a_comparison(void **state)
{
    (void)state;
    assert_false(is_from_elsewhere(NULL, NULL, "a"));
    assert_false(is_from_elsewhere(NULL, "http://a", "a"));
    assert_false(is_from_elsewhere("same-origin", "https://saga.example", "behind-the-proxy"));
    assert_false(is_from_elsewhere("none", NULL, "a"));
    assert_true(is_from_elsewhere("cross-site", "http://a", "a"));
    assert_true(is_from_elsewhere("same-site", NULL, "a"));
    assert_true(is_from_elsewhere("", NULL, "a"));
    assert_true(is_from_elsewhere(NULL, "http://evil.example", "a"));
    assert_true(is_from_elsewhere(NULL, "null", "a"));
    const struct http_header sites[] = {
        {text("Sec-Fetch-Site"), text("same-origin")},
        {text("Sec-Fetch-Site"), text("same-origin")},
    };
    assert_true(http_is_from_elsewhere(sites, 2));
}

static void what_stands_twice_may_not(void **state)
{
    (void)state;
    const struct http_header sites[] = {
        {text("Host"), text("a")},
        {text("Sec-Fetch-Site"), text("same-origin")},
        {text("Sec-Fetch-Site"), text("same-origin")},
    };
    assert_false(http_is_same_origin(sites, 3));
    const struct http_header origins[] = {
        {text("Host"), text("a")},
        {text("Origin"), text("http://a")},
        {text("Origin"), text("http://a")},
    };
    assert_false(http_is_same_origin(origins, 3));
    const struct http_header hosts[] = {
        {text("Host"), text("a")},
        {text("Host"), text("a")},
        {text("Origin"), text("http://a")},
    };
    assert_false(http_is_same_origin(hosts, 3));
}

static bool is_near(const char *host)
{
    const struct http_header header = {text("Host"), text(host)};
    return http_is_host_near(&header, 1);
}

static void an_address_or_a_name_without_a_dot_is_near(void **state)
{
    (void)state;
    const char *near[] = {"127.0.0.1",      "10.1.2.3:8000", "[::1]:8000",
                          "localhost:8000", "localhost",     "devbox:80"};
    for (size_t i = 0; i < sizeof near / sizeof near[0]; i++)
        assert_true(is_near(near[i]));
}

static void any_other_name_is_not(void **state)
{
    (void)state;
    const char *far[] = {"evil.example:8000",
                         "localhost.evil.example",
                         "127.0.0.1.evil.example",
                         "localhost.",
                         "127.1",
                         "",
                         ":8000",
                         "1.2.3.4.5"};
    for (size_t i = 0; i < sizeof far / sizeof far[0]; i++)
        assert_false(is_near(far[i]));
    assert_false(http_is_host_near(NULL, 0));
    char name[80];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_false(is_near(name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clients_that_are_no_browser_may),
        cmocka_unit_test(a_page_of_this_server_may),
        cmocka_unit_test(a_page_of_another_may_not),
        cmocka_unit_test(a_browser_s_word_is_better_than_a_comparison),
        cmocka_unit_test(what_stands_twice_may_not),
        cmocka_unit_test(an_address_or_a_name_without_a_dot_is_near),
        cmocka_unit_test(any_other_name_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
