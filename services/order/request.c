#include "order/request.h"

#include "http/query.h"
#include "order/order.h"

static struct http_text find_header(const struct http_request *request, const char *name)
{
    return http_find_header(request->headers, request->header_count, name, NULL);
}

/* A header that is a list may stand several times: it is one list then (RFC 9110, section 5.3). */
struct members {
    const struct http_request *request;
    const char *name;
    size_t header_count; /* that were looked at */
    struct http_text rest;
};

static bool take_member(struct members *members, struct http_text *member)
{
    const struct http_request *request = members->request;
    while (members->rest.size == 0) {
        if (members->header_count == request->header_count)
            return false;
        const struct http_header *header = &request->headers[members->header_count++];
        if (http_text_equals_ignoring_case(header->name, members->name))
            members->rest = header->value;
    }
    *member = http_take_member(&members->rest, ',');
    return true;
}

/* What stands before the member's parameters; "" where there is nothing. */
static struct http_text take_name(struct http_text *member)
{
    return member->size == 0 ? *member : http_take_member(member, ';');
}

/* Its parameters are of no interest here. */
bool request_prefers_async(const struct http_request *request)
{
    struct members members = {.request = request, .name = "prefer"};
    struct http_text member;
    while (take_member(&members, &member)) {
        if (http_text_equals_ignoring_case(take_name(&member), "respond-async"))
            return true;
    }
    return false;
}

/* "q=0", "q=0.", up to "q=0.000" */
static bool is_zero_weight(struct http_text parameter)
{
    if (parameter.size < 3 || (parameter.data[0] != 'q' && parameter.data[0] != 'Q') ||
        parameter.data[1] != '=')
        return false;
    for (size_t i = 2; i < parameter.size; i++) {
        if (parameter.data[i] != '0' && parameter.data[i] != '.')
            return false;
    }
    return true;
}

bool request_accepts_events(const struct http_request *request)
{
    struct members members = {.request = request, .name = "accept"};
    struct http_text range;
    while (take_member(&members, &range)) {
        if (!http_text_equals_ignoring_case(take_name(&range), "text/event-stream"))
            continue;
        bool is_ruled_out = false;
        while (range.size != 0)
            is_ruled_out = is_zero_weight(http_take_member(&range, ';')) || is_ruled_out;
        return !is_ruled_out;
    }
    return false;
}

bool request_read_last_event_id(const struct http_request *request, struct http_text *id)
{
    bool is_repeated = false;
    *id = http_find_header(request->headers, request->header_count, "last-event-id", &is_repeated);
    struct http_text query = request->query;
    struct http_parameter parameter;
    while (id->size == 0 && http_query_take(&query, &parameter)) {
        if (http_text_equals(parameter.name, "last_event_id"))
            *id = parameter.value;
    }
    return !is_repeated;
}

struct trace request_trace(const struct http_request *request, struct prng *prng)
{
    struct http_text header = find_header(request, "traceparent");
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
