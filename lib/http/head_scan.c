#include "http/head_scan.h"

#include <stdbool.h>

static enum http_head_progress fail(struct http_parse_error *error, const char *text)
{
    *error = (struct http_parse_error){.status = 400, .text = text};
    return HTTP_HEAD_BAD;
}

/* At a CR: HTTP_HEAD_MORE with *step 0 where what follows has not come yet, with *step 2 where the
 * next line is a good one. */
static enum http_head_progress scan_line_end(const char *at, size_t size, size_t *step,
                                             struct http_parse_error *error)
{
    *step = 0;
    if (size >= 2 && at[1] != '\n')
        return fail(error, "A CR in the head is not followed by LF");
    if (size < 3)
        return HTTP_HEAD_MORE;
    if (at[2] == ' ' || at[2] == '\t')
        return fail(error, "A header line is folded");
    if (at[2] == ':')
        return fail(error, "A header has no name");
    if (at[2] == '\r') {
        if (size < 4)
            return HTTP_HEAD_MORE;
        if (at[3] != '\n')
            return fail(error, "A CR in the head is not followed by LF");
        return HTTP_HEAD_WHOLE;
    }
    *step = 2;
    return HTTP_HEAD_MORE;
}

/* Empty lines in front of the request line; RFC 9112 section 2.2 wants servers to ignore them. */
static enum http_head_progress scan_blank_lines(struct http_head_scan *scan, const char *text,
                                                size_t size, struct http_parse_error *error)
{
    while (scan->scanned_size == scan->blank_size && scan->blank_size < size &&
           text[scan->blank_size] == '\r') {
        if (scan->blank_size + 1 == size)
            return HTTP_HEAD_MORE;
        if (text[scan->blank_size + 1] != '\n')
            return fail(error, "A CR in the head is not followed by LF");
        scan->blank_size += 2;
        scan->scanned_size += 2;
        if (scan->blank_size > HTTP_BLANK_SIZE_MAX)
            return fail(error, "There are too many empty lines before the request");
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
            return fail(error, "An LF in the head does not follow CR");
        if (text[at] != '\r')
            return fail(error, "There is a control byte in the head");
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
