/* A bug on purpose: an escape that is cut is read beyond the end of the query. */
#include "http/query.h"

bool __real_http_query_decode(struct http_text text, char *bytes, size_t size_max,
                              struct http_text *decoded);
bool __wrap_http_query_decode(struct http_text text, char *bytes, size_t size_max,
                              struct http_text *decoded);

bool __wrap_http_query_decode(struct http_text text, char *bytes, size_t size_max,
                              struct http_text *decoded)
{
    bool is_cut = text.size != 0 && text.data[text.size - 1] == '%';
    if (is_cut && text.data[text.size] == '\0')
        return false;
    return __real_http_query_decode(text, bytes, size_max, decoded);
}
