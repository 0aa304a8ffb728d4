#include "fuzz/http_reference.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

static struct http_text take(struct http_text *rest, size_t size)
{
    assert(size <= rest->size);
    struct http_text taken = {.data = rest->data, .size = size};
    rest->data += size;
    rest->size -= size;
    return taken;
}

/* Without its CR LF, which is taken too. */
static struct http_text take_line(struct http_text *rest)
{
    const char *end = memmem(rest->data, rest->size, "\r\n", 2);
    assert(end != NULL);
    struct http_text line = take(rest, (size_t)(end - rest->data));
    take(rest, 2);
    return line;
}

/* Up to `mark`, which is taken too; all of it where there is none. */
static struct http_text take_word(struct http_text *rest, char mark)
{
    const char *end = rest->size == 0 ? NULL : memchr(rest->data, mark, rest->size);
    struct http_text word = take(rest, end == NULL ? rest->size : (size_t)(end - rest->data));
    if (end != NULL)
        take(rest, 1);
    return word;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct http_text trim(struct http_text text)
{
    while (text.size != 0 && is_blank(text.data[0]))
        take(&text, 1);
    while (text.size != 0 && is_blank(text.data[text.size - 1]))
        text.size--;
    return text;
}

static void read_version(struct http_text version, struct http_message *message)
{
    message->minor_version = http_text_equals(version, "HTTP/1.1") ? 1 : 0;
    assert(message->minor_version == 1 || http_text_equals(version, "HTTP/1.0"));
}

static void read_request_line(struct http_text line, struct http_message *message)
{
    struct http_text name = take_word(&line, ' ');
    message->target = take_word(&line, ' ');
    while (!http_text_equals(name, http_method_name(message->method)))
        message->method++;
    if (message->target.data[0] != '/' && !http_text_equals(message->target, "*")) {
        take(&message->target, strlen("http://"));
        take_word(&message->target, '/');
        if (message->target.size == 0 && message->target.data[-1] != '/')
            message->target = (struct http_text){.data = "/", .size = 1};
        else
            message->target =
                (struct http_text){message->target.data - 1, message->target.size + 1};
    }
    read_version(line, message);
}

static void read_status_line(struct http_text line, struct http_message *message)
{
    read_version(take_word(&line, ' '), message);
    struct http_text status = take_word(&line, ' ');
    assert(status.size == 3);
    for (size_t i = 0; i < status.size; i++)
        message->status = message->status * 10 + (status.data[i] - '0');
}

static void read_head(bool is_answer, struct http_text *rest, struct http_message *message)
{
    *message = (struct http_message){0};
    struct http_text line = take_line(rest);
    while (line.size == 0)
        line = take_line(rest);
    if (is_answer)
        read_status_line(line, message);
    else
        read_request_line(line, message);
    for (line = take_line(rest); line.size != 0; line = take_line(rest)) {
        assert(message->header_count < HTTP_HEADER_COUNT_MAX);
        struct http_header *header = &message->headers[message->header_count++];
        header->name = take_word(&line, ':');
        header->value = trim(line);
    }
}

static struct http_text find(const struct http_message *message, const char *name)
{
    return http_find_header(message->headers, message->header_count, name, NULL);
}

/* In any header of the name, among others. */
static bool has_word(const struct http_message *message, const char *name, const char *word)
{
    for (size_t i = 0; i < message->header_count; i++) {
        struct http_text value = message->headers[i].value;
        if (!http_text_equals_ignoring_case(message->headers[i].name, name))
            continue;
        while (value.size != 0) {
            if (http_text_equals_ignoring_case(trim(take_word(&value, ',')), word))
                return true;
        }
    }
    return false;
}

static size_t read_number(struct http_text digits, size_t base)
{
    static const char known[] = "0123456789abcdef";
    size_t number = 0;
    for (size_t i = 0; i < digits.size; i++) {
        char digit = digits.data[i];
        const char *place =
            strchr(known, digit >= 'A' && digit <= 'F' ? digit + ('a' - 'A') : digit);
        assert(digit != '\0' && place != NULL && (size_t)(place - known) < base);
        number = number * base + (size_t)(place - known);
        assert(number <= HTTP_BODY_SIZE_MAX);
    }
    assert(digits.size != 0);
    return number;
}

/* Without trailers, which are refused. */
static void read_chunks(struct http_text *rest, struct buffer *body)
{
    size_t size;
    do {
        struct http_text line = take_line(rest);
        size = read_number(trim(take_word(&line, ';')), 16);
        struct http_text chunk = take(rest, size);
        buffer_append(body, chunk.data, chunk.size);
        assert(take_line(rest).size == 0);
    } while (size != 0);
}

static void read_body(struct http_text *rest, struct http_message *message, struct buffer *body)
{
    struct http_text length = find(message, "content-length");
    if (message->status == 204 || message->status == 304) {
        message->body = (struct http_text){0};
    } else if (find(message, "transfer-encoding").data != NULL) {
        read_chunks(rest, body);
        message->body = (struct http_text){.data = body->data, .size = body->size};
    } else if (length.data != NULL) {
        message->body = take(rest, read_number(length, 10));
    }
}

void http_reference_read(bool is_answer, struct http_text bytes, struct http_message *message,
                         struct buffer *body)
{
    do {
        read_head(is_answer, &bytes, message);
    } while (is_answer && message->status < 200);
    read_body(&bytes, message, body);
    assert(bytes.size == 0 && !body->failed);
    message->keep_alive =
        !has_word(message, "connection", "close") &&
        (message->minor_version == 1 || has_word(message, "connection", "keep-alive"));
    message->expects_continue =
        !is_answer && message->minor_version == 1 && find(message, "expect").data != NULL;
}
