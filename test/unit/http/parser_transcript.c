#include "unit/http/parser_transcript.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* What came out of the parser, as text. */
static void write_message(struct buffer *out, const struct http_message *message)
{
    buffer_append_text(out, "[");
    buffer_append_int(out, message->status != 0 ? message->status : (int)message->method);
    buffer_append_text(out, " ");
    buffer_append(out, message->target.data, message->target.size);
    for (size_t i = 0; i < message->header_count; i++) {
        buffer_append_text(out, "|");
        buffer_append(out, message->headers[i].name.data, message->headers[i].name.size);
        buffer_append_text(out, "=");
        buffer_append(out, message->headers[i].value.data, message->headers[i].value.size);
    }
    buffer_append_text(out, "|");
    buffer_append(out, message->body.data, message->body.size);
    buffer_append_text(out, message->keep_alive ? "|open]" : "|close]");
}

/* A copy at the very end of its own memory, so that a sanitizer sees a read beyond it. */
static bool feed_piece(struct http_parser *parser, const char *data, size_t size,
                       struct buffer *out)
{
    char *piece = malloc(size + 1);
    assert_non_null(piece);
    memcpy(piece + 1, data, size);
    size_t at = 0;
    bool goes_on = true;
    while (goes_on && at < size) {
        size_t taken;
        switch (http_parser_feed(parser, piece + 1 + at, size - at, &taken)) {
        case HTTP_PARSE_MESSAGE:
            write_message(out, &parser->message);
            break;
        case HTTP_PARSE_ERROR:
            goes_on = false;
            break;
        case HTTP_PARSE_MORE:
        case HTTP_PARSE_EXPECT:
            assert_int_equal(taken, size - at);
            break;
        }
        at += taken;
    }
    memset(piece, '?', size + 1); /* what still points here shows */
    free(piece);
    return goes_on;
}

static void write_end(struct http_parser *parser, struct buffer *out)
{
    bool has_message;
    bool is_proper = http_parser_end(parser, &has_message);
    if (has_message)
        write_message(out, &parser->message);
    if (parser->error.status != 0)
        buffer_append_int(out, parser->error.status);
    else
        buffer_append_text(out, is_proper ? "end" : "cut");
}

const char *parse(struct http_text sample, enum http_parser_kind kind, size_t first_size,
                  size_t step_size, struct buffer *out)
{
    struct http_parser parser;
    buffer_clear(out);
    http_parser_init(&parser, kind);
    bool goes_on = first_size == 0 || feed_piece(&parser, sample.data, first_size, out);
    size_t at = first_size;
    while (goes_on && at < sample.size) {
        size_t size = step_size == 0 ? sample.size - at : step_size;
        goes_on = feed_piece(&parser, sample.data + at, size, out);
        at += size;
    }
    write_end(&parser, out);
    http_parser_free(&parser);
    buffer_append_byte(out, '\0');
    assert_false(out->failed);
    return parser.error.status != 0 ? parser.error.text : "";
}
