#include "http/auth.h"

#include <string.h>

static bool is_token_byte(char byte)
{
    bool is_letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    bool is_digit = byte >= '0' && byte <= '9';
    return is_letter || is_digit || (byte != '\0' && strchr("-._~+/", byte) != NULL);
}

/* RFC 6750's b68token: '=' stands at its end only. */
static bool is_token(struct http_text text)
{
    size_t size = text.size;
    if (size > HTTP_TOKEN_SIZE_MAX)
        return false;
    while (size != 0 && text.data[size - 1] == '=')
        size--;
    for (size_t i = 0; i < size; i++) {
        if (!is_token_byte(text.data[i]))
            return false;
    }
    return size != 0;
}

/* Up to the next comma. *rest: behind it; NULL: that was the last one. */
static struct http_text take_token(const char **rest)
{
    const char *start = *rest;
    size_t size = strcspn(start, ",");
    *rest = start[size] == ',' ? start + size + 1 : NULL;
    return (struct http_text){.data = start, .size = size};
}

bool http_token_is_valid(const char *token)
{
    return is_token((struct http_text){.data = token, .size = strlen(token)});
}

bool http_tokens_are_valid(const char *tokens)
{
    while (tokens != NULL) {
        if (!is_token(take_token(&tokens)))
            return false;
    }
    return true;
}

/* All of `presented` is looked at, whatever differs: the time tells its own length, no more. */
static bool equals_in_constant_time(struct http_text presented, struct http_text token)
{
    size_t difference = presented.size ^ token.size;
    for (size_t i = 0; i < presented.size; i++)
        difference |= (unsigned char)(presented.data[i] ^ token.data[i % token.size]);
    return difference == 0;
}

static bool is_one_of(struct http_text presented, const char *tokens)
{
    bool is_found = false;
    while (tokens != NULL)
        is_found |= equals_in_constant_time(presented, take_token(&tokens));
    return is_found;
}

/* "Bearer", in any case, blanks, and the token; size 0: nothing of the kind. */
static struct http_text read_credentials(struct http_text value)
{
    static const char scheme[] = "bearer";
    size_t at = sizeof scheme - 1;
    struct http_text word = {.data = value.data, .size = at};
    if (value.size <= at || value.data[at] != ' ' || !http_text_equals_ignoring_case(word, scheme))
        return (struct http_text){0};
    while (at < value.size && value.data[at] == ' ')
        at++;
    return (struct http_text){.data = value.data + at, .size = value.size - at};
}

enum http_permission http_check_token(const char *tokens, const struct http_header *headers,
                                      size_t count)
{
    if (*tokens == '\0')
        return HTTP_PERMITTED;
    struct http_text value = http_find_header(headers, count, "authorization", NULL);
    struct http_text presented = read_credentials(value);
    if (presented.size == 0)
        return HTTP_TOKEN_MISSING;
    return is_one_of(presented, tokens) ? HTTP_PERMITTED : HTTP_TOKEN_WRONG;
}
