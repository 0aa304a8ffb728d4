#include "http/response.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define DATE "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"

static void assert_bytes(const struct http_response *response, enum http_connection connection,
                         bool is_head, const char *expected)
{
    struct http_date date = {0};
    struct buffer out;
    buffer_init(&out, 4096);
    http_date_refresh(&date, 784111777); /* the moment in RFC 9110's examples */
    http_response_write(&out, response, &date, connection, is_head);
    buffer_append_byte(&out, '\0');
    assert_string_equal(out.data, expected);
    buffer_free(&out);
}

static void bytes_of_replies(void **state)
{
    (void)state;
    struct http_response response = {.status = 200, .body = {.data = "{\"a\":1}", .size = 7}};
    assert_bytes(&response, HTTP_CONNECTION_DEFAULT, false,
                 "HTTP/1.1 200 OK\r\n" DATE "Content-Type: application/json\r\n"
                 "Content-Length: 7\r\n\r\n{\"a\":1}");
    assert_bytes(&response, HTTP_CONNECTION_DEFAULT, true,
                 "HTTP/1.1 200 OK\r\n" DATE "Content-Type: application/json\r\n"
                 "Content-Length: 7\r\n\r\n");
    response.status = 503;
    response.headers = "Retry-After: 1\r\nX: y\r\n";
    response.content_type = "text/plain";
    response.body = (struct http_text){0};
    assert_bytes(&response, HTTP_CONNECTION_CLOSE, false,
                 "HTTP/1.1 503 Service Unavailable\r\n" DATE "Connection: close\r\n"
                 "Retry-After: 1\r\nX: y\r\nContent-Type: text/plain\r\n"
                 "Content-Length: 0\r\n\r\n");
    response = (struct http_response){.status = 204};
    assert_bytes(&response, HTTP_CONNECTION_KEEP_ALIVE, false,
                 "HTTP/1.1 204 No Content\r\n" DATE "Connection: keep-alive\r\n\r\n");
}

static void date_follows_the_second(void **state)
{
    (void)state;
    struct http_date date = {0};
    http_date_refresh(&date, 784111777);
    assert_string_equal(date.line, DATE);
    http_date_refresh(&date, 784111778);
    assert_string_equal(date.line, "Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_of_replies),
        cmocka_unit_test(date_follows_the_second),
    };
    return cmocka_run_group_tests_name("http/response", tests, NULL, NULL);
}
