/* What http/head makes of llhttp's spans and refusals. The texts are part of the verdict: they must
 * not depend on the version of llhttp, which stops sooner or later in the same head. */
#include "http/head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http/parser.h"

#define GET  "GET / HTTP/1.1\r\nHost: a\r\n"
#define POST "POST /p HTTP/1.1\r\nHost: a\r\n"

struct refusal {
    const char *head;
    const char *verdict;
};

static void check_refusals(const struct refusal *refusals, size_t count, enum http_parser_kind kind)
{
    for (size_t i = 0; i < count; i++) {
        struct http_parser parser;
        char verdict[128] = "none";
        size_t taken;
        http_parser_init(&parser, kind);
        if (http_parser_feed(&parser, refusals[i].head, strlen(refusals[i].head), &taken) ==
            HTTP_PARSE_ERROR)
            snprintf(verdict, sizeof verdict, "%d %s", parser.error.status, parser.error.text);
        if (strcmp(verdict, refusals[i].verdict) != 0)
            print_message("of:\n%s\n", refusals[i].head);
        assert_string_equal(verdict, refusals[i].verdict);
        http_parser_free(&parser);
    }
}

#define CHECK(refusals, kind)                                                                      \
    check_refusals((refusals), sizeof(refusals) / sizeof(refusals)[0], (kind))

#define FIRST_LINE "400 The first line is malformed"
#define METHOD     "501 The method is not implemented"
#define VERSION    "505 Only HTTP/1.0 and HTTP/1.1 are spoken here"
#define TARGET     "400 The request target is malformed"

static void request_lines_are_refused(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        /* methods that llhttp does not know, knows for RTSP only, knows with another target, or
         * knows as the start of another; and that it lets pass */
        {"BREW / HTTP/1.1\r\n\r\n", METHOD},
        {"DESCRIBE / HTTP/1.1\r\n\r\n", METHOD},
        {"CONNECT * HTTP/1.1\r\n\r\n", METHOD},
        {"GETX / HTTP/1.1\r\n\r\n", METHOD},
        {"GE / HTTP/1.1\r\n\r\n", METHOD},
        {"SOURCE / HTTP/1.1\r\n\r\n", METHOD},
        {"PRI * HTTP/1.1\r\n\r\n", METHOD},
        {"G@T / HTTP/1.1\r\n\r\n", "400 The method is not a token"},
        {"BREW\r\n\r\n", FIRST_LINE},
        {"BREW coffee\r\n\r\n", FIRST_LINE},
        {"BREW /\r\n\r\n", FIRST_LINE},
        {"BREW HTTP/1.1\r\n\r\n", FIRST_LINE},
        {"GET\r\n\r\n", FIRST_LINE},
        {"GET \r\n\r\n", TARGET},
        /* other protocols, and HTTP/0.9, which has no version at all */
        {"GET / RTSP/1.0\r\n\r\n", FIRST_LINE},
        {"SOURCE / ICE/1.0\r\n\r\n", FIRST_LINE},
        {"SOURCE / RTSP/1.0\r\n\r\n", FIRST_LINE},
        {"GET / XHTTP/1.1\r\n\r\n", FIRST_LINE},
        {"GET /\r\n\r\n", FIRST_LINE},
        {"GET /\r\nHost: a\r\n\r\n", FIRST_LINE},
        {"GET /\r\nHost a\r\n\r\n", FIRST_LINE},
        /* versions that llhttp lets pass, and those that it does not */
        {"GET / HTTP/0.9\r\n\r\n", VERSION},
        {"GET / HTTP/2.0\r\n\r\n", VERSION},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", VERSION},
        {"GET / HTTP/1.2\r\n\r\n", VERSION},
        {"GET / HTTP/3.0\r\n\r\n", VERSION},
        {"GET / HTTP/1.10\r\n\r\n", FIRST_LINE},
        {"GET / HTTP/2.00\r\n\r\n", FIRST_LINE},
        {"GET / HTTP/1.20\r\n\r\n", FIRST_LINE},
        {"GET / HTTP/2\r\n\r\n", FIRST_LINE},
        {"GET / HTTP/1.\r\n\r\n", FIRST_LINE},
        {"GET / HTTP/a.1\r\n\r\n", FIRST_LINE},
        {"GET / HTTP/\r\n\r\n", FIRST_LINE},
        /* blanks that llhttp skips */
        {"GET  / HTTP/1.1\r\n\r\n", FIRST_LINE},
        {"GET /  HTTP/1.1\r\n\r\n", FIRST_LINE},
        {"GET / HTTP/1.1 \r\n\r\n", FIRST_LINE},
        {"GET / x HTTP/1.1\r\n\r\n", FIRST_LINE},
        /* targets */
        {"GET a HTTP/1.1\r\n\r\n", TARGET},
        {"GET * HTTP/1.1\r\n\r\n", TARGET},
        {"GET ftp://a/ HTTP/1.1\r\n\r\n", TARGET},
        {"GET /\xc3\xa4 HTTP/1.1\r\n\r\n", TARGET},
        {"GET /a\tb HTTP/1.1\r\n\r\n", TARGET},
        {"GET /#f HTTP/1.1\r\n\r\n", "400 There is a forbidden byte in the request target"},
    };
    CHECK(refusals, HTTP_PARSE_REQUESTS);
}

