#include "order/request.h"

#include "order/order.h"

static struct http_text trim(struct http_text text)
{
    while (text.size != 0 && text.data[0] == ' ') {
        text.data++;
        text.size--;
    }
    while (text.size != 0 && text.data[text.size - 1] == ' ')
        text.size--;
    return text;
}

/* A comma-separated list; parameters and values are of no interest here. */
bool request_prefers_async(const struct http_request *request)
{
    struct http_text prefer =
        http_find_header(request->headers, request->header_count, "prefer", NULL);
    size_t start = 0;
    while (start < prefer.size) {
        size_t end = start;
        while (end < prefer.size && prefer.data[end] != ',')
            end++;
        struct http_text one = trim((struct http_text){prefer.data + start, end - start});
        if (http_text_equals_ignoring_case(one, "respond-async"))
            return true;
        start = end + 1;
    }
    return false;
}

struct trace request_trace(const struct http_request *request, struct prng *prng)
{
    struct http_text header =
        http_find_header(request->headers, request->header_count, "traceparent", NULL);
    struct trace trace;
    bool may_have_state = trace_take_over(&trace, prng, header.data, header.size);
    for (size_t i = 0; may_have_state && i < request->header_count; i++) {
        struct http_header other = request->headers[i];
        if (http_text_equals_ignoring_case(other.name, "tracestate"))
            may_have_state = trace_add_state(&trace, other.value.data, other.value.size);
    }
    return trace;
}

bool request_read_key(const struct http_request *request, struct http_text *key)
{
    bool is_repeated = false;
    *key =
        http_find_header(request->headers, request->header_count, "idempotency-key", &is_repeated);
    if (is_repeated)
        return false;
    if (key->data == NULL)
        return true;
    if (key->size >= 2 && key->data[0] == '"' && key->data[key->size - 1] == '"') {
        key->data++;
        key->size -= 2;
    }
    for (size_t i = 0; i < key->size; i++) {
        char byte = key->data[i];
        if (byte < 0x21 || byte > 0x7e || byte == '"' || byte == '\\')
            return false;
    }
    return key->size >= 1 && key->size <= ORDER_KEY_SIZE_MAX;
}
