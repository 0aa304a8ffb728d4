#include "order/payment_codec.h"

#include <string.h>

#include "json/fields.h"
#include "json/writer.h"

void payment_codec_write_charge(const struct order *order, struct buffer *to)
{
    json_write_object_start(to);
    json_write_int_field(to, "order_id", order->id);
    json_write_int_field(to, "amount", order->price);
    json_write_object_end(to);
}

static enum payment_result result_of_recorded(const char *recorded)
{
    static const struct {
        const char *recorded;
        enum payment_result result;
    } results[] = {
        {"PAID", PAYMENT_PAID},         {"FAILED", PAYMENT_DECLINED},   {"VOIDED", PAYMENT_VOIDED},
        {"REFUNDED", PAYMENT_REFUNDED}, {"MISMATCH", PAYMENT_MISMATCH},
    };
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        if (strcmp(results[i].recorded, recorded) == 0)
            return results[i].result;
    }
    return PAYMENT_UNKNOWN;
}

/* Only the payment service itself says so; a 503 of somebody in between does not. */
static enum payment_result read_unavailable(struct http_text body)
{
    struct json_faults faults = {0};
    json_t *tree = json_body_parse(body.data, body.size, &faults);
    const char *word = json_string_value(json_object_get(tree, "status"));
    bool is_busy = word != NULL && strcmp(word, "BUSY") == 0;
    json_decref(tree);
    return is_busy ? PAYMENT_BUSY : PAYMENT_UNKNOWN;
}

enum payment_result payment_codec_read_answer(int status, struct http_text body, int64_t order_id)
{
    if (status == 500)
        return PAYMENT_FAULT;
    if (status == 503)
        return read_unavailable(body);
    if (status != 200 && status != 402 && status != 409)
        return PAYMENT_UNKNOWN;
    struct json_faults faults = {0};
    json_t *tree = json_body_parse(body.data, body.size, &faults);
    if (tree == NULL)
        return PAYMENT_UNKNOWN;
    const json_t *recorded = json_object_get(tree, "status");
    const json_t *about = json_object_get(tree, "order_id");
    enum payment_result result = PAYMENT_UNKNOWN;
    if (json_is_string(recorded) && json_is_integer(about) && json_integer_value(about) == order_id)
        result = result_of_recorded(json_string_value(recorded));
    json_decref(tree);
    return result;
}
