#include "fuzz/http_transcript.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "fuzz/http_reference.h"

enum {
    TRANSCRIPT_SIZE_MAX = 1024 * 1024,
    /* Feeding longer streams byte by byte would leave little time for anything else. */
    CUT_EVERYWHERE_SIZE_MAX = 2048,
};

static void append(struct buffer *out, const char *name, struct http_text text)
{
    buffer_append_text(out, name);
    buffer_append(out, text.data, text.size);
    buffer_append_byte(out, '\n');
}

static void write_message(const struct http_message *message, struct buffer *out)
{
    if (message->status != 0)
        buffer_append_int(out, message->status);
    else
        append(out, http_method_name(message->method), message->target);
    buffer_append_text(out, message->minor_version == 0 ? " 1.0" : " 1.1");
    buffer_append_text(out, message->keep_alive ? " open" : " close");
    buffer_append_text(out, message->expects_continue ? " expects\n" : "\n");
    for (size_t i = 0; i < message->header_count; i++) {
        append(out, "name ", message->headers[i].name);
        append(out, "value ", message->headers[i].value);
    }
    append(out, "body ", message->body);
}

static bool is_token(struct http_text name)
{
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        if (c <= ' ' || c > '~' || strchr("\"(),/:;<=>?@[\\]{}", c) != NULL)
            return false;
    }
    return name.size != 0;
}

/* Nothing that another reader could take for the end of a line, or of the text. */
static bool is_one_line(struct http_text text, char first)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if ((c < (unsigned char)first && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

/* The sender has told in one way where the body ends. */
static void check_framing(const struct http_message *message)
{
    bool many_lengths;
    bool many_codings;
    struct http_text length =
        http_find_header(message->headers, message->header_count, "content-length", &many_lengths);
    struct http_text coding = http_find_header(message->headers, message->header_count,
                                               "transfer-encoding", &many_codings);
    assert(!many_lengths && !many_codings && (length.data == NULL || coding.data == NULL));
    assert(coding.data == NULL || http_text_equals_ignoring_case(coding, "chunked"));
    assert(message->body.size <= HTTP_BODY_SIZE_MAX);
}

static void check_message(enum http_parser_kind kind, const struct http_message *message)
{
    assert(message->minor_version == 0 || message->minor_version == 1);
    assert(message->header_count <= HTTP_HEADER_COUNT_MAX);
    for (size_t i = 0; i < message->header_count; i++) {
        assert(is_token(message->headers[i].name));
        assert(is_one_line(message->headers[i].value, ' '));
    }
    check_framing(message);
    if (kind == HTTP_PARSE_ANSWERS) {
        assert(message->status >= 200 && message->status <= 599);
        return;
    }
    struct http_text target = message->target;
    assert(message->status == 0 && (unsigned)message->method < HTTP_METHOD_COUNT);
    assert(target.size != 0 && target.size <= HTTP_TARGET_SIZE_MAX && is_one_line(target, '!'));
    assert(target.data[0] == '/' || http_text_equals(target, "*"));
    bool many_hosts;
    struct http_text host =
        http_find_header(message->headers, message->header_count, "host", &many_hosts);
    assert(!many_hosts && (host.size != 0 || message->minor_version == 0));
}

/* Where the whole message is at hand: is it what a second reader takes it for? */
static void check_reading(const struct http_parser *parser, struct http_text bytes)
{
    struct http_message message;
    struct buffer body;
    struct buffer expected;
    struct buffer found;
    buffer_init(&body, HTTP_BODY_SIZE_MAX);
    buffer_init(&expected, TRANSCRIPT_SIZE_MAX);
    buffer_init(&found, TRANSCRIPT_SIZE_MAX);
    http_reference_read(parser->kind == HTTP_PARSE_ANSWERS, bytes, &message, &body);
    write_message(&message, &expected);
    write_message(&parser->message, &found);
    fuzz_compare("the parser reads a message in its own way", &expected, &found);
    buffer_free(&body);
    buffer_free(&expected);
    buffer_free(&found);
}

static void check_limits(const struct http_parser *parser)
{
    assert(parser->head.size <= HTTP_HEAD_SIZE_MAX);
    assert(parser->body.size + parser->piece.size <= HTTP_BODY_SIZE_MAX);
    assert(parser->chunks.framing_size <= HTTP_FRAMING_SIZE_MAX + 1);
}

static void check_error(struct http_parser *parser, const struct piece *piece)
{
    size_t taken;
    assert(parser->error.status >= 400 && parser->error.text != NULL);
    assert(http_parser_feed(parser, piece->data, piece->size, &taken) == HTTP_PARSE_ERROR);
    assert(taken == 0);
}

/* False once there is an error, which is final. */
static bool feed(struct http_parser *parser, const struct piece *piece, struct buffer *out)
{
    size_t at = 0;
    while (at < piece->size) {
        size_t taken;
        bool was_inside = http_parser_is_inside(parser);
        enum http_parse_result result =
            http_parser_feed(parser, piece->data + at, piece->size - at, &taken);
        assert(taken <= piece->size - at);
        check_limits(parser);
        if (result == HTTP_PARSE_ERROR) {
            check_error(parser, piece);
            return false;
        }
        if (result == HTTP_PARSE_MESSAGE) {
            check_message(parser->kind, &parser->message);
            if (!was_inside)
                check_reading(parser, (struct http_text){piece->data + at, taken});
            write_message(&parser->message, out);
        } else {
            assert(taken == piece->size - at);
            assert(result == HTTP_PARSE_MORE || parser->message.expects_continue);
        }
        at += taken;
    }
    return true;
}

static void write_end(struct http_parser *parser, struct buffer *out)
{
    if (parser->error.status != 0) {
        buffer_append_int(out, parser->error.status);
        buffer_append_text(out, parser->error.text);
        return;
    }
    buffer_append_text(out, http_parser_is_inside(parser) ? "inside " : "between ");
    bool has_message;
    bool is_proper = http_parser_end(parser, &has_message);
    buffer_append_text(out, is_proper ? "end\n" : "cut\n");
    if (has_message) {
        check_message(parser->kind, &parser->message);
        write_message(&parser->message, out);
    }
}

void http_transcript_write(enum http_parser_kind kind, struct pieces pieces, struct buffer *out)
{
    struct http_parser parser;
    struct piece piece;
    bool goes_on = true;
    http_parser_init(&parser, kind);
    while (goes_on && pieces_take(&pieces, &piece)) {
        goes_on = feed(&parser, &piece, out);
        piece_drop(&piece);
    }
    write_end(&parser, out);
    http_parser_free(&parser);
}

void http_transcript_compare_cuts(enum http_parser_kind kind, struct pieces pieces)
{
    struct buffer whole;
    struct buffer cut;
    buffer_init(&whole, TRANSCRIPT_SIZE_MAX);
    buffer_init(&cut, TRANSCRIPT_SIZE_MAX);
    http_transcript_write(kind, pieces, &whole);
    pieces.cutting = CUT_AS_PLANNED;
    http_transcript_write(kind, pieces, &cut);
    fuzz_compare("the parser's verdict depends on the plan's cuts", &whole, &cut);
    if (pieces.size <= CUT_EVERYWHERE_SIZE_MAX) {
        buffer_clear(&cut);
        pieces.cutting = CUT_EVERYWHERE;
        http_transcript_write(kind, pieces, &cut);
        fuzz_compare("the parser's verdict depends on being cut byte by byte", &whole, &cut);
    }
    buffer_free(&whole);
    buffer_free(&cut);
}
