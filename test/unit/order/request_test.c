/* What clients say in headers: preferences, traces, where they were in a stream, and
 * Idempotency-Keys. */
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
    assert_true(prefers_async("wait=5,\trespond-async\t"));
    assert_true(prefers_async("respond-async;a=b; c"));
    assert_true(prefers_async("a=\"x\\\", respond-async\", respond-async"));
    assert_false(prefers_async(""));
    assert_false(prefers_async("respond-asynchronously"));
    assert_false(prefers_async("wait=5"));
    assert_false(prefers_async("a=\"x, respond-async, y\""));
    assert_false(prefers_async("a=\"x\\\", respond-async"));
    assert_false(prefers_async("a;respond-async"));
}

static void several_headers_are_one_list(void **state)
{
    (void)state;
    struct http_header headers[4];
    with_header(&headers[0], "Prefer", "wait=5");
    with_header(&headers[1], "Accept", "application/json;q=0.5");
    with_header(&headers[2], "prefer", "respond-async");
    with_header(&headers[3], "accept", "text/event-stream");
    struct http_request request = {.headers = headers, .header_count = 4};
    assert_true(request_prefers_async(&request));
    assert_true(request_accepts_events(&request));
    request.header_count = 2;
    assert_false(request_prefers_async(&request));
    assert_false(request_accepts_events(&request));
}

static bool accepts_events(const char *value)
{
    struct http_header header;
    struct http_request request = with_header(&header, "accept", value);
    return request_accepts_events(&request);
}

static void events_are_accepted_by_name(void **state)
{
    (void)state;
    assert_true(accepts_events("text/event-stream"));
    assert_true(accepts_events("application/json;q=0.5 , Text/Event-Stream ; charset=utf-8"));
    assert_true(accepts_events("text/event-stream;q=0.001"));
    assert_true(accepts_events("*/*,\ttext/event-stream\t;q=1"));
    assert_false(accepts_events("text/event-stream; q=0.00"));
    assert_false(accepts_events("text/event-stream;\tq=0\t"));
    assert_false(accepts_events("text/event-stream;q=0"));
    assert_false(accepts_events("a/b;c=\"d, text/event-stream\""));
    assert_true(accepts_events("text/event-stream;c=\"; q=0\""));
    assert_false(accepts_events("text/event-streams"));
    assert_false(accepts_events("text/*, */*"));
    assert_false(accepts_events(",;,"));
    assert_false(accepts_events(""));
}

static void expect_last_event_id(const char *header_value, const char *query, const char *expected)
{
    struct http_header header;
    struct http_request request = with_header(&header, "Last-Event-ID", header_value);
    request.query = (struct http_text){query, strlen(query)};
    struct http_text id;
    assert_true(request_read_last_event_id(&request, &id));
    assert_int_equal(id.size, strlen(expected));
    assert_memory_equal(id.data, expected, id.size);
}

static void position_comes_by_header_or_else_by_parameter(void **state)
{
    (void)state;
    expect_last_event_id("1-2-3", "", "1-2-3");
    expect_last_event_id("1-2-3", "last_event_id=4-5-6", "1-2-3");
    expect_last_event_id("", "x=1&last_event_id=4-5-6&y", "4-5-6");
    expect_last_event_id("", "x=1", "");
}

static void position_is_single(void **state)
{
    (void)state;
    struct http_header headers[2];
    struct http_text id;
    with_header(&headers[0], "Last-Event-ID", "1-2-3");
    with_header(&headers[1], "last-event-id", "1-2-3");
    struct http_request request = {.headers = headers, .header_count = 2};
    assert_false(request_read_last_event_id(&request, &id));
}

#define PARENT "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

static struct trace trace_of(const char *parent)
{
    struct prng prng;
    struct http_header headers[3];
    prng_seed(&prng, 1);
    with_header(&headers[0], "TraceState", "a=1");
    with_header(&headers[1], "traceparent", parent);
    with_header(&headers[2], "tracestate", "b=2");
    struct http_request request = {.headers = headers, .header_count = 3};
    return request_trace(&request, &prng);
}

static void tracestate_comes_with_a_valid_traceparent_only(void **state)
{
    (void)state;
    struct trace trace = trace_of(PARENT);
    assert_string_equal(trace.id, "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_string_equal(trace.state, "a=1,b=2");
    trace = trace_of("00-bad");
    assert_int_equal(strlen(trace.id), TRACE_ID_SIZE);
    assert_string_equal(trace.state, "");
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
        cmocka_unit_test(several_headers_are_one_list),
        cmocka_unit_test(events_are_accepted_by_name),
        cmocka_unit_test(position_comes_by_header_or_else_by_parameter),
        cmocka_unit_test(position_is_single),
        cmocka_unit_test(tracestate_comes_with_a_valid_traceparent_only),
        cmocka_unit_test(keys_are_visible_ascii_of_bounded_length),
        cmocka_unit_test(a_key_is_optional_but_single),
    };
    return cmocka_run_group_tests_name("order/request", tests, NULL, NULL);
}
