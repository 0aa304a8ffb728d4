#include "http/router.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void handle(void *service, http_exchange_id exchange, const struct http_request *request)
{
    (void)service;
    (void)exchange;
    (void)request;
}

static const struct http_route routes[] = {
    {HTTP_METHOD_GET, "/", handle, .takes_json = false},
    {HTTP_METHOD_POST, "/orders", handle, .takes_json = true},
    {HTTP_METHOD_GET, "/orders", handle, .takes_json = false},
    {HTTP_METHOD_GET, "/orders/{id}", handle, .takes_json = false},
    {HTTP_METHOD_POST, "/orders/{id}/void", handle, .takes_json = false},
    {HTTP_METHOD_GET, "/page/{file}", handle, .takes_json = false},
};

static struct http_match find(enum http_method method, const char *path)
{
    struct http_text text = {.data = path, .size = strlen(path)};
    return http_router_find(routes, sizeof routes / sizeof routes[0], method, text);
}

static void assert_route(enum http_method method, const char *path, size_t place, int64_t id)
{
    struct http_match match = find(method, path);
    assert_ptr_equal(match.route, &routes[place]);
    assert_int_equal(match.path_id, id);
}

static void paths_lead_to_routes(void **state)
{
    (void)state;
    assert_route(HTTP_METHOD_GET, "/", 0, 0);
    assert_route(HTTP_METHOD_POST, "/orders", 1, 0);
    assert_route(HTTP_METHOD_POST, "/orders/", 1, 0);
    assert_route(HTTP_METHOD_GET, "/orders/", 2, 0);
    assert_route(HTTP_METHOD_HEAD, "/orders", 2, 0);
    assert_route(HTTP_METHOD_GET, "/orders/7", 3, 7);
    assert_route(HTTP_METHOD_GET, "/orders/7/", 3, 7);
    assert_route(HTTP_METHOD_GET, "/orders/9223372036854775807", 3, INT64_MAX);
    assert_route(HTTP_METHOD_POST, "/orders/7/void", 4, 7);
    assert_route(HTTP_METHOD_GET, "/page/main.js", 5, 0);
    assert_route(HTTP_METHOD_GET, "/page/a_b.css", 5, 0);
}

static void other_paths_are_unknown(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "//",
        "/order",
        "/orders//",
        "/orders/7//",
        "/orders/0",
        "/orders/-1",
        "/orders/+1",
        "/orders/a",
        "/orders/7a",
        "/orders/7/x",
        "/orders/void",
        "/Orders",
        "/orders/7/v",
        "*",
        "/orders/%31",
        "/orders/9223372036854775808",
        "",
        "/orders/{id}",
        "/orders/00000000000000000007",
        "/page",
        "/page//",
        "/page/a/b",
        "/page/%2e",
        "/page/A",
        "/page/7",
    };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        assert_int_equal(find(HTTP_METHOD_GET, paths[i]).methods, 0);
}

static void other_methods_are_told_what_is_allowed(void **state)
{
    (void)state;
    struct http_match match = find(HTTP_METHOD_DELETE, "/orders");
    struct buffer out;
    buffer_init(&out, 256);
    assert_null(match.route);
    http_router_write_allow(&out, match.methods);
    buffer_append_byte(&out, '\0');
    assert_string_equal(out.data, "Allow: GET, HEAD, POST\r\n");
    buffer_free(&out);
    match = find(HTTP_METHOD_HEAD, "/orders/7/void");
    assert_null(match.route);
    assert_int_equal(match.methods, 1U << HTTP_METHOD_POST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_lead_to_routes),
        cmocka_unit_test(other_paths_are_unknown),
        cmocka_unit_test(other_methods_are_told_what_is_allowed),
    };
    return cmocka_run_group_tests_name("http/router", tests, NULL, NULL);
}
