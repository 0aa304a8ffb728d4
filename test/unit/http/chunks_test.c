/* Every sample is taken whole, in two pieces cut at every offset, and byte by byte: what comes out,
 * and the text of a refusal, must be the same. */
#include "http/chunks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"

#define MALFORMED "400 The chunked body is malformed"
#define TRAILERS  "400 Trailers are not accepted"
#define FRAMING   "400 The chunked body has too much framing"
#define TOO_LARGE "413 The body is too large"

enum { TAKEN_SIZE_MAX = 128 * 1024 };

/* False once it is refused. */
static bool take(struct http_chunks *chunks, struct http_text bytes, size_t *used,
                 struct buffer *body)
{
    struct http_parse_error error = {0};
    size_t at = 0;
    while (at < bytes.size && chunks->place != HTTP_CHUNKS_END) {
        struct http_text rest = {.data = bytes.data + at, .size = bytes.size - at};
        struct http_text piece;
        size_t taken;
        if (!http_chunks_take(chunks, rest, &taken, &piece, &error)) {
            char text[128];
            snprintf(text, sizeof text, "%d %s", error.status, error.text);
            buffer_clear(body);
            buffer_append_text(body, text);
            return false;
        }
        assert_true(taken != 0 && taken <= rest.size);
        buffer_append(body, piece.data, piece.size);
        at += taken;
    }
    *used += at;
    return true;
}

/* The body, or the refusal; behind a body what is left, after a bar; "more" where it has not ended.
 */
static void take_cut(struct http_text sample, size_t cut, size_t step, struct buffer *body)
{
    struct http_chunks chunks = {0};
    size_t used = 0;
    buffer_clear(body);
    bool goes_on = cut == 0 || take(&chunks, (struct http_text){sample.data, cut}, &used, body);
    for (size_t at = cut; goes_on && at < sample.size; at += step) {
        size_t size = step < sample.size - at ? step : sample.size - at;
        goes_on = take(&chunks, (struct http_text){sample.data + at, size}, &used, body);
    }
    if (goes_on && chunks.place != HTTP_CHUNKS_END)
        buffer_append_text(body, "|more");
    else if (goes_on)
        buffer_append(body, sample.data + used, sample.size - used);
    buffer_append_byte(body, '\0');
    assert_false(body->failed);
}

static void check(const char *text, size_t size, const char *expected)
{
    struct http_text sample = {.data = text, .size = size};
    struct buffer body;
    buffer_init(&body, TAKEN_SIZE_MAX);
    for (size_t cut = 0; cut <= size; cut++) {
        take_cut(sample, cut, size + 1, &body);
        assert_string_equal(body.data, expected);
    }
    take_cut(sample, 0, 1, &body);
    assert_string_equal(body.data, expected);
    buffer_free(&body);
}

#define CHECK(text, expected) check((text), sizeof(text) - 1, (expected))

static void bodies_are_joined(void **state)
{
    (void)state;
    CHECK("", "|more");
    CHECK("0\r\n\r\n", "");
    CHECK("0\r\n\r\n<next>", "<next>");
    CHECK("5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n<next>", "hello, world<next>");
    CHECK("a\r\n0123456789\r\n0A\r\nabcdefghij\r\n000\r\n\r\n", "0123456789abcdefghij");
    CHECK("2\r\n\r\n\r\n0\r\n\r\n", "\r\n");
    CHECK("5\r\nhell", "hell|more");
    CHECK("5\r\nhello\r\n0\r\n\r", "hello|more");
}

static void extensions_are_ignored(void **state)
{
    (void)state;
    CHECK("1;a\r\nx\r\n0;b=c\r\n\r\n", "x");
    CHECK("1;a=\"b;\\\"c\\\\\"; d\t=\xc3\xa4\r\nx\r\n0\r\n\r\n", "x");
    CHECK("1;\r\nx\r\n0;;\r\n\r\n", "x");
}

