#include "order/payment_codec.h"

#include <stdbool.h>
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

/* As docs/api.md has them: a code that does not fit its body proves nothing. */
static const struct definite_answer {
    enum payment_verb verb;
    int status;
    const char *recorded;
    enum payment_result result;
    bool has_amount;
} definite_answers[] = {
    {PAYMENT_VERB_CHARGE, 200, "PAID", PAYMENT_PAID, true},
    {PAYMENT_VERB_CHARGE, 402, "FAILED", PAYMENT_DECLINED, true},
    {PAYMENT_VERB_CHARGE, 409, "VOIDED", PAYMENT_VOIDED, false},
    {PAYMENT_VERB_CHARGE, 409, "REFUNDED", PAYMENT_REFUNDED, true},
    {PAYMENT_VERB_CHARGE, 409, "MISMATCH", PAYMENT_MISMATCH, false},
    {PAYMENT_VERB_VOID, 200, "PAID", PAYMENT_PAID, true},
    {PAYMENT_VERB_VOID, 200, "FAILED", PAYMENT_DECLINED, true},
    {PAYMENT_VERB_VOID, 200, "VOIDED", PAYMENT_VOIDED, false},
    {PAYMENT_VERB_VOID, 200, "REFUNDED", PAYMENT_REFUNDED, true},
    {PAYMENT_VERB_VOID, 409, "MISMATCH", PAYMENT_MISMATCH, false},
    {PAYMENT_VERB_REFUND, 200, "REFUNDED", PAYMENT_REFUNDED, true},
    {PAYMENT_VERB_REFUND, 409, "FAILED", PAYMENT_DECLINED, true},
    {PAYMENT_VERB_REFUND, 409, "VOIDED", PAYMENT_VOIDED, false},
    {PAYMENT_VERB_REFUND, 409, "MISMATCH", PAYMENT_MISMATCH, false},
};

static bool is_number(const json_t *tree, const char *field, int64_t number)
{
    const json_t *found = json_object_get(tree, field);
    return json_is_integer(found) && json_integer_value(found) == number;
}

static bool is_missing(const json_t *tree, const char *field)
{
    const json_t *found = json_object_get(tree, field);
    return found == NULL || json_is_null(found);
}

static enum payment_result result_of(enum payment_verb verb, int status, const json_t *tree,
                                     const struct order *order)
{
    const json_t *recorded = json_object_get(tree, "status");
    if (!json_is_string(recorded) || !is_number(tree, "order_id", order->id))
        return PAYMENT_UNKNOWN;
    for (size_t i = 0; i < sizeof definite_answers / sizeof definite_answers[0]; i++) {
        const struct definite_answer *answer = &definite_answers[i];
        if (answer->verb == verb && answer->status == status &&
            strcmp(answer->recorded, json_string_value(recorded)) == 0 &&
            (answer->has_amount ? is_number(tree, "amount", order->price)
                                : is_missing(tree, "amount")))
            return answer->result;
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

enum payment_result payment_codec_read_answer(enum payment_verb verb, int status,
                                              struct http_text body, const struct order *order)
{
    if (status == 500)
        return PAYMENT_FAULT;
    if (status == 503)
        return read_unavailable(body);
    struct json_faults faults = {0};
    json_t *tree = json_body_parse(body.data, body.size, &faults);
    if (tree == NULL)
        return PAYMENT_UNKNOWN;
    enum payment_result result = result_of(verb, status, tree, order);
    json_decref(tree);
    return result;
}
