#include "payment/codec.h"

#include "json/writer.h"

void codec_read_charge(struct http_text body, struct payment *payment, struct json_faults *faults)
{
    json_t *tree = json_body_parse(body.data, body.size, faults);
    if (tree == NULL)
        return;
    int64_t amount;
    json_body_int(tree, "order_id", 1, INT64_MAX, &payment->order_id, faults);
    json_body_int(tree, "amount", 0, INT32_MAX, &amount, faults);
    payment->amount = (int32_t)amount;
    payment->has_amount = true;
    json_decref(tree);
}

void codec_write_payment(const struct payment *payment, const char *detail, struct buffer *to)
{
    json_write_object_start(to);
    if (detail != NULL)
        json_write_string_field(to, "detail", detail);
    json_write_int_field(to, "order_id", payment->order_id);
    json_write_key(to, "amount");
    if (payment->has_amount)
        json_write_int(to, payment->amount);
    else
        json_write_null(to);
    json_write_int_field(to, "id", payment->id);
    json_write_string_field(to, "status", payment_status_name(payment->status));
    json_write_object_end(to);
}

void codec_write_mismatch(int64_t order_id, struct buffer *to)
{
    json_write_object_start(to);
    json_write_string_field(to, "detail", "Another payment is recorded for this order");
    json_write_int_field(to, "order_id", order_id);
    json_write_string_field(to, "status", "MISMATCH");
    json_write_object_end(to);
}

bool codec_read_key(const struct http_request *request, struct payment *payment)
{
    bool is_repeated = false;
    struct http_text key =
        http_find_header(request->headers, request->header_count, "idempotency-key", &is_repeated);
    if (is_repeated)
        return false;
    if (key.data == NULL)
        return true;
    if (key.size >= 2 && key.data[0] == '"' && key.data[key.size - 1] == '"') {
        key.data++;
        key.size -= 2;
    }
    payment->has_uid = uuid_parse(key.data, key.size, &payment->uid);
    return payment->has_uid;
}
