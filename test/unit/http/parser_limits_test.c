/* How much a request may be, fed whole and byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "unit/http/parser_transcript.h"

static void append_times(struct buffer *out, const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buffer_append_text(out, text);
}

static int status_of(struct buffer *sample, size_t step_size)
{
    struct buffer out;
    buffer_init(&out, TRANSCRIPT_SIZE_MAX);
    struct http_text bytes = {.data = sample->data, .size = sample->size};
    assert_false(sample->failed);
    assert_int_equal(sample->size % step_size, 0);
    parse(bytes, HTTP_PARSE_REQUESTS, 0, step_size, &out);
    int status = out.data[0] == '[' ? 200 : (int)strtol(out.data, NULL, 10);
    buffer_free(&out);
    buffer_clear(sample);
    return status;
}

static void sizes_are_limited(void **state)
{
    (void)state;
    struct buffer sample;
    buffer_init(&sample, TRANSCRIPT_SIZE_MAX);
    for (size_t step = 0; step < 2; step++) {
        buffer_append_text(&sample, "GET /");
        append_times(&sample, "a", HTTP_TARGET_SIZE_MAX - 1);
        buffer_append_text(&sample, " HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_int_equal(status_of(&sample, step == 0 ? sample.size : 1), 200);
        buffer_append_text(&sample, "GET /");
        append_times(&sample, "a", HTTP_TARGET_SIZE_MAX);
        buffer_append_text(&sample, " HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_int_equal(status_of(&sample, step == 0 ? sample.size : 1), 414);
        buffer_append_text(&sample, "\r\nGET /");
        append_times(&sample, "a", HTTP_HEAD_SIZE_MAX);
        assert_int_equal(status_of(&sample, step == 0 ? sample.size : 1), 414);
        buffer_append_text(&sample, GET "X: ");
        append_times(&sample, "a", HTTP_HEAD_SIZE_MAX);
        assert_int_equal(status_of(&sample, step == 0 ? sample.size : 1), 431);
        buffer_append_text(&sample, GET);
        append_times(&sample, "X: y\r\n", HTTP_HEADER_COUNT_MAX - 1);
        buffer_append_text(&sample, "\r\n");
        assert_int_equal(status_of(&sample, step == 0 ? sample.size : 1), 200);
        buffer_append_text(&sample, GET);
        append_times(&sample, "X: y\r\n", HTTP_HEADER_COUNT_MAX);
        buffer_append_text(&sample, "\r\n");
        assert_int_equal(status_of(&sample, step == 0 ? sample.size : 1), 431);
    }
    buffer_free(&sample);
}

static void bodies_are_limited(void **state)
{
    (void)state;
    struct buffer sample;
    buffer_init(&sample, TRANSCRIPT_SIZE_MAX);
    for (size_t step = 0; step < 2; step++) {
        buffer_append_text(&sample, POST "Content-Length: 65536\r\n\r\n");
        append_times(&sample, "a", HTTP_BODY_SIZE_MAX);
        assert_int_equal(status_of(&sample, step == 0 ? sample.size : 1), 200);
        buffer_append_text(&sample, CHUNKED "10000\r\n");
        append_times(&sample, "a", HTTP_BODY_SIZE_MAX);
        buffer_append_text(&sample, "\r\n0\r\n\r\n");
        assert_int_equal(status_of(&sample, step == 0 ? sample.size : 1), 200);
        buffer_append_text(&sample, CHUNKED "10001\r\n");
        append_times(&sample, "a", HTTP_BODY_SIZE_MAX + 1);
        buffer_append_text(&sample, "\r\n0\r\n\r\n");
        assert_int_equal(status_of(&sample, step == 0 ? sample.size : 1), 413);
        /* CVE-2024-22019: endless chunk extensions */
        buffer_append_text(&sample, CHUNKED "1;");
        append_times(&sample, "a", HTTP_FRAMING_SIZE_MAX);
        assert_int_equal(status_of(&sample, step == 0 ? sample.size : 1), 400);
        buffer_append_text(&sample, CHUNKED);
        append_times(&sample, "1\r\na\r\n", HTTP_FRAMING_SIZE_MAX / 5 + 1);
        assert_int_equal(status_of(&sample, step == 0 ? sample.size : 1), 400);
    }
    buffer_free(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_limited),
        cmocka_unit_test(bodies_are_limited),
    };
    return cmocka_run_group_tests_name("http/parser_limits", tests, NULL, NULL);
}
