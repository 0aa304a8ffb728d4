/* Every sample is fed whole, in two pieces cut at every offset, and byte by byte: the verdict, its
 * text and the content must be the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/http/parser_transcript.h"

#define ANSWER "HTTP/1.1 200 OK\r\n"
#define TEXT(text)                                                                                 \
    (struct http_text)                                                                             \
    {                                                                                              \
        (text), sizeof(text) - 1                                                                   \
    }

static void check_splits(struct http_text sample, enum http_parser_kind kind,
                         const char *transcript)
{
    struct buffer out;
    buffer_init(&out, TRANSCRIPT_SIZE_MAX);
    const char *text = parse(sample, kind, sample.size, 0, &out);
    assert_string_equal(out.data, transcript);
    for (size_t cut = 0; cut < sample.size; cut++) {
        const char *cut_text = parse(sample, kind, cut, 0, &out);
        if (strcmp(out.data, transcript) != 0 || strcmp(cut_text, text) != 0)
            print_message("cut at %zu of:\n%.*s\n", cut, (int)sample.size, sample.data);
        assert_string_equal(out.data, transcript);
        assert_string_equal(cut_text, text);
    }
    assert_string_equal(parse(sample, kind, 0, 1, &out), text);
    assert_string_equal(out.data, transcript);
    buffer_free(&out);
}

struct sample {
    struct http_text bytes;
    const char *transcript;
};

static void check_all(const struct sample *samples, size_t count, enum http_parser_kind kind)
{
    for (size_t i = 0; i < count; i++)
        check_splits(samples[i].bytes, kind, samples[i].transcript);
}

#define CHECK(samples, kind) check_all((samples), sizeof(samples) / sizeof(samples)[0], (kind))

static void good_requests(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {TEXT(""), "end"},
        {TEXT("\r\n\r\n"), "end"},
        {TEXT(GET "\r\n"), "[0 /|Host=a||open]end"},
        {TEXT("\r\n\r\n" GET "\r\n"), "[0 /|Host=a||open]end"},
        {TEXT(GET "X:\r\nY: \t \r\nZ:  a b\t \r\n\r\n"), "[0 /|Host=a|X=|Y=|Z=a b||open]end"},
        {TEXT("HEAD /a?b=%20 HTTP/1.1\r\nhost: [::1]:80\r\nConnection: close\r\n\r\n"),
         "[1 /a?b=%20|host=[::1]:80|Connection=close||close]end"},
        {TEXT("GET http://b:8000/c?d HTTP/1.1\r\nHost: b:8000\r\n\r\n"),
         "[0 /c?d|Host=b:8000||open]end"},
        {TEXT("GET http://[::1]:8000/ HTTP/1.1\r\nHost: a%2Db.:\r\n\r\n"),
         "[0 /|Host=a%2Db.:||open]end"},
        {TEXT("GET HTTP://b HTTP/1.1\r\nHost: b\r\n\r\n"), "[0 /|Host=b||open]end"},
        {TEXT("OPTIONS * HTTP/1.1\r\nHost: b\r\n\r\n"), "[6 *|Host=b||open]end"},
        {TEXT("GET / HTTP/1.0\r\n\r\n"), "[0 /||close]end"},
        {TEXT("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
         "[0 /|Connection=keep-alive||open]end"},
        {TEXT(POST "Content-Length: 0\r\n\r\n"), "[2 /p|Host=a|Content-Length=0||open]end"},
        {TEXT(POST "Content-Length: 5\r\n\r\nhello"),
         "[2 /p|Host=a|Content-Length=5|hello|open]end"},
        {TEXT(POST "Content-Length: 5\r\nConnection: close\r\n\r\nhello"),
         "[2 /p|Host=a|Content-Length=5|Connection=close|hello|close]end"},
        {TEXT(CHUNKED "5\r\nhello\r\nA;x=\"y\"\r\n, world!!!\r\n0\r\n\r\n"),
         "[2 /p|Host=a|Transfer-Encoding=chunked|hello, world!!!|open]end"},
        {TEXT(CHUNKED "0\r\n\r\n"), "[2 /p|Host=a|Transfer-Encoding=chunked||open]end"},
        {TEXT(POST "Transfer-Encoding:\tChunked\t\r\n\r\n1\r\nx\r\n0\r\n\r\n"),
         "[2 /p|Host=a|Transfer-Encoding=Chunked|x|open]end"},
        {TEXT(GET "\r\n" CHUNKED "1\r\nx\r\n0\r\n\r\n\r\n" POST "Content-Length: 2\r\n\r\nab" GET
                  "\r\n"),
         "[0 /|Host=a||open][2 /p|Host=a|Transfer-Encoding=chunked|x|open]"
         "[2 /p|Host=a|Content-Length=2|ab|open][0 /|Host=a||open]end"},
        {TEXT(POST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nab"),
         "[2 /p|Host=a|Expect=100-continue|Content-Length=2|ab|open]end"},
        {TEXT(GET "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n" GET "\r\n"),
         "[0 /|Host=a|Connection=Upgrade|Upgrade=h2c||open][0 /|Host=a||open]end"},
        {TEXT(POST "Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 1\r\n\r\nz"),
         "[2 /p|Host=a|Connection=Upgrade|Upgrade=h2c|Content-Length=1|z|open]end"},
        {TEXT(GET "X: \xc3\xa4\r\n\r\n"), "[0 /|Host=a|X=\xc3\xa4||open]end"},
    };
    CHECK(samples, HTTP_PARSE_REQUESTS);
}

static void cut_requests(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {TEXT("G"), "cut"},
        {TEXT(GET), "cut"},
        {TEXT(GET "\r\n" GET), "[0 /|Host=a||open]cut"},
        {TEXT(POST "Content-Length: 5\r\n\r\nhell"), "cut"},
        {TEXT(CHUNKED "5\r\nhello\r\n0\r\n"), "cut"},
    };
    CHECK(samples, HTTP_PARSE_REQUESTS);
}

/* Published ways to smuggle a request past a lenient parser. */
static void smuggling_is_refused(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        /* CVE-2023-30589: a lone CR ends an empty value */
        {TEXT(GET "X-Abc: \rxTransfer-Encoding: chunked\r\n\r\n"), "400"},
        /* CVE-2024-27982: a folded line before the length */
        {TEXT(GET "X: y\r\n Content-Length: 5\r\n\r\nhello"), "400"},
        {TEXT("GET / HTTP/1.1\r\n Host: a\r\n\r\n"), "400"},
        {TEXT(GET "X: y\r\n\tz\r\n\r\n"), "400"},
        /* CVE-2025-23167: CR LF CR X ends the head */
        {TEXT(GET "\r\rX: y\r\n\r\n"), "400"},
        {TEXT(GET "\rX: y\r\n\r\n"), "400"},
        /* empty names, blanks before the colon, no colon */
        {TEXT(GET ": v\r\n\r\n"), "400"},
        {TEXT("GET / HTTP/1.1\r\n: v\r\nHost: a\r\n\r\n"), "400"},
        {TEXT(GET "Transfer-Encoding : chunked\r\n\r\n"), "400"},
        {TEXT(GET "Content Length: 1\r\n\r\n"), "400"},
        {TEXT(GET "nonsense\r\n\r\n"), "400"},
        /* bare LF, control bytes */
        {TEXT("GET / HTTP/1.1\nHost: a\r\n\r\n"), "400"},
        {TEXT("GET / HTTP/1.1\r\nHost: a\n\r\n"), "400"},
        {TEXT(GET "\n"), "400"},
        {TEXT(GET "X: a\nY: b\r\n\r\n"), "400"},
        {TEXT(GET "X: a\0b\r\n\r\n"), "400"},
        {TEXT(GET "X: a\x7f\r\n\r\n"), "400"},
        {TEXT("\n" GET "\r\n"), "400"},
        {TEXT("\x16\x03\x01\x02"), "400"},
        /* two ways to tell the length */
        {TEXT(POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "400"},
        {TEXT(POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"), "400"},
        {TEXT(POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"), "400"},
        {TEXT(POST "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"), "400"},
        {TEXT(POST "Content-Length: 5, 5\r\n\r\nhello"), "400"},
        {TEXT(POST "Content-Length: 1 0\r\n\r\n0123456789"), "400"},
        {TEXT(POST "Content-Length: +5\r\n\r\nhello"), "400"},
        {TEXT(POST "Content-Length: -5\r\n\r\nhello"), "400"},
        {TEXT(POST "Content-Length: 0x5\r\n\r\nhello"), "400"},
        {TEXT(POST "Content-Length:\r\n\r\n"), "400"},
        {TEXT(POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"), "400"},
        {TEXT(POST "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"), "400"},
        {TEXT(POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), "400"},
        {TEXT(POST "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"), "400"},
        {TEXT(POST "Transfer-Encoding: identity\r\n\r\n"), "400"},
        {TEXT(POST "Transfer-Encoding:\r\n\r\n"), "400"},
        {TEXT(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
         "400"},
        {TEXT("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "400"},
        /* chunk framing */
        {TEXT(CHUNKED "5\nhello\r\n0\r\n\r\n"), "400"},
        {TEXT(CHUNKED "5\r\nhello\n0\r\n\r\n"), "400"},
        {TEXT(CHUNKED "5;a\nb\r\nhello\r\n0\r\n\r\n"), "400"},
        {TEXT(CHUNKED "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n"), "400"},
        {TEXT(CHUNKED "5\r\nhelloXX0\r\n\r\n"), "400"},
        {TEXT(CHUNKED "5\r\nhello\r\n0\r\n\n"), "400"},
        {TEXT(CHUNKED "5\r\nhello\r\n0\n\r\n"), "400"},
        {TEXT(CHUNKED "0x5\r\nhello\r\n0\r\n\r\n"), "400"},
        {TEXT(CHUNKED "-1\r\nhello\r\n0\r\n\r\n"), "400"},
        {TEXT(CHUNKED "10000000000000005\r\nhello\r\n0\r\n\r\n"), "413"},
        {TEXT(CHUNKED "0\r\nX: y\r\n\r\n"), "400"},
        {TEXT(CHUNKED "0\r\n: y\r\n\r\n"), "400"},
        {TEXT(CHUNKED "0\r\n:\r\n\r\n"), "400"},
    };
    CHECK(samples, HTTP_PARSE_REQUESTS);
}

static void bad_requests(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {TEXT("GET / HTTP/1.1\r\n\r\n"), "400"},
        {TEXT(GET "Host: a\r\n\r\n"), "400"},
        {TEXT("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"), "400"},
        {TEXT("GET / HTTP/1.1\r\nHost:\r\n\r\n"), "400"},
        {TEXT("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), "400"},
        {TEXT("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"), "400"},
        {TEXT("GET / HTTP/1.1\r\nHost: :80\r\n\r\n"), "400"},
        {TEXT("GET / HTTP/1.1\r\nHost: a:http\r\n\r\n"), "400"},
        {TEXT("GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n"), "400"},
        {TEXT("GET / HTTP/1.1\r\nHost: a%2\r\n\r\n"), "400"},
        {TEXT("GET / HTTP/1.1\r\nHost: a%g0\r\n\r\n"), "400"},
        {TEXT("GET / HTTP/1.1\r\nHost: a]\r\n\r\n"), "400"},
        {TEXT("GET / HTTP/1.1\r\nHost: ::1\r\n\r\n"), "400"},
        {TEXT("GET / HTTP/1.1\r\nHost: [\r\n\r\n"), "400"},
        {TEXT("GET / HTTP/1.1\r\nHost: []\r\n\r\n"), "400"},
        {TEXT("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"), "400"},
        {TEXT("GET / HTTP/1.1\r\nHost: [::1]80\r\n\r\n"), "400"},
        {TEXT("GET / HTTP/1.1\r\nHost: [::g]\r\n\r\n"), "400"},
        {TEXT("GET / HTTP/1.1\r\nHost: [1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1]\r\n\r\n"),
         "400"},
        {TEXT("GET http://a:b/ HTTP/1.1\r\nHost: a\r\n\r\n"), "400"},
        {TEXT("GET /\r\n\r\n"), "400"},
        {TEXT("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), "505"},
        {TEXT("GET / HTTP/0.9\r\nHost: a\r\n\r\n"), "505"},
        {TEXT("GET / HTTP/1.2\r\nHost: a\r\n\r\n"), "505"},
        {TEXT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "505"},
        {TEXT("GET / RTSP/1.0\r\nHost: a\r\n\r\n"), "400"},
        {TEXT("GET / http/1.1\r\nHost: a\r\n\r\n"), "400"},
        {TEXT("GET  / HTTP/1.1\r\nHost: a\r\n\r\n"), "400"},
        {TEXT("GET / HTTP/1.1 \r\nHost: a\r\n\r\n"), "400"},
        {TEXT("GET / HTTP/1.10\r\nHost: a\r\n\r\n"), "400"},
        {TEXT(" GET / HTTP/1.1\r\nHost: a\r\n\r\n"), "400"},
        {TEXT("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"), "400"},
        {TEXT("GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n"), "400"},
        {TEXT("GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n"), "400"},
        {TEXT("GET /#f HTTP/1.1\r\nHost: a\r\n\r\n"), "400"},
        {TEXT("GET a HTTP/1.1\r\nHost: a\r\n\r\n"), "400"},
        {TEXT("GET * HTTP/1.1\r\nHost: a\r\n\r\n"), "400"},
        {TEXT("GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n"), "400"},
        {TEXT("BREW / HTTP/1.1\r\nHost: a\r\n\r\n"), "501"},
        {TEXT("get / HTTP/1.1\r\nHost: a\r\n\r\n"), "501"},
        {TEXT("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"), "501"},
        {TEXT("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n"), "501"},
        {TEXT("G@T / HTTP/1.1\r\nHost: a\r\n\r\n"), "400"},
        {TEXT(POST "Expect: miracles\r\nContent-Length: 2\r\n\r\nab"), "417"},
        {TEXT(POST "Content-Length: 65537\r\n\r\n"), "413"},
        {TEXT(POST "Content-Length: 99999999999999999999999999999999\r\n\r\n"), "413"},
        {TEXT("\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n" GET "\r\n"), "400"},
        {TEXT(CHUNKED "10001\r\n"), "413"},
        {TEXT(CHUNKED "ffffffffffffffff\r\n"), "413"},
        {TEXT(CHUNKED "5\r\nhello\r\nFFFC\r\n"), "413"},
        {TEXT(CHUNKED "5\r\nhello\r\nfffffffffffffffb\r\n"), "413"},
        /* what came before the error counts */
        {TEXT(GET "\r\n" GET "\rx"), "[0 /|Host=a||open]400"},
    };
    CHECK(samples, HTTP_PARSE_REQUESTS);
}

static void answers(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {TEXT(""), "end"},
        {TEXT(ANSWER "Content-Length: 2\r\n\r\n{}"), "[200 |Content-Length=2|{}|open]end"},
        {TEXT("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"), "[200 |Content-Length=0||open]end"},
        {TEXT(ANSWER "Connection: close\r\nContent-Length: 2\r\n\r\n{}"),
         "[200 |Connection=close|Content-Length=2|{}|close]end"},
        {TEXT("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
         "[200 |Content-Length=2|{}|close]end"},
        {TEXT(ANSWER "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" ANSWER
                     "Content-Length: 0\r\n\r\n"),
         "[200 |Transfer-Encoding=chunked|{}|open][200 |Content-Length=0||open]end"},
        {TEXT(ANSWER "\r\nuntil the end"), "[200 |until the end|close]end"},
        {TEXT(ANSWER "\r\n"), "[200 ||close]end"},
        {TEXT("HTTP/1.1 204 No Content\r\n\r\n" ANSWER "Content-Length: 1\r\n\r\nx"),
         "[204 ||open][200 |Content-Length=1|x|open]end"},
        {TEXT("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"),
         "[304 |Content-Length=7||open]end"},
        {TEXT("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" ANSWER
              "Content-Length: 1\r\n\r\nx"),
         "[200 |Content-Length=1|x|open]end"},
        {TEXT(ANSWER "Content-Length: 5\r\n\r\nhell"), "cut"},
        {TEXT(ANSWER "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"), "cut"},
        {TEXT(ANSWER), "cut"},
        {TEXT("HTTP/1.1 100 Continue\r\n\r\n"), "end"},
        {TEXT("\r\n" ANSWER "Content-Length: 0\r\n\r\n"), "400"},
        {TEXT("\r\n\x01"), "400"},
        {TEXT("\rHTTP"), "400"},
        {TEXT(ANSWER "Content-Length: 1\r\n\r\nx\r\n"), "[200 |Content-Length=1|x|open]400"},
        {TEXT("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), "400"},
        {TEXT("HTTP/1.1 2000 OK\r\n\r\n"), "400"},
        {TEXT("HTTP/1.1 20 OK\r\n\r\n"), "400"},
        {TEXT("HTTP/2 200\r\n\r\n"), "400"},
        {TEXT("ICY 200 OK\r\n\r\n"), "400"},
        {TEXT("HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n"), "400"},
        {TEXT("HTTP/1.1 200 OK\r\rX: y\r\n\r\n"), "400"},
        {TEXT(ANSWER "X: y\r\n folded\r\n\r\n"), "400"},
        {TEXT(ANSWER "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx"), "400"},
        {TEXT(ANSWER "Transfer-Encoding: gzip\r\n\r\nx"), "400"},
        {TEXT(ANSWER "Content-Length: 65537\r\n\r\n"), "413"},
    };
    CHECK(samples, HTTP_PARSE_ANSWERS);
}

/* The versions of llhttp differ in the lists that they understand, and in the blanks. */
static void connection_is_kept_or_closed(void **state)
{
    (void)state;
    static const struct sample requests[] = {
        {TEXT(GET "Connection: close\t\r\n\r\n"), "[0 /|Host=a|Connection=close||close]end"},
        {TEXT(GET "Connection: Close ,x\r\n\r\n"), "[0 /|Host=a|Connection=Close ,x||close]end"},
        {TEXT(GET "Connection: x,\tclose\r\n\r\n"), "[0 /|Host=a|Connection=x,\tclose||close]end"},
        {TEXT(GET "Connection: x\r\nConnection: close\r\n\r\n"),
         "[0 /|Host=a|Connection=x|Connection=close||close]end"},
        {TEXT(GET "Connection: closed, disclose\r\n\r\n"),
         "[0 /|Host=a|Connection=closed, disclose||open]end"},
        {TEXT(GET "Connection: ,\r\n\r\n"), "[0 /|Host=a|Connection=,||open]end"},
        {TEXT("GET / HTTP/1.0\r\nConnection: Keep-Alive\t\r\n\r\n"),
         "[0 /|Connection=Keep-Alive||open]end"},
        {TEXT("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n"),
         "[0 /|Connection=keep-alive, close||close]end"},
    };
    static const struct sample replies[] = {
        {TEXT(ANSWER "Connection: close\t\r\nContent-Length: 0\r\n\r\n"),
         "[200 |Connection=close|Content-Length=0||close]end"},
        {TEXT(ANSWER "Connection: keep-alive\r\n\r\nx"), "[200 |Connection=keep-alive|x|close]end"},
    };
    CHECK(requests, HTTP_PARSE_REQUESTS);
    CHECK(replies, HTTP_PARSE_ANSWERS);
}

static void expectation_is_told_once(void **state)
{
    (void)state;
    static const char head[] = POST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    struct http_parser parser;
    size_t taken;
    http_parser_init(&parser, HTTP_PARSE_REQUESTS);
    assert_int_equal(http_parser_feed(&parser, head, sizeof head - 1, &taken), HTTP_PARSE_EXPECT);
    assert_true(http_parser_is_inside(&parser));
    assert_int_equal(http_parser_feed(&parser, "a", 1, &taken), HTTP_PARSE_MORE);
    assert_int_equal(http_parser_feed(&parser, "b", 1, &taken), HTTP_PARSE_MESSAGE);
    assert_true(http_text_equals(parser.message.body, "ab"));
    assert_false(http_parser_is_inside(&parser));
    http_parser_free(&parser);
}

static void whole_request_is_not_copied(void **state)
{
    (void)state;
    static const char request[] = POST "Content-Length: 2\r\n\r\nab";
    struct http_parser parser;
    size_t taken;
    http_parser_init(&parser, HTTP_PARSE_REQUESTS);
    assert_int_equal(http_parser_feed(&parser, request, sizeof request - 1, &taken),
                     HTTP_PARSE_MESSAGE);
    assert_ptr_equal(parser.message.target.data, strchr(request, '/'));
    assert_ptr_equal(parser.message.headers[1].value.data, strstr(request, "2\r\n\r\n"));
    assert_ptr_equal(parser.message.body.data, request + sizeof request - 3);
    assert_null(parser.head.data);
    assert_null(parser.body.data);
    http_parser_free(&parser);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_requests),
        cmocka_unit_test(cut_requests),
        cmocka_unit_test(smuggling_is_refused),
        cmocka_unit_test(bad_requests),
        cmocka_unit_test(answers),
        cmocka_unit_test(connection_is_kept_or_closed),
        cmocka_unit_test(expectation_is_told_once),
        cmocka_unit_test(whole_request_is_not_copied),
    };
    return cmocka_run_group_tests_name("http/parser", tests, NULL, NULL);
}
