/* What the order service makes of the payment service's answers: only a recorded status, of the
 * very order and amount that was asked about, in an answer whose code fits the call, proves
 * anything. And what the payment service writes is understood.
 *
 * The input's first byte chooses the code and the call, the rest is the body. */
#include <assert.h>

#include "fuzz/fuzz.h"
#include "fuzz/json_oracle.h"
#include "fuzz/payment_written.h"
#include "order/payment_codec.h"

enum { WRITTEN_SIZE_MAX = 1024, ORDER_ID = 7, PRICE = 100, CODE_COUNT = 8, VERB_COUNT = 3 };

static const int codes[CODE_COUNT] = {200, 402, 409, 500, 503, 202, 404, 422};

static enum payment_result result_of(const char *recorded)
{
    return strcmp(recorded, "PAID") == 0       ? PAYMENT_PAID
           : strcmp(recorded, "FAILED") == 0   ? PAYMENT_DECLINED
           : strcmp(recorded, "VOIDED") == 0   ? PAYMENT_VOIDED
           : strcmp(recorded, "REFUNDED") == 0 ? PAYMENT_REFUNDED
           : strcmp(recorded, "MISMATCH") == 0 ? PAYMENT_MISMATCH
                                               : PAYMENT_UNKNOWN;
}

/* The only code in which the payment service tells this; 0: it never does. */
static int code_for(enum payment_verb verb, enum payment_result result)
{
    if (result == PAYMENT_UNKNOWN)
        return 0;
    if (result == PAYMENT_MISMATCH)
        return 409;
    switch (verb) {
    case PAYMENT_VERB_CHARGE:
        return result == PAYMENT_PAID ? 200 : result == PAYMENT_DECLINED ? 402 : 409;
    case PAYMENT_VERB_VOID:
        return 200;
    case PAYMENT_VERB_REFUND:
        break;
    }
    return result == PAYMENT_REFUNDED ? 200 : result == PAYMENT_PAID ? 0 : 409;
}

static bool tells_amount(const json_t *tree, enum payment_result result)
{
    const json_t *amount = json_object_get(tree, "amount");
    if (result == PAYMENT_VOIDED || result == PAYMENT_MISMATCH)
        return amount == NULL || json_is_null(amount);
    return json_is_integer(amount) && json_integer_value(amount) == PRICE;
}

static enum payment_result expect_definite(enum payment_verb verb, int code, const json_t *tree)
{
    const json_t *recorded = json_object_get(tree, "status");
    const json_t *about = json_object_get(tree, "order_id");
    if (!json_is_string(recorded) || !json_is_integer(about) ||
        json_integer_value(about) != ORDER_ID)
        return PAYMENT_UNKNOWN;
    enum payment_result result = result_of(json_string_value(recorded));
    return code_for(verb, result) == code && tells_amount(tree, result) ? result : PAYMENT_UNKNOWN;
}

static enum payment_result expect(enum payment_verb verb, int code, struct http_text body)
{
    if (code == 500)
        return PAYMENT_FAULT;
    struct json_faults faults = {0};
    json_t *tree = json_body_parse(body.data, body.size, &faults);
    const char *word = json_string_value(json_object_get(tree, "status"));
    enum payment_result expected = expect_definite(verb, code, tree);
    if (code == 503)
        expected = word != NULL && strcmp(word, "BUSY") == 0 ? PAYMENT_BUSY : PAYMENT_UNKNOWN;
    json_decref(tree);
    return expected;
}

/* The first bytes of the input choose what is written. */
static void check_written(enum payment_verb verb, const uint8_t *data, size_t size)
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
    enum payment_result told = result_of(recorded);
    int code = code_for(verb, told);
    struct order order = {.id = chosen.order_id, .price = chosen.amount};
    if (code != 0)
        assert(payment_codec_read_answer(verb, code, body, &order) == told);
    order.id = ~chosen.order_id;
    assert(payment_codec_read_answer(verb, 200, body, &order) == PAYMENT_UNKNOWN);
    buffer_free(&written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    int code = codes[data[0] % CODE_COUNT];
    enum payment_verb verb = (enum payment_verb)(data[0] / CODE_COUNT % VERB_COUNT);
    struct http_text body = {.data = (const char *)data + 1, .size = size - 1};
    struct order order = {.id = ORDER_ID, .price = PRICE};
    json_oracle_check_parse(body);
    assert(payment_codec_read_answer(verb, code, body, &order) == expect(verb, code, body));
    check_written(verb, data, size);
    return 0;
}
