/* What clients say in headers: what is accepted is in range, and what is written of it reads the
 * same. */
#include <assert.h>
#include <strings.h>

#include "base/trace.h"
#include "fuzz/fuzz.h"
#include "fuzz/log_line.h"
#include "http/auth.h"
#include "order/order.h"
#include "order/request.h"
#include "payment/codec.h"

static bool is_hex(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\0' || strchr("0123456789abcdef", text[i]) == NULL)
            return false;
    }
    return true;
}

static bool is_id(const char *text, size_t size)
{
    bool is_zero = true;
    for (size_t i = 0; i < size; i++)
        is_zero &= text[i] == '0';
    return is_hex(text, size) && !is_zero;
}

/* W3C Trace Context, section 3.2: 00-<32 hex>-<16 hex>-<2 hex>; a later version may append more. */
static bool is_traceparent(struct http_text value)
{
    const char *text = value.data;
    return value.size >= 55 && is_hex(text, 2) && memcmp(text, "ff", 2) != 0 && text[2] == '-' &&
           is_id(text + 3, 32) && text[35] == '-' && is_id(text + 36, 16) && text[52] == '-' &&
           is_hex(text + 53, 2) &&
           (value.size == 55 || (memcmp(text, "00", 2) != 0 && text[55] == '-'));
}

/* Of the last digit: bits 0 and 1. */
static char known_flags(char digit)
{
    return "0123012301230123"[strchr("0123456789abcdef", digit) - "0123456789abcdef"];
}

static void check_trace(struct http_text value)
{
    struct prng prng;
    char header[TRACE_PARENT_SIZE + 1];
    prng_seed(&prng, 1);
    struct trace trace;
    bool is_taken_over = trace_take_over(&trace, &prng, value.data, value.size);
    assert(is_taken_over == is_traceparent(value) && trace.state[0] == '\0');
    assert(strlen(trace.id) == 32 && is_id(trace.id, 32));
    assert(strlen(trace.flags) == 2 && is_hex(trace.flags, 2));
    if (is_taken_over) {
        assert(memcmp(value.data + 3, trace.id, 32) == 0);
        assert(trace.flags[0] == '0' && trace.flags[1] == known_flags(value.data[54]));
    } else {
        assert(memcmp(trace.flags, "01", 2) == 0); /* a new one */
    }
    trace_format_header(&trace, &prng, header);
    assert(is_traceparent((struct http_text){header, strlen(header)}));
    struct trace again;
    is_taken_over = trace_take_over(&again, &prng, header, TRACE_PARENT_SIZE);
    assert(is_taken_over && strcmp(again.id, trace.id) == 0 &&
           strcmp(again.flags, trace.flags) == 0);
}

/* What is passed on is what came, or nothing. */
static void check_trace_state(struct http_text value)
{
    struct prng prng;
    prng_seed(&prng, 1);
    struct trace trace = trace_start(&prng);
    bool is_added = trace_add_state(&trace, value.data, value.size);
    size_t size = strlen(trace.state);
    assert(size <= TRACE_STATE_SIZE_MAX && (is_added || size == 0));
    for (size_t i = 0; i < size; i++)
        assert(trace.state[i] == '\t' || (trace.state[i] >= ' ' && trace.state[i] <= '~'));
}

/* A request with one header, which stands `count` times. */
static struct http_request request_of(struct http_header headers[2], const char *name,
                                      struct http_text value, size_t count)
{
    for (size_t i = 0; i < count; i++)
        headers[i] = (struct http_header){.name = {name, strlen(name)}, .value = value};
    return (struct http_request){.headers = headers, .header_count = count};
}

static bool is_inside(struct http_text part, struct http_text text)
{
    return part.data >= text.data && part.data + part.size <= text.data + text.size;
}

static void check_order_key(struct http_text value)
{
    struct http_header headers[2];
    struct http_text key;
    struct http_request twice = request_of(headers, "Idempotency-Key", value, 2);
    assert(!request_read_key(&twice, &key));
    struct http_request once = request_of(headers, "Idempotency-Key", value, 1);
    if (!request_read_key(&once, &key))
        return;
    assert(key.size >= 1 && key.size <= ORDER_KEY_SIZE_MAX && is_inside(key, value));
    for (size_t i = 0; i < key.size; i++)
        assert(key.data[i] > ' ' && key.data[i] <= '~' && key.data[i] != '"');
    struct http_text again;
    struct http_request bare = request_of(headers, "idempotency-key", key, 1);
    bool is_good = request_read_key(&bare, &again);
    assert(is_good && again.data == key.data && again.size == key.size);
}

static void check_payment_key(struct http_text value)
{
    struct http_header headers[2];
    struct payment payment = {0};
    char text[UUID_TEXT_SIZE + 1];
    struct http_request twice = request_of(headers, "Idempotency-Key", value, 2);
    assert(!codec_read_key(&twice, &payment));
    struct http_request once = request_of(headers, "Idempotency-Key", value, 1);
    if (!codec_read_key(&once, &payment))
        return;
    assert(payment.has_uid);
    uuid_format(&payment.uid, text);
    const char *sent = value.size == UUID_TEXT_SIZE ? value.data : value.data + 1;
    assert(strncasecmp(sent, text, UUID_TEXT_SIZE) == 0);
}

