#include "http/head_check.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

static const char token_marks[] = "!#$%&'*+-.^_`|~";
static const char name_marks[] = "-._~%";

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

static bool is_hex_digit(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Of RFC 3986's reg-name what hosts have: no sub-delims, as in "a;b". */
static bool is_host_name(struct http_text name)
{
    if (!consists_of(name, name_marks))
        return false;
    for (size_t i = 0; i < name.size; i++) {
        bool has_digits =
            name.size - i > 2 && is_hex_digit(name.data[i + 1]) && is_hex_digit(name.data[i + 2]);
        if (name.data[i] == '%' && !has_digits)
            return false;
    }
    return true;
}

static bool is_ipv6_address(struct http_text text)
{
    char copy[INET6_ADDRSTRLEN];
    struct in6_addr address;
    if (text.size >= sizeof copy)
        return false;
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    return inet_pton(AF_INET6, copy, &address) == 1;
}

/* "", ":", ":80" */
static bool is_port(struct http_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (i == 0 ? text.data[i] != ':' : !is_digit(text.data[i]))
            return false;
    }
    return true;
}

/* "a", "a:80", "[::1]:80" */
static bool is_authority(struct http_text text)
{
    bool is_ipv6 = text.size != 0 && text.data[0] == '[';
    const char *end = text.size == 0 ? NULL : memchr(text.data, is_ipv6 ? ']' : ':', text.size);
    struct http_text host = {text.data, end == NULL ? text.size : (size_t)(end - text.data)};
    if (is_ipv6) {
        if (end == NULL || !is_ipv6_address((struct http_text){host.data + 1, host.size - 1}))
            return false;
        host.size++;
    } else if (!is_host_name(host)) {
        return false;
    }
    return is_port((struct http_text){text.data + host.size, text.size - host.size});
}

static bool fail(struct http_parse_error *error, int status, const char *text)
{
    *error = (struct http_parse_error){.status = status, .text = text};
    return false;
}

bool http_head_check_method(struct http_text name, struct http_message *message,
                            struct http_parse_error *error)
{
    if (!consists_of(name, token_marks))
        return fail(error, 400, "The method is not a token");
    for (size_t i = 0; i < HTTP_METHOD_COUNT; i++) {
        if (http_text_equals(name, http_method_name((enum http_method)i))) {
            message->method = (enum http_method)i;
            return true;
        }
    }
    return fail(error, 501, "The method is not implemented");
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
    if (!is_authority(host))
        return false;
    if (slash == NULL)
        *target = (struct http_text){.data = "/", .size = 1};
    else
        *target = (struct http_text){.data = slash, .size = rest.size - host.size};
    return true;
}

bool http_head_check_target(struct http_message *message, struct http_parse_error *error)
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

static struct http_text find(const struct http_message *message, const char *name,
                             bool *is_repeated)
{
    return http_find_header(message->headers, message->header_count, name, is_repeated);
}

static bool read_length(struct http_text length, struct http_message *message,
                        struct http_parse_error *error)
{
    size_t value = 0;
    for (size_t i = 0; i < length.size; i++) {
        if (!is_digit(length.data[i]))
            return fail(error, 400, "Content-Length is not a number");
        if (value <= HTTP_BODY_SIZE_MAX)
            value = value * 10 + (size_t)(length.data[i] - '0');
    }
    if (length.size == 0)
        return fail(error, 400, "Content-Length is not a number");
    if (value > HTTP_BODY_SIZE_MAX)
        return fail(error, 413, "The body is too large");
    message->framing = HTTP_FRAMING_LENGTH;
    message->length = value;
    return true;
}

/* RFC 9112 section 6: there must be one way only to tell where the body ends. */
bool http_head_check_framing(struct http_message *message, struct http_parse_error *error)
{
    bool many_lengths;
    bool many_codings;
    struct http_text length = find(message, "content-length", &many_lengths);
    struct http_text coding = find(message, "transfer-encoding", &many_codings);
    if ((length.data != NULL || many_lengths) && (coding.data != NULL || many_codings))
        return fail(error, 400, "Content-Length and Transfer-Encoding exclude each other");
    if (many_lengths)
        return fail(error, 400, "Content-Length stands several times");
    if (many_codings)
        return fail(error, 400, "Transfer-Encoding stands several times");
    if (length.data != NULL)
        return read_length(length, message, error);
    message->framing = coding.data == NULL ? HTTP_FRAMING_NONE : HTTP_FRAMING_CHUNKED;
    if (coding.data == NULL)
        return true;
    if (message->minor_version == 0)
        return fail(error, 400, "HTTP/1.0 has no Transfer-Encoding");
    return http_text_equals_ignoring_case(coding, "chunked") ||
           fail(error, 400, "The only Transfer-Encoding taken here is chunked");
}

bool http_head_check_host(const struct http_message *message, struct http_parse_error *error)
{
    bool is_repeated;
    struct http_text host = find(message, "host", &is_repeated);
    if (is_repeated)
        return fail(error, 400, "Host stands several times");
    if (host.data == NULL && message->minor_version == 0)
        return true;
    if (host.data == NULL)
        return fail(error, 400, "Host is missing");
    if (!is_authority(host))
        return fail(error, 400, "Host is malformed");
    return true;
}

/* In any of the Connection headers. */
static bool has_option(const struct http_message *message, const char *option)
{
    for (size_t i = 0; i < message->header_count; i++) {
        struct http_text list = message->headers[i].value;
        if (!http_text_equals_ignoring_case(message->headers[i].name, "connection"))
            continue;
        while (list.size != 0) {
            if (http_text_equals_ignoring_case(http_take_element(&list, ','), option))
                return true;
        }
    }
    return false;
}

void http_head_check_connection(struct http_message *message)
{
    message->keep_alive = !has_option(message, "close") &&
                          (message->minor_version == 1 || has_option(message, "keep-alive"));
}

bool http_head_check_expectation(struct http_message *message, struct http_parse_error *error)
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
