/* What the order service makes of the payment service's answers: only a recorded status, of the
 * very order that was asked about, in an answer whose code fits, proves anything (R2). And what the
 * payment service writes is understood.
 *
 * The input's first byte chooses the code, the rest is the body. */
#include <assert.h>

#include "fuzz/fuzz.h"
#include "fuzz/json_oracle.h"
#include "fuzz/payment_written.h"
#include "order/payment_codec.h"

enum { WRITTEN_SIZE_MAX = 1024, ORDER_ID = 7 };

static const int codes[] = {200, 402, 409, 500, 503, 202, 404, 422};

static enum payment_result result_of(const char *recorded)
{
    return strcmp(recorded, "PAID") == 0       ? PAYMENT_PAID
           : strcmp(recorded, "FAILED") == 0   ? PAYMENT_DECLINED
           : strcmp(recorded, "VOIDED") == 0   ? PAYMENT_VOIDED
           : strcmp(recorded, "REFUNDED") == 0 ? PAYMENT_REFUNDED
           : strcmp(recorded, "MISMATCH") == 0 ? PAYMENT_MISMATCH
                                               : PAYMENT_UNKNOWN;
}

static bool is_definite(int code)
{
    return code == 200 || code == 402 || code == 409;
}

static enum payment_result expect(int code, struct http_text body)
{
    struct json_faults faults = {0};
    json_t *tree = json_body_parse(body.data, body.size, &faults);
    const json_t *recorded = json_object_get(tree, "status");
    const json_t *about = json_object_get(tree, "order_id");
    enum payment_result expected = PAYMENT_UNKNOWN;
    if (code == 500)
        expected = PAYMENT_FAULT;
    else if (is_definite(code) && json_is_string(recorded) && json_is_integer(about) &&
             json_integer_value(about) == ORDER_ID)
        expected = result_of(json_string_value(recorded));
    json_decref(tree);
    return expected;
}

/* The first bytes of the input choose what is written. */
static void check_written(int code, const uint8_t *data, size_t size)
{
    struct {
        int64_t order_id;
        int32_t amount;
        uint32_t choice;
    } chosen = {0};
    memcpy(&chosen, data, size < sizeof chosen ? size : sizeof chosen);
    struct buffer written;
    buffer_init(&written, WRITTEN_SIZE_MAX);
    const char *recorded = payment_written(chosen.choice % PAYMENT_WRITTEN_COUNT, chosen.order_id,
                                           chosen.amount, &written);
    struct http_text body = {.data = written.data, .size = written.size};
    json_decref(json_oracle_read(&written));
    if (is_definite(code)) {
        assert(payment_codec_read_answer(code, body, chosen.order_id) == result_of(recorded));
        assert(payment_codec_read_answer(code, body, ~chosen.order_id) == PAYMENT_UNKNOWN);
    }
    buffer_free(&written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    int code = codes[data[0] % (sizeof codes / sizeof codes[0])];
    struct http_text body = {.data = (const char *)data + 1, .size = size - 1};
    json_oracle_check_parse(body);
    assert(payment_codec_read_answer(code, body, ORDER_ID) == expect(code, body));
    check_written(code, data, size);
    return 0;
}
