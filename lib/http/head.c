#include "http/head.h"

#include <string.h>

static const char protocol[] = " HTTP/";

enum { PROTOCOL_SIZE = sizeof protocol - 1, VERSION_SIZE = 3 };

static bool fail(const struct http_head_reader *reader, int status, const char *text)
{
    if (reader->error->status == 0)
        *reader->error = (struct http_parse_error){.status = status, .text = text};
    return false;
}

static bool fail_first_line(const struct http_head_reader *reader)
{
    return fail(reader, 400, "The first line is malformed");
}

static int outcome_of(bool is_good)
{
    return is_good ? HPE_OK : HPE_USER;
}

void http_head_begin(struct http_head_reader *reader, struct http_message *message,
                     struct http_parse_error *error)
{
    *reader = (struct http_head_reader){.message = message, .error = error};
    message->target = (struct http_text){0};
    message->status = 0;
    message->expects_continue = false;
    message->framing = HTTP_FRAMING_NONE;
    message->length = 0;
    message->header_count = 0;
}

/* llhttp may tell a span in several pieces. */
static int take_piece(const struct http_head_reader *reader, struct http_text *span, const char *at,
                      size_t size)
{
    if (span->data == NULL)
        span->data = at;
    if (span->data + span->size != at)
        return outcome_of(fail(reader, 400, "The head is malformed"));
    span->size += size;
    return HPE_OK;
}

int http_head_on_method(llhttp_t *llhttp, const char *at, size_t size)
{
    struct http_head_reader *reader = llhttp->data;
    int verdict = take_piece(reader, &reader->method, at, size);
    reader->is_to_head = http_text_equals(reader->method, "HEAD") && at[size] == ' ';
    return verdict;
}

int http_head_on_url(llhttp_t *llhttp, const char *at, size_t size)
{
    struct http_head_reader *reader = llhttp->data;
    return take_piece(reader, &reader->message->target, at, size);
}

int http_head_on_version(llhttp_t *llhttp, const char *at, size_t size)
{
    struct http_head_reader *reader = llhttp->data;
    return take_piece(reader, &reader->version, at, size);
}

/* Whether nothing stands in the line but what llhttp has told: it skips further blanks, and takes
 * what follows "RTSP/" or "ICE/" for a version too. */
static bool is_plain_line(const struct http_head_reader *reader)
{
    struct http_text target = reader->message->target;
    const char *version = target.data + target.size + PROTOCOL_SIZE;
    return target.data == reader->method.data + reader->method.size + 1 &&
           reader->version.data == version &&
           memcmp(version - PROTOCOL_SIZE, protocol, PROTOCOL_SIZE) == 0 &&
           reader->version.size == VERSION_SIZE && version[VERSION_SIZE] == '\r';
}

static bool check_request_line(llhttp_t *llhttp, const struct http_head_reader *reader)
{
    if (!is_plain_line(reader))
        return fail_first_line(reader);
    if (llhttp_get_http_major(llhttp) != 1 || llhttp_get_http_minor(llhttp) > 1)
        return fail(reader, 505, "Only HTTP/1.0 and HTTP/1.1 are spoken here");
    return http_head_check_method(reader->method, reader->message, reader->error) &&
           http_head_check_target(reader->message, reader->error);
}

int http_head_on_version_complete(llhttp_t *llhttp)
{
    struct http_head_reader *reader = llhttp->data;
    reader->message->minor_version = llhttp_get_http_minor(llhttp);
    if (llhttp_get_type(llhttp) == HTTP_REQUEST)
        reader->has_version = check_request_line(llhttp, reader);
    else
        reader->has_version =
            (llhttp_get_http_major(llhttp) == 1 && llhttp_get_http_minor(llhttp) <= 1) ||
            fail_first_line(reader);
    return outcome_of(reader->has_version);
}

/* llhttp 8.1.0 takes any number of digits. */
int http_head_on_status_complete(llhttp_t *llhttp)
{
    struct http_head_reader *reader = llhttp->data;
    const char *digits = reader->version.data + VERSION_SIZE + 1;
    int status = llhttp_get_status_code(llhttp);
    if (status < 100 || (digits[3] != ' ' && digits[3] != '\r'))
        return outcome_of(fail_first_line(reader));
    if (status > 599 || status == 101)
        return outcome_of(fail(reader, 400, "The status code makes no sense here"));
    reader->message->status = status;
    return HPE_OK;
}

