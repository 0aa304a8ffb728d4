#include "payment/codec.h"

#include "json/writer.h"

enum { TIMEOUT_MS_MAX = 600000, FAULT_TEXT_SIZE_MAX = 2000 };

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

static void write_no_row(const char *detail, int64_t order_id, const char *status,
                         struct buffer *to)
{
    json_write_object_start(to);
    json_write_string_field(to, "detail", detail);
    json_write_int_field(to, "order_id", order_id);
    json_write_string_field(to, "status", status);
    json_write_object_end(to);
}

void codec_write_mismatch(int64_t order_id, struct buffer *to)
{
    write_no_row("Another payment is recorded for this order", order_id, "MISMATCH", to);
}

void codec_write_none(int64_t order_id, struct buffer *to)
{
    write_no_row("Nothing to refund", order_id, "NONE", to);
}

struct json_text codec_read_fault_rules(struct http_text body, json_t **tree,
                                        struct json_faults *faults)
{
    struct json_text text = {.data = ""};
    *tree = json_body_parse(body.data, body.size, faults);
    if (*tree != NULL)
        json_body_text(*tree, "faults", 0, FAULT_TEXT_SIZE_MAX, &text, faults);
    return text;
}

void codec_write_faults_problem(const char *message, struct buffer *to)
{
    buffer_append_text(to, "{\"detail\":[{\"loc\":[\"body\",\"faults\"],\"msg\":");
    json_write_string(to, message);
    buffer_append_text(to, ",\"type\":\"value_error\"}]}");
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

bool codec_read_timeout(const struct http_request *request, uint32_t *timeout_ms)
{
    bool is_repeated = false;
    struct http_text value = http_find_header(request->headers, request->header_count,
                                              "request-timeout-ms", &is_repeated);
    *timeout_ms = 0;
    if (value.data == NULL)
        return !is_repeated;
    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] < '0' || value.data[i] > '9' || *timeout_ms > TIMEOUT_MS_MAX)
            return false;
        *timeout_ms = *timeout_ms * 10 + (uint32_t)(value.data[i] - '0');
    }
    return *timeout_ms >= 1 && *timeout_ms <= TIMEOUT_MS_MAX;
}
