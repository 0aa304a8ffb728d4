#include "http/head.h"

#include <string.h>
#include <strings.h>

static const char token_marks[] = "!#$%&'*+-.^_`|~";
static const char host_marks[] = "-._~%:[]";

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool consists_of(struct http_text text, const char *marks)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (!is_alphanumeric(c) && (c == '\0' || strchr(marks, c) == NULL))
            return false;
    }
    return text.size != 0;
}

static bool fail(struct http_parse_error *error, int status, const char *text)
{
    *error = (struct http_parse_error){.status = status, .text = text};
    return false;
}

static enum http_head_progress scan_fail(struct http_parse_error *error, const char *text)
{
    fail(error, 400, text);
    return HTTP_HEAD_BAD;
}

/* At a CR: HTTP_HEAD_MORE with *step 0 where what follows has not come yet, with *step 2 where the
 * next line is a good one. */
static enum http_head_progress scan_line_end(const char *at, size_t size, size_t *step,
                                             struct http_parse_error *error)
{
    *step = 0;
    if (size >= 2 && at[1] != '\n')
        return scan_fail(error, "A CR in the head is not followed by LF");
    if (size < 3)
        return HTTP_HEAD_MORE;
    if (at[2] == ' ' || at[2] == '\t')
        return scan_fail(error, "A header line is folded");
    if (at[2] == ':')
        return scan_fail(error, "A header has no name");
    if (at[2] == '\r') {
        if (size < 4)
            return HTTP_HEAD_MORE;
        if (at[3] != '\n')
            return scan_fail(error, "A CR in the head is not followed by LF");
        return HTTP_HEAD_WHOLE;
    }
    *step = 2;
    return HTTP_HEAD_MORE;
}

/* Empty lines in front of the request line; RFC 9112 section 2.2 wants them ignored. */
static enum http_head_progress scan_blank_lines(struct http_head_scan *scan, const char *text,
                                                size_t size, struct http_parse_error *error)
{
    while (scan->scanned_size == scan->blank_size && scan->blank_size < size &&
           text[scan->blank_size] == '\r') {
        if (scan->blank_size + 1 == size)
            return HTTP_HEAD_MORE;
        if (text[scan->blank_size + 1] != '\n')
            return scan_fail(error, "A CR in the head is not followed by LF");
        scan->blank_size += 2;
        scan->scanned_size += 2;
        if (scan->blank_size > HTTP_BLANK_SIZE_MAX)
            return scan_fail(error, "There are too many empty lines before the request");
    }
    return HTTP_HEAD_WHOLE;
}

/* Neither a CR, which the caller looks at, nor a control byte. */
static bool is_plain(char c)
{
    unsigned char byte = (unsigned char)c;
    return (byte >= ' ' && byte != 0x7f) || byte == '\t';
}

enum http_head_progress http_head_scan(struct http_head_scan *scan, const char *text, size_t size,
                                       size_t *end, struct http_parse_error *error)
{
    enum http_head_progress progress = scan_blank_lines(scan, text, size, error);
    if (progress != HTTP_HEAD_WHOLE)
        return progress;
    size_t at = scan->scanned_size;
    while (at < size) {
        if (is_plain(text[at])) {
            at++;
            continue;
        }
        if (text[at] == '\n')
            return scan_fail(error, "An LF in the head does not follow CR");
        if (text[at] != '\r')
            return scan_fail(error, "There is a control byte in the head");
        size_t step;
        progress = scan_line_end(text + at, size - at, &step, error);
        if (progress == HTTP_HEAD_WHOLE)
            *end = at + 4;
        if (progress != HTTP_HEAD_MORE)
            return progress;
        if (step == 0)
            break;
        at += step;
    }
    scan->scanned_size = at;
    return HTTP_HEAD_MORE;
}

/* Takes the text up to `mark` off the front, and the mark; false where there is none. */
static bool take_until(struct http_text *rest, char mark, struct http_text *taken)
{
    const char *found = rest->size == 0 ? NULL : memchr(rest->data, mark, rest->size);
    if (found == NULL)
        return false;
    *taken = (struct http_text){.data = rest->data, .size = (size_t)(found - rest->data)};
    rest->data += taken->size + 1;
    rest->size -= taken->size + 1;
    return true;
}

