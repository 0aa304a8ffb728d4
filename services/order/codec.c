#include "order/codec.h"

#include <string.h>

#include "json/writer.h"

void codec_read_command(struct http_text body, struct driver_command *command, json_t **tree,
                        struct json_faults *faults)
{
    struct json_text item_name;
    int64_t quantity;
    int64_t price;
    *tree = json_body_parse(body.data, body.size, faults);
    if (*tree == NULL)
        return;
    json_body_text(*tree, "item_name", 1, ORDER_ITEM_NAME_CHARS_MAX, &item_name, faults);
    json_body_int(*tree, "quantity", 1, INT32_MAX, &quantity, faults);
    json_body_int(*tree, "price", 0, INT32_MAX, &price, faults);
    command->item_name = item_name.data;
    command->item_name_size = (uint32_t)item_name.size;
    command->quantity = (int32_t)quantity;
    command->price = (int32_t)price;
}

void codec_write_order(const struct order *order, const char *detail, struct buffer *to)
{
    json_write_object_start(to);
    if (detail != NULL)
        json_write_string_field(to, "detail", detail);
    json_write_key(to, "item_name");
    json_write_bytes(to, order->item_name, order->item_name_size);
    json_write_int_field(to, "quantity", order->quantity);
    json_write_int_field(to, "price", order->price);
    json_write_int_field(to, "id", order->id);
    json_write_string_field(to, "status", order_status_name(order->status));
    json_write_object_end(to);
}

void codec_write_charge(const struct order *order, struct buffer *to)
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
        {"PAID", PAYMENT_PAID},
        {"FAILED", PAYMENT_DECLINED},
        {"VOIDED", PAYMENT_VOIDED},
        {"MISMATCH", PAYMENT_MISMATCH},
    };
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        if (strcmp(results[i].recorded, recorded) == 0)
            return results[i].result;
    }
    return PAYMENT_UNKNOWN;
}

enum payment_result codec_read_payment(int status, struct http_text body, int64_t order_id)
{
    if (status == 500)
        return PAYMENT_FAULT;
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