#define HEADER  "400 A header line is malformed"
#define LENGTH  "400 Content-Length is not a number"
#define BOTH    "400 Content-Length and Transfer-Encoding exclude each other"
#define CODING  "400 The only Transfer-Encoding taken here is chunked"
#define LENGTHS "400 Content-Length stands several times"
#define CODINGS "400 Transfer-Encoding stands several times"
#define BODY    "413 The body is too large"

static void headers_are_refused(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {GET "X y\r\n\r\n", HEADER},
        {GET "X : y\r\n\r\n", HEADER},
        {GET "Content-Length : 1\r\n\r\n", HEADER},
        {GET "X\t: y\r\n\r\n", HEADER},
        {"GET / HTTP/1.1\r\n\r\n", "400 Host is missing"},
        {POST "Content-Length:\r\n\r\n", LENGTH},
        {POST "Content-Length: \r\n\r\n", LENGTH},
        {POST "Content-Length: 5, 5\r\n\r\n", LENGTH},
        {POST "Content-Length: 1 0\r\n\r\n", LENGTH},
        {POST "Content-Length: +5\r\n\r\n", LENGTH},
        {POST "Content-Length: 99999999999999999999x\r\n\r\n", LENGTH},
        {POST "Content-Length: 99999999999999999999\r\n\r\n", BODY},
        {POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", LENGTHS},
        {POST "Transfer-Encoding: gzip\r\n\r\n", CODING},
        {POST "Transfer-Encoding: chunked, gzip\r\n\r\n", CODING},
        {POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", CODINGS},
        {POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", BOTH},
        {POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", BOTH},
        {POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\nX y\r\n\r\n", BOTH},
        {POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\nTransfer-Encoding: x\r\n\r\n",
         BOTH},
        /* to llhttp a tab belongs to the value, to us it does not */
        {POST "Content-Length: 5\t\r\n\r\n", "400 The head is malformed"},
    };
    CHECK(refusals, HTTP_PARSE_REQUESTS);
}

static void answers_are_refused(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {"HTTP/2.0 200 OK\r\n\r\n", FIRST_LINE},
        {"HTTP/0.9 200 OK\r\n\r\n", FIRST_LINE},
        {"HTTP/1.1200 OK\r\n\r\n", FIRST_LINE},
        {"HTTP/1.1 \r\n\r\n", FIRST_LINE},
        {"HTTP/1.1 20 OK\r\n\r\n", FIRST_LINE},
        {"HTTP/1.1 2 0\r\n\r\n", FIRST_LINE},
        {"HTTP/1.1  200 OK\r\n\r\n", FIRST_LINE},
        {"HTTP/1.1 0200 OK\r\n\r\n", FIRST_LINE},
        {"HTTP/1.1 2000 OK\r\n\r\n", FIRST_LINE},
        {"HTTP/1.1 200OK\r\n\r\n", FIRST_LINE},
        {"HTTP/1.1 600 OK\r\n\r\n", "400 The status code makes no sense here"},
        {"HTTP/1.1 101 OK\r\n\r\n", "400 The status code makes no sense here"},
        {"HTTP/1.1 200 OK\r\nX y\r\n\r\n", HEADER},
    };
    CHECK(refusals, HTTP_PARSE_ANSWERS);
}

static const llhttp_settings_t settings = {
    .on_method = http_head_on_method,
    .on_url = http_head_on_url,
    .on_version = http_head_on_version,
    .on_version_complete = http_head_on_version_complete,
    .on_status_complete = http_head_on_status_complete,
    .on_header_field = http_head_on_header_field,
    .on_header_value = http_head_on_header_value,
    .on_header_value_complete = http_head_on_header_value_complete,
    .on_headers_complete = http_head_on_headers_complete,
};

static void assert_text(struct http_text text, const char *start, const char *expected)
{
    assert_ptr_equal(text.data, start);
    assert_true(http_text_equals(text, expected));
}

/* llhttp hands over what it has of a span at the end of each piece of the head. */
static void spans_in_pieces_are_joined(void **state)
{
    (void)state;
    static const char head[] =
        "POST /orders?a=b HTTP/1.1\r\nHost: abc:80\r\nEmpty:\r\nX-Y:  a b \t\r\n"
        "Content-Length: 12\r\n\r\n";
    for (size_t cut = 0; cut < sizeof head; cut++) {
        struct http_message message;
        struct http_parse_error error = {0};
        struct http_head_reader reader;
        llhttp_t llhttp;
        http_head_begin(&reader, &message, &error);
        llhttp_init(&llhttp, HTTP_REQUEST, &settings);
        llhttp.data = &reader;
        if (llhttp_execute(&llhttp, head, cut) == HPE_OK)
            assert_int_equal(llhttp_execute(&llhttp, head + cut, sizeof head - 1 - cut),
                             HPE_PAUSED);
        assert_true(reader.is_whole);
        assert_int_equal(message.method, HTTP_METHOD_POST);
        assert_int_equal(message.minor_version, 1);
        assert_text(message.target, strstr(head, "/orders"), "/orders?a=b");
        assert_int_equal(message.header_count, 4);
        assert_text(message.headers[0].value, strstr(head, "abc:80"), "abc:80");
        assert_text(message.headers[1].name, strstr(head, "Empty"), "Empty");
        assert_int_equal(message.headers[1].value.size, 0);
        assert_text(message.headers[2].name, strstr(head, "X-Y"), "X-Y");
        assert_text(message.headers[2].value, strstr(head, "a b"), "a b");
        assert_text(message.headers[3].value, strstr(head, "12"), "12");
    }
}

static void spans_with_a_gap_are_refused(void **state)
{
    (void)state;
    static const char head[] = "/orders";
    struct http_message message;
    struct http_parse_error error = {0};
    struct http_head_reader reader;
    llhttp_t llhttp = {.data = &reader};
    http_head_begin(&reader, &message, &error);
    assert_int_equal(http_head_on_url(&llhttp, head, 2), HPE_OK);
    assert_int_equal(http_head_on_url(&llhttp, head + 3, 2), HPE_USER);
    assert_int_equal(error.status, 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_lines_are_refused),
        cmocka_unit_test(headers_are_refused),
        cmocka_unit_test(answers_are_refused),
        cmocka_unit_test(spans_in_pieces_are_joined),
        cmocka_unit_test(spans_with_a_gap_are_refused),
    };
    return cmocka_run_group_tests_name("http/head", tests, NULL, NULL);
}
