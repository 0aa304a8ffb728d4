#include "order/codec.h"

#include "json/writer.h"

enum { AUDIT_SUMMARY_SIZE_MAX = 2000 };

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

void codec_read_audit(struct http_text body, struct codec_audit *audit, json_t **tree,
                      struct json_faults *faults)
{
    *tree = json_body_parse(body.data, body.size, faults);
    if (*tree == NULL)
        return;
    json_body_text(*tree, "summary", 1, AUDIT_SUMMARY_SIZE_MAX, &audit->summary, faults);
    json_body_int(*tree, "violation_count", 0, INT64_MAX, &audit->violation_count, faults);
}

void codec_write_audit(const struct codec_audit *audit, const char *at, struct buffer *to)
{
    json_write_object_start(to);
    json_write_key(to, "audit");
    json_write_object_start(to);
    json_write_string_field(to, "at", at);
    json_write_string_field(to, "summary", audit->summary.data);
    json_write_int_field(to, "violation_count", audit->violation_count);
    json_write_object_end(to);
    json_write_object_end(to);
}
