/* What clients say in headers: what is accepted is in range, and what is written of it reads the
 * same. */
#include <assert.h>
#include <strings.h>

#include "base/trace.h"
#include "fuzz/fuzz.h"
#include "order/order.h"
#include "order/request.h"
#include "payment/codec.h"

static bool is_hex(const char *text, size_t size)
{
    return strspn(text, "0123456789abcdef") == size && text[size] == '\0';
}

static bool is_zero(const char *text)
{
    return text[strspn(text, "0")] == '\0';
}

static void check_trace(struct http_text value)
{
    struct prng prng;
    char header[TRACE_PARENT_SIZE + 1];
    prng_seed(&prng, 1);
    struct trace trace = trace_from_header(&prng, value.data, value.size);
    assert(is_hex(trace.id, TRACE_ID_SIZE) && !is_zero(trace.id) && is_hex(trace.flags, 2));
    bool is_taken_over =
        value.size >= TRACE_PARENT_SIZE && memcmp(value.data + 3, trace.id, TRACE_ID_SIZE) == 0;
    assert(!is_taken_over || memcmp(value.data + 53, trace.flags, 2) == 0);
    trace_format_header(&trace, &prng, header);
    assert(strlen(header) == TRACE_PARENT_SIZE);
    struct trace again = trace_from_header(&prng, header, TRACE_PARENT_SIZE);
    assert(strcmp(again.id, trace.id) == 0 && strcmp(again.flags, trace.flags) == 0);
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
    uint32_t expected = 0;
    for (size_t i = 0; i < value.size; i++)
        expected = expected * 10 + (uint32_t)(value.data[i] - '0');
    assert(timeout_ms == expected);
}

/* A further preference makes no difference. */
static void check_prefer(struct http_text value)
{
    struct http_header headers[2];
    struct http_request alone = request_of(headers, "Prefer", value, 1);
    bool prefers_async = request_prefers_async(&alone);
    assert(!prefers_async || value.size >= strlen("respond-async"));
    struct buffer longer;
    buffer_init(&longer, value.size + sizeof "wait=1, ");
    buffer_append_text(&longer, "wait=1, ");
    buffer_append(&longer, value.data, value.size);
    struct http_request behind =
        request_of(headers, "prefer", (struct http_text){longer.data, longer.size}, 1);
    assert(request_prefers_async(&behind) == prefers_async);
    buffer_free(&longer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_text value = {.data = (const char *)data, .size = size};
    check_trace(value);
    check_order_key(value);
    check_payment_key(value);
    check_timeout(value);
    check_prefer(value);
    return 0;
}
