#include "order/reply.h"

#include <assert.h>

#include "order/codec.h"

enum {
    HEADERS_SIZE_MAX = 256,
    /* An answer's body: the name with every byte escaped, and the other fields. */
    ANSWER_SIZE_MAX = 6 * ORDER_ITEM_NAME_SIZE_MAX + 2048,
};

enum status replier_init(struct replier *replier, struct meter *meter)
{
    replier->server = NULL;
    replier->meter = meter;
    buffer_init(&replier->scratch, ANSWER_SIZE_MAX);
    buffer_init(&replier->headers, HEADERS_SIZE_MAX);
    bool has_room = buffer_reserve(&replier->scratch, ANSWER_SIZE_MAX) != NULL &&
                    buffer_reserve(&replier->headers, HEADERS_SIZE_MAX) != NULL;
    return has_room ? STATUS_OK : STATUS_NO_MEMORY;
}

void replier_free(struct replier *replier)
{
    buffer_free(&replier->scratch);
    buffer_free(&replier->headers);
}

void reply_body(struct replier *replier, http_exchange_id exchange, int status,
                const struct buffer *body)
{
    if (body->failed) {
        reply_refusal(replier, exchange, STATUS_OVERLOADED);
        return;
    }
    struct http_response response = {.status = status,
                                     .body = {.data = body->data, .size = body->size}};
    http_reply(replier->server, exchange, &response);
}

static void reply_scratch(struct replier *replier, http_exchange_id exchange, int status,
                          const char *headers)
{
    assert(!replier->scratch.failed);
    struct http_response response = {
        .status = status,
        .headers = headers,
        .body = {.data = replier->scratch.data, .size = replier->scratch.size},
    };
    http_reply(replier->server, exchange, &response);
}

void reply_order(struct replier *replier, http_exchange_id exchange, int status,
                 const char *headers, const char *detail, const struct order *order)
{
    struct buffer *all = &replier->headers;
    buffer_clear(all);
    buffer_append_text(all, "Location: /orders/");
    buffer_append_int(all, order->id);
    buffer_append_text(all, order_status_is_final(order->status) ? "\r\nOrder-Final: true\r\n"
                                                                 : "\r\nOrder-Final: false\r\n");
    if (headers != NULL)
        buffer_append_text(all, headers);
    buffer_append_byte(all, '\0');
    assert(!all->failed);
    buffer_clear(&replier->scratch);
    codec_write_order(order, detail, &replier->scratch);
    reply_scratch(replier, exchange, status, all->data);
}

void reply_outcome(struct replier *replier, http_exchange_id exchange, const char *headers,
                   const struct order *order)
{
    if (order->status == ORDER_COMPLETED)
        reply_order(replier, exchange, 200, headers, NULL, order);
    else
        reply_order(replier, exchange, 400, headers, "Payment failed, Order cancelled", order);
}

void reply_pending(struct replier *replier, http_exchange_id exchange, bool is_preferred,
                   const struct order *order)
{
    static const char applied[] = HTTP_RETRY_AFTER "Preference-Applied: respond-async\r\n";
    reply_order(replier, exchange, 202, is_preferred ? applied : HTTP_RETRY_AFTER, NULL, order);
}

void reply_running(struct replier *replier, http_exchange_id exchange, const struct order *order)
{
    reply_order(replier, exchange, 409, HTTP_RETRY_AFTER,
                "The order with this Idempotency-Key is still running", order);
}

void reply_key_reused(struct replier *replier, http_exchange_id exchange)
{
    static const char body[] = "{\"detail\":[{\"loc\":[\"header\",\"Idempotency-Key\"],"
                               "\"msg\":\"Another order was placed with this key\","
                               "\"type\":\"idempotency_key_reused\"}]}";
    buffer_clear(&replier->scratch);
    buffer_append(&replier->scratch, body, sizeof body - 1);
    reply_scratch(replier, exchange, 422, NULL);
}

void reply_faults(struct replier *replier, http_exchange_id exchange,
                  const struct json_faults *faults)
{
    buffer_clear(&replier->scratch);
    json_faults_write(faults, &replier->scratch);
    reply_scratch(replier, exchange, 422, NULL);
}

static void reply_unavailable(struct replier *replier, http_exchange_id exchange,
                              enum status status, const char *detail)
{
    meter_count_rejection(replier->meter, status);
    http_reply_error(replier->server, exchange, 503, HTTP_RETRY_AFTER, detail);
}

void reply_too_many_watchers(struct replier *replier, http_exchange_id exchange)
{
    reply_unavailable(replier, exchange, STATUS_OVERLOADED, "Too many clients are watching");
}

void reply_refusal(struct replier *replier, http_exchange_id exchange, enum status status)
{
    const char *detail = status == STATUS_OVERLOADED ? "Too many orders are waiting"
                         : status == STATUS_STOPPING ? "The service is stopping"
                                                     : "The database is not available";
    reply_unavailable(replier, exchange, status, detail);
}

void reply_error(struct replier *replier, http_exchange_id exchange, int status, const char *detail)
{
    http_reply_error(replier->server, exchange, status, NULL, detail);
}