static void malformed_ones_are_refused(void **state)
{
    (void)state;
    CHECK("\r\n", MALFORMED);
    CHECK(";a\r\n", MALFORMED);
    CHECK("x\r\n", MALFORMED);
    CHECK("0x5\r\n", MALFORMED);
    CHECK("-1\r\n", MALFORMED);
    CHECK(" 5\r\n", MALFORMED);
    /* llhttp 8.1.0 takes these two */
    CHECK("5 \r\nhello\r\n", MALFORMED);
    CHECK("5 ;a\r\nhello\r\n", MALFORMED);
    CHECK("5\nhello\r\n", MALFORMED);
    CHECK("5\rhello\r\n", MALFORMED);
    CHECK("5\r\r\nhello\r\n", MALFORMED);
    CHECK("5\r\nhello\n0\r\n\r\n", MALFORMED);
    CHECK("5\r\nhelloXX0\r\n", MALFORMED);
    CHECK("5\r\nhello\r0\r\n", MALFORMED);
    CHECK("5;a\nb\r\n", MALFORMED);
    CHECK("5;a\0b\r\n", MALFORMED);
    CHECK("5;a\x7f\r\n", MALFORMED);
    CHECK("5;a=\"b\r\n", MALFORMED);
    CHECK("5;a=\"b\r\n\"\r\nhello", MALFORMED);
    CHECK("5;a=\"\\\r\n", MALFORMED);
    CHECK("0\r\n\n", MALFORMED);
    CHECK("0\r\n\rX", MALFORMED);
    CHECK("0\r\n\x01", MALFORMED);
    CHECK("0\r\n x: y\r\n\r\n", MALFORMED);
}

/* At their first byte, whatever they are: what follows may not have come yet. */
static void trailers_are_refused(void **state)
{
    (void)state;
    CHECK("0\r\nX: y\r\n\r\n", TRAILERS);
    CHECK("0\r\n: y\r\n\r\n", TRAILERS);
    CHECK("0\r\nX\x01: y\r\n\r\n", TRAILERS);
    CHECK("0\r\nX\n", TRAILERS);
}

/* Appends to `sample`, takes it whole and byte by byte, and empties it. */
static void check_filled(struct buffer *sample, const char *start, size_t count, char filler,
                         const char *end, const char *expected)
{
    struct buffer body;
    buffer_init(&body, TAKEN_SIZE_MAX);
    buffer_append_text(sample, start);
    for (size_t i = 0; i < count; i++)
        buffer_append_byte(sample, filler);
    buffer_append_text(sample, end);
    struct http_text text = {.data = sample->data, .size = sample->size};
    for (size_t step = text.size; step != 0; step = step == 1 ? 0 : 1) {
        take_cut(text, 0, step, &body);
        assert_true(strncmp(body.data, expected, strlen(expected)) == 0);
    }
    buffer_clear(sample);
    buffer_free(&body);
}

static void sizes_are_limited(void **state)
{
    (void)state;
    struct buffer sample;
    buffer_init(&sample, TAKEN_SIZE_MAX);
    CHECK("10001", TOO_LARGE);
    CHECK("ffffffffffffffffffffffffffffffffffff\r\n", TOO_LARGE);
    CHECK("1\r\nx\r\n10000\r\n", TOO_LARGE);
    check_filled(&sample, "10000\r\n", HTTP_BODY_SIZE_MAX, 'a', "\r\n0\r\n\r\n", "aaa");
    /* size, extension, three lines' ends and the last chunk */
    size_t room = HTTP_FRAMING_SIZE_MAX - sizeof "1;\r\n\r\n0\r\n\r\n" + 1;
    check_filled(&sample, "1;", room, 'e', "\r\nx\r\n0\r\n\r\n", "x");
    check_filled(&sample, "1;", room + 1, 'e', "\r\nx\r\n0\r\n\r\n", FRAMING);
    check_filled(&sample, "", HTTP_FRAMING_SIZE_MAX + 1, '0', "", FRAMING);
    /* an error within the limit comes first, one behind it does not */
    check_filled(&sample, "1;", HTTP_FRAMING_SIZE_MAX - 2, 'e', "\n", FRAMING);
    check_filled(&sample, "1;", HTTP_FRAMING_SIZE_MAX - 3, 'e', "\n", MALFORMED);
    buffer_free(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_are_joined),          cmocka_unit_test(extensions_are_ignored),
        cmocka_unit_test(malformed_ones_are_refused), cmocka_unit_test(trailers_are_refused),
        cmocka_unit_test(sizes_are_limited),
    };
    return cmocka_run_group_tests_name("http/chunks", tests, NULL, NULL);
}
