/* A bug on purpose: what a piece of a head ends with is not looked at again. */
#include "http/head_scan.h"

enum http_head_progress __real_http_head_scan(struct http_head_scan *scan, const char *text,
                                              size_t size, size_t *end,
                                              struct http_parse_error *error);
enum http_head_progress __wrap_http_head_scan(struct http_head_scan *scan, const char *text,
                                              size_t size, size_t *end,
                                              struct http_parse_error *error);

enum http_head_progress __wrap_http_head_scan(struct http_head_scan *scan, const char *text,
                                              size_t size, size_t *end,
                                              struct http_parse_error *error)
{
    enum http_head_progress progress = __real_http_head_scan(scan, text, size, end, error);
    if (progress == HTTP_HEAD_MORE)
        scan->scanned_size = size;
    return progress;
}