/* The scan has made sure that an LF follows each CR. */
static struct http_text take_line(struct http_text *rest)
{
    struct http_text line = {0};
    if (take_until(rest, '\r', &line)) {
        rest->data++;
        rest->size--;
    }
    return line;
}

static bool read_method(struct http_text name, enum http_method *method,
                        struct http_parse_error *error)
{
    if (!consists_of(name, token_marks))
        return fail(error, 400, "The method is not a token");
    for (size_t i = 0; i < HTTP_METHOD_COUNT; i++) {
        if (http_text_equals(name, http_method_name((enum http_method)i))) {
            *method = (enum http_method)i;
            return true;
        }
    }
    return fail(error, 501, "The method is not implemented");
}

static bool read_version(struct http_text text, int *minor_version, struct http_parse_error *error)
{
    if (text.size != 8 || memcmp(text.data, "HTTP/", 5) != 0 || !is_digit(text.data[5]) ||
        text.data[6] != '.' || !is_digit(text.data[7]))
        return fail(error, 400, "The first line is malformed");
    if (text.data[5] != '1' || text.data[7] > '1')
        return fail(error, 505, "Only HTTP/1.0 and HTTP/1.1 are spoken here");
    *minor_version = text.data[7] - '0';
    return true;
}

/* "http://host/path" is what a client sends to a proxy, and must be taken (RFC 9112, 3.2.2). */
static bool take_off_authority(struct http_text *target)
{
    static const char scheme[] = "http://";
    size_t scheme_size = sizeof scheme - 1;
    if (target->size <= scheme_size || strncasecmp(target->data, scheme, scheme_size) != 0)
        return false;
    struct http_text rest = {target->data + scheme_size, target->size - scheme_size};
    const char *slash = memchr(rest.data, '/', rest.size);
    struct http_text host = {rest.data, slash == NULL ? rest.size : (size_t)(slash - rest.data)};
    if (!consists_of(host, host_marks))
        return false;
    if (slash == NULL)
        *target = (struct http_text){.data = "/", .size = 1};
    else
        *target = (struct http_text){.data = slash, .size = rest.size - host.size};
    return true;
}

static bool read_target(struct http_message *message, struct http_parse_error *error)
{
    struct http_text target = message->target;
    if (target.size > HTTP_TARGET_SIZE_MAX)
        return fail(error, 414, "The request target is too long");
    for (size_t i = 0; i < target.size; i++) {
        char c = target.data[i];
        if (c <= ' ' || c > '~' || c == '#')
            return fail(error, 400, "There is a forbidden byte in the request target");
    }
    bool is_path = target.size != 0 && target.data[0] == '/';
    bool is_star = message->method == HTTP_METHOD_OPTIONS && http_text_equals(target, "*");
    if (!is_path && !is_star && !take_off_authority(&message->target))
        return fail(error, 400, "The request target is malformed");
    return true;
}

static bool read_request_line(struct http_text line, struct http_message *message,
                              struct http_parse_error *error)
{
    struct http_text method;
    if (!take_until(&line, ' ', &method) || !take_until(&line, ' ', &message->target))
        return fail(error, 400, "The first line is malformed");
    return read_version(line, &message->minor_version, error) &&
           read_method(method, &message->method, error) && read_target(message, error);
}

static bool read_status_line(struct http_text line, struct http_message *message,
                             struct http_parse_error *error)
{
    struct http_text version;
    if (!take_until(&line, ' ', &version) || !read_version(version, &message->minor_version, error))
        return fail(error, 400, "The first line is malformed");
    bool is_status = line.size >= 3 && is_digit(line.data[0]) && is_digit(line.data[1]) &&
                     is_digit(line.data[2]) && (line.size == 3 || line.data[3] == ' ');
    if (!is_status)
        return fail(error, 400, "The first line is malformed");
    message->status = (line.data[0] - '0') * 100 + (line.data[1] - '0') * 10 + (line.data[2] - '0');
    if (message->status < 100 || message->status > 599 || message->status == 101)
        return fail(error, 400, "The status code makes no sense here");
    return true;
}

