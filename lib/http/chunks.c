#include "http/chunks.h"

static bool fail(struct http_parse_error *error, int status, const char *text)
{
    *error = (struct http_parse_error){.status = status, .text = text};
    return false;
}

static bool fail_malformed(struct http_parse_error *error)
{
    return fail(error, 400, "The chunked body is malformed");
}

/* -1: no digit. */
static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

static bool take_digit(struct http_chunks *chunks, int value, struct http_parse_error *error)
{
    chunks->rest_size = chunks->rest_size * 16 + (size_t)value;
    chunks->place = HTTP_CHUNKS_DIGIT;
    return chunks->body_size + chunks->rest_size <= HTTP_BODY_SIZE_MAX ||
           fail(error, 413, "The body is too large");
}

static bool take_size_byte(struct http_chunks *chunks, char byte, struct http_parse_error *error)
{
    int value = digit_value(byte);
    if (value >= 0)
        return take_digit(chunks, value, error);
    if (chunks->place == HTTP_CHUNKS_FIRST_DIGIT || (byte != ';' && byte != '\r'))
        return fail_malformed(error);
    chunks->place = byte == ';' ? HTTP_CHUNKS_EXTENSION : HTTP_CHUNKS_SIZE_LF;
    return true;
}

/* The line's end inside of a quote would be seen as such by some only. */
static bool take_extension_byte(struct http_chunks *chunks, char byte,
                                struct http_parse_error *error)
{
    bool is_control = ((unsigned char)byte < ' ' && byte != '\t') || byte == 0x7f;
    bool ends_line = byte == '\r' && chunks->place == HTTP_CHUNKS_EXTENSION;
    if (is_control && !ends_line)
        return fail_malformed(error);
    if (ends_line)
        chunks->place = HTTP_CHUNKS_SIZE_LF;
    else if (chunks->place == HTTP_CHUNKS_ESCAPE)
        chunks->place = HTTP_CHUNKS_QUOTE;
    else if (byte == '"')
        chunks->place =
            chunks->place == HTTP_CHUNKS_QUOTE ? HTTP_CHUNKS_EXTENSION : HTTP_CHUNKS_QUOTE;
    else if (byte == '\\' && chunks->place == HTTP_CHUNKS_QUOTE)
        chunks->place = HTTP_CHUNKS_ESCAPE;
    return true;
}

static bool take_line_end(struct http_chunks *chunks, char byte, char expected,
                          enum http_chunks_place next, struct http_parse_error *error)
{
    chunks->place = next;
    return byte == expected || fail_malformed(error);
}

static bool take_last_cr(struct http_chunks *chunks, char byte, struct http_parse_error *error)
{
    if ((unsigned char)byte > ' ' && byte != 0x7f)
        return fail(error, 400, "Trailers are not accepted");
    return take_line_end(chunks, byte, '\r', HTTP_CHUNKS_LAST_LF, error);
}

static bool take_size_lf(struct http_chunks *chunks, char byte, struct http_parse_error *error)
{
    bool is_last = chunks->rest_size == 0;
    chunks->body_size += chunks->rest_size;
    return take_line_end(chunks, byte, '\n', is_last ? HTTP_CHUNKS_LAST_CR : HTTP_CHUNKS_DATA,
                         error);
}

static bool take_framing_byte(struct http_chunks *chunks, char byte, struct http_parse_error *error)
{
    if (++chunks->framing_size > HTTP_FRAMING_SIZE_MAX)
        return fail(error, 400, "The chunked body has too much framing");
    switch (chunks->place) {
    case HTTP_CHUNKS_FIRST_DIGIT:
    case HTTP_CHUNKS_DIGIT:
        return take_size_byte(chunks, byte, error);
    case HTTP_CHUNKS_EXTENSION:
    case HTTP_CHUNKS_QUOTE:
    case HTTP_CHUNKS_ESCAPE:
        return take_extension_byte(chunks, byte, error);
    case HTTP_CHUNKS_SIZE_LF:
        return take_size_lf(chunks, byte, error);
    case HTTP_CHUNKS_DATA_CR:
        return take_line_end(chunks, byte, '\r', HTTP_CHUNKS_DATA_LF, error);
    case HTTP_CHUNKS_DATA_LF:
        return take_line_end(chunks, byte, '\n', HTTP_CHUNKS_FIRST_DIGIT, error);
    case HTTP_CHUNKS_LAST_CR:
        return take_last_cr(chunks, byte, error);
    case HTTP_CHUNKS_LAST_LF:
        return take_line_end(chunks, byte, '\n', HTTP_CHUNKS_END, error);
    case HTTP_CHUNKS_DATA:
    case HTTP_CHUNKS_END:
        break;
    }
    return false; /* never: the caller sees to these */
}

bool http_chunks_take(struct http_chunks *chunks, struct http_text bytes, size_t *taken,
                      struct http_text *piece, struct http_parse_error *error)
{
    *piece = (struct http_text){0};
    *taken = 0;
    while (*taken < bytes.size && chunks->place != HTTP_CHUNKS_END) {
        if (chunks->place != HTTP_CHUNKS_DATA) {
            if (!take_framing_byte(chunks, bytes.data[*taken], error))
                return false;
            ++*taken;
            continue;
        }
        size_t size = bytes.size - *taken;
        size = size < chunks->rest_size ? size : chunks->rest_size;
        *piece = (struct http_text){.data = bytes.data + *taken, .size = size};
        *taken += size;
        chunks->rest_size -= size;
        if (chunks->rest_size == 0)
            chunks->place = HTTP_CHUNKS_DATA_CR;
        break;
    }
    return true;
}
