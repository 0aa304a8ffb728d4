#include "http/parser.h"

/* Buffers that grew beyond this are given back after the message. */
enum { KEPT_BUFFER_SIZE_MAX = 4096 };

static bool fail(struct http_parser *parser, int status, const char *text)
{
    if (parser->error.status == 0)
        parser->error = (struct http_parse_error){.status = status, .text = text};
    return false;
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

void http_parser_init(struct http_parser *parser, enum http_parser_kind kind)
{
    parser->kind = kind;
    parser->error = (struct http_parse_error){0};
    parser->reader = (struct http_head_reader){0};
    parser->scan = (struct http_head_scan){0};
    parser->piece = (struct http_text){0};
    parser->chunks = (struct http_chunks){0};
    parser->in_body = false;
    parser->is_whole = false;
    buffer_init(&parser->head, HTTP_HEAD_SIZE_MAX);
    buffer_init(&parser->body, HTTP_BODY_SIZE_MAX);
    llhttp_init(&parser->llhttp, kind == HTTP_PARSE_REQUESTS ? HTTP_REQUEST : HTTP_RESPONSE,
                &settings);
    parser->llhttp.data = &parser->reader;
}

void http_parser_free(struct http_parser *parser)
{
    buffer_free(&parser->head);
    buffer_free(&parser->body);
}

static void reuse_buffer(struct buffer *buffer)
{
    buffer_clear(buffer);
    if (buffer->capacity > KEPT_BUFFER_SIZE_MAX)
        buffer_free(buffer);
}

static void begin_message(struct http_parser *parser)
{
    llhttp_reset(&parser->llhttp);
    reuse_buffer(&parser->head);
    reuse_buffer(&parser->body);
    parser->reader.is_to_head = false;
    parser->scan = (struct http_head_scan){0};
    parser->piece = (struct http_text){0};
    parser->in_body = false;
    parser->is_whole = false;
}

/* Whatever its head says of one. */
static bool has_no_body(const struct http_message *message)
{
    return message->status == 204 || message->status == 304 ||
           (message->status >= 100 && message->status < 200);
}

static void begin_body(struct http_parser *parser)
{
    struct http_message *message = &parser->message;
    bool is_request = parser->kind == HTTP_PARSE_REQUESTS;
    if (has_no_body(message) || (is_request && message->framing == HTTP_FRAMING_NONE)) {
        message->framing = HTTP_FRAMING_LENGTH;
        message->length = 0;
    }
    if (message->framing == HTTP_FRAMING_NONE)
        message->keep_alive = false; /* the end of the stream is the end of the body */
    parser->chunks = (struct http_chunks){0};
    parser->rest_size = message->length;
    parser->is_whole = message->framing == HTTP_FRAMING_LENGTH && message->length == 0;
    parser->in_body = !parser->is_whole;
}

static bool read_head(struct http_parser *parser, struct http_text head)
{
    parser->fed_head = head;
    http_head_begin(&parser->reader, &parser->message, &parser->error);
    enum llhttp_errno outcome = llhttp_execute(&parser->llhttp, head.data, head.size);
    if (outcome != HPE_PAUSED || !parser->reader.is_whole) {
        http_head_explain(&parser->llhttp, head);
        return false;
    }
    begin_body(parser);
    return true;
}

static enum http_head_progress refuse_large_head(struct http_parser *parser, const char *text)
{
    bool has_line = memchr(text + parser->scan.blank_size, '\r',
                           HTTP_HEAD_SIZE_MAX - parser->scan.blank_size) != NULL;
    if (has_line || parser->kind == HTTP_PARSE_ANSWERS)
        fail(parser, 431, "The head is too large");
    else
        fail(parser, 414, "The request target is too long");
    return HTTP_HEAD_BAD;
}

/* A head that comes in one piece is read where it lies; the pieces of another are collected. */
static enum http_head_progress take_head(struct http_parser *parser, const char *data, size_t size,
                                         size_t *taken)
{
    size_t old_size = parser->head.size;
    size_t room = HTTP_HEAD_SIZE_MAX - old_size;
    /* At its first byte: what follows may not have come yet. */
    if (old_size == 0 && data[0] == '\r' && parser->kind == HTTP_PARSE_ANSWERS) {
        fail(parser, 400, "There is an empty line before the answer");
        return HTTP_HEAD_BAD;
    }
    struct http_text text = {.data = data, .size = size < room ? size : room};
    if (old_size != 0) {
        buffer_append(&parser->head, data, text.size);
        text = (struct http_text){.data = parser->head.data, .size = parser->head.size};
    }
    size_t end;
    enum http_head_progress progress =
        http_head_scan(&parser->scan, text.data, text.size, &end, &parser->error);
    if (progress == HTTP_HEAD_WHOLE) {
        *taken += end - old_size;
        size_t blank_size = parser->scan.blank_size;
        struct http_text head = {.data = text.data + blank_size, .size = end - blank_size};
        return read_head(parser, head) ? HTTP_HEAD_WHOLE : HTTP_HEAD_BAD;
    }
    if (progress == HTTP_HEAD_BAD)
        return progress;
    if (text.size == HTTP_HEAD_SIZE_MAX)
        return refuse_large_head(parser, text.data);
    if (old_size == 0)
        buffer_append(&parser->head, data, size);
    if (parser->head.failed) {
        fail(parser, 503, "Out of memory");
        return HTTP_HEAD_BAD;
    }
    *taken += size;
    return HTTP_HEAD_MORE;
}

/* The fed bytes go away before the message is whole: what points into them must move. */
static bool keep_pieces(struct http_parser *parser)
{
    struct http_message *message = &parser->message;
    struct http_text fed = parser->fed_head;
    buffer_append(&parser->body, parser->piece.data, parser->piece.size);
    parser->piece = (struct http_text){0};
    if (parser->head.size == 0) {
        buffer_append(&parser->head, fed.data, fed.size);
        if (parser->head.failed)
            return false;
        /* The target may be a constant instead. */
        uintptr_t start = (uintptr_t)message->target.data - (uintptr_t)fed.data;
        if (start < fed.size)
            message->target.data = parser->head.data + start;
        for (size_t i = 0; i < message->header_count; i++) {
            struct http_header *header = &message->headers[i];
            header->name.data = parser->head.data + (header->name.data - fed.data);
            header->value.data = parser->head.data + (header->value.data - fed.data);
        }
    }
    return !parser->body.failed;
}

static bool add_to_body(struct http_parser *parser, struct http_text text)
{
    if (text.size == 0)
        return true;
    if (parser->body.size + parser->piece.size + text.size > HTTP_BODY_SIZE_MAX)
        return fail(parser, 413, "The body is too large");
    if (parser->body.size == 0 && parser->piece.size == 0) {
        parser->piece = text;
        return true;
    }
    buffer_append(&parser->body, parser->piece.data, parser->piece.size);
    buffer_append(&parser->body, text.data, text.size);
    parser->piece = (struct http_text){0};
    return !parser->body.failed || fail(parser, 503, "Out of memory");
}

static bool take_chunks(struct http_parser *parser, struct http_text bytes, size_t *taken)
{
    *taken = 0;
    while (*taken < bytes.size && !parser->is_whole) {
        struct http_text rest = {.data = bytes.data + *taken, .size = bytes.size - *taken};
        struct http_text piece;
        size_t step;
        if (!http_chunks_take(&parser->chunks, rest, &step, &piece, &parser->error) ||
            !add_to_body(parser, piece))
            return false;
        *taken += step;
        parser->is_whole = parser->chunks.place == HTTP_CHUNKS_END;
    }
    return true;
}

static bool take_body(struct http_parser *parser, struct http_text bytes, size_t *taken)
{
    if (parser->message.framing == HTTP_FRAMING_CHUNKED)
        return take_chunks(parser, bytes, taken);
    if (parser->message.framing == HTTP_FRAMING_LENGTH) {
        if (bytes.size > parser->rest_size)
            bytes.size = parser->rest_size;
        parser->rest_size -= bytes.size;
        parser->is_whole = parser->rest_size == 0;
    }
    *taken = bytes.size;
    return add_to_body(parser, bytes);
}

static bool is_interim(const struct http_parser *parser)
{
    return parser->kind == HTTP_PARSE_ANSWERS && parser->message.status < 200;
}

static enum http_parse_result finish_message(struct http_parser *parser)
{
    parser->message.body = parser->piece;
    if (parser->body.size != 0)
        parser->message.body =
            (struct http_text){.data = parser->body.data, .size = parser->body.size};
    return HTTP_PARSE_MESSAGE;
}

enum http_parse_result http_parser_feed(struct http_parser *parser, const char *data, size_t size,
                                        size_t *taken)
{
    *taken = 0;
    if (parser->error.status != 0)
        return HTTP_PARSE_ERROR;
    if (parser->is_whole)
        begin_message(parser);
    bool was_in_body = parser->in_body;
    while (*taken < size) {
        if (!parser->in_body) {
            enum http_head_progress progress =
                take_head(parser, data + *taken, size - *taken, taken);
            if (progress != HTTP_HEAD_WHOLE)
                return progress == HTTP_HEAD_BAD ? HTTP_PARSE_ERROR : HTTP_PARSE_MORE;
        }
        if (parser->in_body) {
            size_t step;
            struct http_text rest = {.data = data + *taken, .size = size - *taken};
            if (!take_body(parser, rest, &step))
                return HTTP_PARSE_ERROR;
            *taken += step;
        }
        if (!parser->is_whole)
            break;
        if (!is_interim(parser))
            return finish_message(parser);
        begin_message(parser);
    }
    if (parser->in_body && !keep_pieces(parser)) {
        fail(parser, 503, "Out of memory");
        return HTTP_PARSE_ERROR;
    }
    bool wants_continue = parser->message.expects_continue && parser->in_body && !was_in_body;
    /* A client that has begun its body waits no more. */
    return wants_continue && parser->body.size == 0 && parser->chunks.framing_size == 0
               ? HTTP_PARSE_EXPECT
               : HTTP_PARSE_MORE;
}

bool http_parser_end(struct http_parser *parser, bool *has_message)
{
    *has_message = false;
    if (parser->error.status != 0)
        return false;
    if (!http_parser_is_inside(parser))
        return true;
    if (!parser->in_body || parser->message.framing != HTTP_FRAMING_NONE)
        return false;
    parser->is_whole = true;
    finish_message(parser);
    *has_message = true;
    return true;
}

bool http_parser_is_inside(const struct http_parser *parser)
{
    return !parser->is_whole && (parser->in_body || parser->head.size > parser->scan.blank_size);
}

bool http_parser_is_in_body(const struct http_parser *parser)
{
    return !parser->is_whole && parser->in_body;
}

bool http_parser_is_to_head(const struct http_parser *parser)
{
    return parser->reader.is_to_head;
}
