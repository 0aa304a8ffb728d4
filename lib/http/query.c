#include "http/query.h"

enum { ESCAPE_SIZE = 3 };

/* Takes what stands before `mark` off `rest`, and the mark with it. */
static struct http_text take_until(struct http_text *rest, char mark)
{
    size_t size = 0;
    while (size < rest->size && rest->data[size] != mark)
        size++;
    struct http_text taken = {.data = rest->data, .size = size};
    size_t step = size < rest->size ? size + 1 : size;
    rest->data += step;
    rest->size -= step;
    return taken;
}

bool http_query_take(struct http_text *rest, struct http_parameter *parameter)
{
    while (rest->size != 0) {
        struct http_text value = take_until(rest, '&');
        if (value.size == 0)
            continue;
        parameter->name = take_until(&value, '=');
        parameter->value = value;
        return true;
    }
    return false;
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

bool http_query_decode(struct http_text text, char *bytes, size_t size_max,
                       struct http_text *decoded)
{
    size_t size = 0;
    for (size_t at = 0; at < text.size; size++) {
        if (size == size_max)
            return false;
        if (text.data[at] != '%') {
            bytes[size] = text.data[at] == '+' ? ' ' : text.data[at];
            at++;
            continue;
        }
        if (text.size - at < ESCAPE_SIZE)
            return false;
        int high = digit_value(text.data[at + 1]);
        int low = digit_value(text.data[at + 2]);
        if (high < 0 || low < 0)
            return false;
        bytes[size] = (char)(high * 16 + low);
        at += ESCAPE_SIZE;
    }
    *decoded = (struct http_text){.data = bytes, .size = size};
    return true;
}