int http_head_on_header_field(llhttp_t *llhttp, const char *at, size_t size)
{
    struct http_head_reader *reader = llhttp->data;
    if (reader->message->header_count == HTTP_HEADER_COUNT_MAX)
        return outcome_of(fail(reader, 431, "There are too many headers"));
    return take_piece(reader, &reader->header.name, at, size);
}

int http_head_on_header_value(llhttp_t *llhttp, const char *at, size_t size)
{
    struct http_head_reader *reader = llhttp->data;
    return take_piece(reader, &reader->header.value, at, size);
}

/* llhttp skips the blanks before a value, not those behind it. */
static void add_header(struct http_head_reader *reader)
{
    struct http_message *message = reader->message;
    struct http_header header = reader->header;
    struct http_text *value = &header.value;
    if (value->data == NULL)
        value->data = header.name.data + header.name.size;
    while (value->size != 0 &&
           (value->data[value->size - 1] == ' ' || value->data[value->size - 1] == '\t'))
        value->size--;
    message->headers[message->header_count++] = header;
    reader->header = (struct http_header){0};
}

int http_head_on_header_value_complete(llhttp_t *llhttp)
{
    add_header(llhttp->data);
    return HPE_OK;
}

int http_head_on_headers_complete(llhttp_t *llhttp)
{
    struct http_head_reader *reader = llhttp->data;
    struct http_message *message = reader->message;
    struct http_parse_error *error = reader->error;
    bool is_answer = llhttp_get_type(llhttp) == HTTP_RESPONSE;
    bool is_good = reader->has_version || fail_first_line(reader);
    is_good = is_good && (is_answer || http_head_check_host(message, error));
    is_good = is_good && http_head_check_framing(message, error);
    is_good = is_good && (is_answer || http_head_check_expectation(message, error));
    http_head_check_connection(message);
    reader->is_whole = is_good;
    return is_good ? HPE_PAUSED : HPE_USER;
}

/* llhttp stops at the first byte that makes another method than those it knows. */
static void explain_method(struct http_head_reader *reader, struct http_text head)
{
    const char *blank = memchr(head.data, ' ', head.size);
    const char *end = memchr(head.data, '\r', head.size);
    if (blank == NULL || end - blank < 1 + 1 + PROTOCOL_SIZE + VERSION_SIZE ||
        memcmp(end - VERSION_SIZE - PROTOCOL_SIZE, protocol, PROTOCOL_SIZE) != 0)
        return;
    struct http_text name = {.data = head.data, .size = (size_t)(blank - head.data)};
    http_head_check_method(name, reader->message, reader->error);
}

/* llhttp stops in the midst of a value that it can't take. */
static void explain_headers(struct http_head_reader *reader, struct http_text head,
                            enum llhttp_errno reason)
{
    struct http_text *value = &reader->header.value;
    if (value->data != NULL) {
        const char *end = memchr(value->data, '\r', (size_t)(head.data + head.size - value->data));
        value->size = (size_t)(end - value->data);
    }
    if (reader->header.name.data != NULL && reason != HPE_INVALID_HEADER_TOKEN)
        add_header(reader);
    /* The versions refuse two lengths at different places: say it wherever they have stopped. */
    if (http_head_check_framing(reader->message, reader->error))
        fail(reader, 400,
             reason == HPE_INVALID_HEADER_TOKEN ? "A header line is malformed"
                                                : "The head is malformed");
}

static void explain_request_line(llhttp_t *llhttp, struct http_text head, enum llhttp_errno reason)
{
    struct http_head_reader *reader = llhttp->data;
    if (reader->version.data != NULL)
        check_request_line(llhttp, reader);
    else
        explain_method(reader, head);
    if (reason == HPE_INVALID_URL)
        fail(reader, 400, "The request target is malformed");
    fail_first_line(reader);
}

void http_head_explain(llhttp_t *llhttp, struct http_text head)
{
    struct http_head_reader *reader = llhttp->data;
    enum llhttp_errno reason = llhttp_get_errno(llhttp);
    if (reader->error->status != 0)
        return;
    if (llhttp_get_type(llhttp) == HTTP_REQUEST && !reader->has_version)
        explain_request_line(llhttp, head, reason);
    else if (reason == HPE_INVALID_CONSTANT || reason == HPE_INVALID_VERSION ||
             reason == HPE_INVALID_STATUS)
        fail_first_line(reader);
    else
        explain_headers(reader, head, reason);
}