static struct http_text trim(struct http_text text)
{
    while (text.size != 0 && (text.data[0] == ' ' || text.data[0] == '\t')) {
        text.data++;
        text.size--;
    }
    while (text.size != 0 && (text.data[text.size - 1] == ' ' || text.data[text.size - 1] == '\t'))
        text.size--;
    return text;
}

static bool read_headers(struct http_text rest, struct http_message *message,
                         struct http_parse_error *error)
{
    message->header_count = 0;
    for (;;) {
        struct http_text line = take_line(&rest);
        if (line.size == 0)
            return true;
        if (message->header_count == HTTP_HEADER_COUNT_MAX)
            return fail(error, 431, "There are too many headers");
        struct http_header *header = &message->headers[message->header_count];
        if (!take_until(&line, ':', &header->name) || !consists_of(header->name, token_marks))
            return fail(error, 400, "A header line is malformed");
        header->value = trim(line);
        message->header_count++;
    }
}

static struct http_text find(const struct http_message *message, const char *name,
                             bool *is_repeated)
{
    return http_find_header(message->headers, message->header_count, name, is_repeated);
}

static bool check_length(struct http_text length, struct http_parse_error *error)
{
    uint64_t value = 0;
    for (size_t i = 0; i < length.size; i++) {
        if (!is_digit(length.data[i]))
            return fail(error, 400, "Content-Length is not a number");
        if (value <= HTTP_BODY_SIZE_MAX)
            value = value * 10 + (uint64_t)(length.data[i] - '0');
    }
    if (length.size == 0)
        return fail(error, 400, "Content-Length is not a number");
    if (value > HTTP_BODY_SIZE_MAX)
        return fail(error, 413, "The body is too large");
    return true;
}

/* RFC 9112 section 6: there must be one way only to tell where the body ends. */
static bool check_framing(const struct http_message *message, struct http_parse_error *error)
{
    bool many_lengths;
    bool many_codings;
    struct http_text length = find(message, "content-length", &many_lengths);
    struct http_text coding = find(message, "transfer-encoding", &many_codings);
    if (many_lengths)
        return fail(error, 400, "Content-Length stands several times");
    if (many_codings)
        return fail(error, 400, "Transfer-Encoding stands several times");
    if (coding.data != NULL) {
        if (length.data != NULL)
            return fail(error, 400, "Content-Length and Transfer-Encoding exclude each other");
        if (message->minor_version == 0)
            return fail(error, 400, "HTTP/1.0 has no Transfer-Encoding");
        if (!http_text_equals_ignoring_case(coding, "chunked"))
            return fail(error, 400, "The only Transfer-Encoding taken here is chunked");
    }
    return length.data == NULL || check_length(length, error);
}

static bool check_host(const struct http_message *message, struct http_parse_error *error)
{
    bool is_repeated;
    struct http_text host = find(message, "host", &is_repeated);
    if (is_repeated)
        return fail(error, 400, "Host stands several times");
    if (host.data == NULL && message->minor_version == 0)
        return true;
    if (host.data == NULL)
        return fail(error, 400, "Host is missing");
    if (!consists_of(host, host_marks))
        return fail(error, 400, "Host is malformed");
    return true;
}

static bool check_expectation(struct http_message *message, struct http_parse_error *error)
{
    bool is_repeated;
    struct http_text expectation = find(message, "expect", &is_repeated);
    message->expects_continue = false;
    bool is_absent = expectation.data == NULL && !is_repeated;
    if (is_absent || message->minor_version == 0)
        return true;
    if (is_repeated || !http_text_equals_ignoring_case(expectation, "100-continue"))
        return fail(error, 417, "The expectation can't be met");
    message->expects_continue = true;
    return true;
}

bool http_head_read_request(struct http_text head, struct http_message *message,
                            struct http_parse_error *error)
{
    struct http_text line = take_line(&head);
    message->status = 0;
    return read_request_line(line, message, error) && read_headers(head, message, error) &&
           check_host(message, error) && check_framing(message, error) &&
           check_expectation(message, error);
}

bool http_head_read_answer(struct http_text head, struct http_message *message,
                           struct http_parse_error *error)
{
    struct http_text line = take_line(&head);
    message->target = (struct http_text){0};
    message->expects_continue = false;
    return read_status_line(line, message, error) && read_headers(head, message, error) &&
           check_framing(message, error);
}