static void check_timeout(struct http_text value)
{
    struct http_header headers[2];
    uint32_t timeout_ms;
    struct http_request request = request_of(headers, "Request-Timeout-Ms", value, 1);
    if (!codec_read_timeout(&request, &timeout_ms))
        return;
    assert(timeout_ms >= 1 && timeout_ms <= 600000);
    uint64_t expected_ms = 0;
    for (size_t i = 0; i < value.size && expected_ms <= 600000; i++)
        expected_ms = expected_ms * 10 + (uint64_t)(value.data[i] - '0');
    assert(timeout_ms == expected_ms);
}

static bool is_token(struct http_text value, const char *token)
{
    struct http_text rest = {value.data + 7, value.size - 7};
    while (rest.size != 0 && *rest.data == ' ') {
        rest.data++;
        rest.size--;
    }
    return http_text_equals(rest, token);
}

/* RFC 6750, section 2.1. */
static void check_authorization(struct http_text value)
{
    struct http_header headers[2];
    struct http_request once = request_of(headers, "Authorization", value, 1);
    bool is_bearer = value.size > 7 && strncasecmp(value.data, "bearer ", 7) == 0;
    bool is_good = is_bearer && (is_token(value, "secret") || is_token(value, "b64/+=="));
    enum http_permission found = http_check_token("secret,b64/+==", once.headers, 1);
    assert((found == HTTP_PERMITTED) == is_good);
    assert(is_bearer || found == HTTP_TOKEN_MISSING);
    struct http_request twice = request_of(headers, "Authorization", value, 2);
    assert(http_check_token("secret", twice.headers, 2) == HTTP_TOKEN_MISSING);
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

/* Up to `mark`, without it and without the blanks around. A mark in quotes is none. */
static struct http_text take(struct http_text *rest, char mark)
{
    enum { PLAIN, QUOTED, ESCAPED } state = PLAIN;
    struct http_text word = {.data = rest->data, .size = 0};
    for (; word.size < rest->size; word.size++) {
        char byte = word.data[word.size];
        if (state == PLAIN && byte == mark)
            break;
        if (state == QUOTED)
            state = byte == '\\' ? ESCAPED : byte == '"' ? PLAIN : QUOTED;
        else
            state = state == ESCAPED || byte == '"' ? QUOTED : PLAIN;
    }
    size_t step = word.size == rest->size ? word.size : word.size + 1;
    rest->data += step;
    rest->size -= step;
    while (word.size != 0 && is_blank(*word.data)) {
        word.data++;
        word.size--;
    }
    while (word.size != 0 && is_blank(word.data[word.size - 1]))
        word.size--;
    return word;
}

static void check_prefer(struct http_text value)
{
    struct http_header headers[2];
    struct http_request once = request_of(headers, "Prefer", value, 1);
    bool is_preferred = request_prefers_async(&once);
    struct http_request twice = request_of(headers, "Prefer", value, 2);
    assert(request_prefers_async(&twice) == is_preferred);
    bool expected = false;
    while (value.size != 0) {
        struct http_text member = take(&value, ',');
        expected |= http_text_equals_ignoring_case(take(&member, ';'), "respond-async");
    }
    assert(is_preferred == expected);
}

static bool is_zero_weight(struct http_text parameter)
{
    bool is_weight = parameter.size > 2 && strncasecmp(parameter.data, "q=", 2) == 0;
    for (size_t i = 2; is_weight && i < parameter.size; i++)
        is_weight = parameter.data[i] == '0' || parameter.data[i] == '.';
    return is_weight;
}

/* The first range of that name decides. */
static void check_accept(struct http_text value)
{
    struct http_header headers[2];
    struct http_request request = request_of(headers, "Accept", value, 1);
    bool is_named = false;
    bool is_ruled_out = false;
    while (value.size != 0 && !is_named) {
        struct http_text range = take(&value, ',');
        is_named = http_text_equals_ignoring_case(take(&range, ';'), "text/event-stream");
        while (range.size != 0)
            is_ruled_out |= is_zero_weight(take(&range, ';')) && is_named;
    }
    assert(request_accepts_events(&request) == (is_named && !is_ruled_out));
}

static void check_last_event_id(struct http_text value)
{
    struct http_header headers[2];
    struct http_request in_header = request_of(headers, "Last-Event-ID", value, 1);
    in_header.query = (struct http_text){"last_event_id=7", 15};
    struct http_text id;
    bool is_read = request_read_last_event_id(&in_header, &id);
    assert(is_read);
    assert(value.size != 0 ? id.data == value.data && id.size == value.size
                           : http_text_equals(id, "7"));
    struct http_request in_query = {.query = value};
    is_read = request_read_last_event_id(&in_query, &id);
    assert(is_read && (id.size == 0 || is_inside(id, value)));
    struct http_request twice = request_of(headers, "Last-Event-ID", value, 2);
    assert(!request_read_last_event_id(&twice, &id));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_text value = {.data = (const char *)data, .size = size};
    check_trace(value);
    check_trace_state(value);
    check_order_key(value);
    check_payment_key(value);
    check_timeout(value);
    check_prefer(value);
    check_accept(value);
    check_last_event_id(value);
    check_authorization(value);
    log_line_check(value);
    return 0;
}
