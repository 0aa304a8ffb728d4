#include "order/handler.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/slab.h"
#include "order/codec.h"
#include "service/health.h"
#include "json/fields.h"

enum {
    LOOKUP_TIMEOUT_MS = 5000,
    LOCATION_SIZE_MAX = 96,
    /* An answer's body: the name with every byte escaped, and the other fields. */
    ANSWER_SIZE_MAX = 6 * ORDER_ITEM_NAME_SIZE_MAX + 2048,
};

static const char retry_after[] = "Retry-After: 1\r\n";

struct handler {
    struct handler_settings settings;
    struct http_server *server;
    struct driver *driver;
    struct canceller *canceller;
    struct slab lookups;
    struct buffer scratch;
};

struct lookup {
    struct handler *handler;
    http_exchange_id exchange;
};

struct handler *handler_open(const struct handler_settings *settings)
{
    struct handler *handler = calloc(1, sizeof *handler);
    if (handler == NULL)
        return NULL;
    handler->settings = *settings;
    slab_init(&handler->lookups, sizeof(struct lookup), HANDLER_LOOKUP_COUNT_MAX);
    buffer_init(&handler->scratch, ANSWER_SIZE_MAX);
    if (buffer_reserve(&handler->scratch, ANSWER_SIZE_MAX) == NULL) {
        handler_close(handler);
        return NULL;
    }
    return handler;
}

void handler_close(struct handler *handler)
{
    slab_free(&handler->lookups);
    buffer_free(&handler->scratch);
    free(handler);
}

void handler_connect(struct handler *handler, struct http_server *server, struct driver *driver,
                     struct canceller *canceller)
{
    handler->server = server;
    handler->driver = driver;
    handler->canceller = canceller;
}

static void reply_scratch(struct handler *handler, http_exchange_id exchange, int status,
                          const char *headers)
{
    assert(!handler->scratch.failed);
    struct http_response response = {
        .status = status,
        .headers = headers,
        .body = {.data = handler->scratch.data, .size = handler->scratch.size},
    };
    http_reply(handler->server, exchange, &response);
}

static void reply_order(struct handler *handler, http_exchange_id exchange, int status,
                        const char *headers, const char *detail, const struct order *order)
{
    buffer_clear(&handler->scratch);
    codec_write_order(order, detail, &handler->scratch);
    reply_scratch(handler, exchange, status, headers);
}

static void reply_pending(struct handler *handler, http_exchange_id exchange,
                          const struct order *order)
{
    char headers[LOCATION_SIZE_MAX];
    snprintf(headers, sizeof headers, "Location: /orders/%" PRId64 "\r\n%s", order->id,
             retry_after);
    reply_order(handler, exchange, 202, headers, NULL, order);
}

static void reply_refusal(struct handler *handler, http_exchange_id exchange, enum status status)
{
    const char *detail = status == STATUS_OVERLOADED ? "Too many orders are waiting"
                         : status == STATUS_STOPPING ? "The service is stopping"
                                                     : "The database is not available";
    http_reply_error(handler->server, exchange, 503, retry_after, detail);
}

static void reply_final(struct handler *handler, const struct driver_client *client,
                        const struct order *order)
{
    bool is_as_asked = order->status == (client->is_cancelling ? ORDER_CANCELLED : ORDER_COMPLETED);
    const char *detail = "Payment failed, Order cancelled";
    if (client->is_cancelling)
        detail = "The order could not be cancelled";
    if (is_as_asked)
        reply_order(handler, client->reply_to, 200, NULL, NULL, order);
    else
        reply_order(handler, client->reply_to, client->is_cancelling ? 409 : 400, NULL, detail,
                    order);
}

void handler_answer(void *context, const struct driver_client *client, enum driver_answer answer,
                    const struct order *order)
{
    struct handler *handler = context;
    switch (answer) {
    case ANSWER_FINAL:
        reply_final(handler, client, order);
        break;
    case ANSWER_PENDING:
        reply_pending(handler, client->reply_to, order);
        break;
    case ANSWER_UNAVAILABLE:
        reply_refusal(handler, client->reply_to, STATUS_UNAVAILABLE);
        break;
    case ANSWER_NOT_FOUND:
        http_reply_error(handler->server, client->reply_to, 404, NULL, "Order not found");
        break;
    }
}

/* RFC 7240: a comma-separated list of preferences; parameters and values are of no interest here.
 */
static bool prefers_async(const struct http_request *request)
{
    struct http_text prefer =
        http_find_header(request->headers, request->header_count, "prefer", NULL);
    size_t start = 0;
    while (start < prefer.size) {
        size_t end = start;
        while (end < prefer.size && prefer.data[end] != ',')
            end++;
        struct http_text one = {.data = prefer.data + start, .size = end - start};
        while (one.size != 0 && one.data[0] == ' ') {
            one.data++;
            one.size--;
        }
        while (one.size != 0 && one.data[one.size - 1] == ' ')
            one.size--;
        if (http_text_equals_ignoring_case(one, "respond-async"))
            return true;
        start = end + 1;
    }
    return false;
}

static void reply_faults(struct handler *handler, http_exchange_id exchange,
                         const struct json_faults *faults)
{
    buffer_clear(&handler->scratch);
    json_faults_write(faults, &handler->scratch);
    reply_scratch(handler, exchange, 422, NULL);
}

static struct trace trace_of(struct handler *handler, const struct http_request *request)
{
    struct http_text header =
        http_find_header(request->headers, request->header_count, "traceparent", NULL);
    return trace_from_header(handler->settings.prng, header.data, header.size);
}

void handler_post_order(void *service, http_exchange_id exchange,
                        const struct http_request *request)
{
    struct handler *handler = service;
    struct json_faults faults = {0};
    struct driver_command command = {
        .trace = trace_of(handler, request),
        .client = {.reply_to = exchange, .answer_when_durable = prefers_async(request)},
    };
    json_t *tree = NULL;
    codec_read_command(request->body, &command, &tree, &faults);
    if (faults.count != 0) {
        reply_faults(handler, exchange, &faults);
    } else {
        enum status status = driver_create(handler->driver, &command);
        if (status != STATUS_OK)
            reply_refusal(handler, exchange, status);
    }
    json_decref(tree);
}

void handler_post_cancel(void *service, http_exchange_id exchange,
                         const struct http_request *request)
{
    struct handler *handler = service;
    struct trace trace = trace_of(handler, request);
    struct driver_client client = {
        .reply_to = exchange,
        .is_cancelling = true,
        .answer_when_durable = prefers_async(request),
    };
    enum status status = canceller_cancel(handler->canceller, request->path_id, &trace, &client);
    if (status != STATUS_OK)
        reply_refusal(handler, exchange, status);
}

static void on_order_read(void *context, enum status status, const struct order *order)
{
    struct lookup *lookup = context;
    struct handler *handler = lookup->handler;
    http_exchange_id exchange = lookup->exchange;
    slab_put(&handler->lookups, lookup);
    if (status != STATUS_OK)
        reply_refusal(handler, exchange, STATUS_UNAVAILABLE);
    else if (order == NULL)
        http_reply_error(handler->server, exchange, 404, NULL, "Order not found");
    else
        reply_order(handler, exchange, 200, NULL, NULL, order);
}

void handler_get_order(void *service, http_exchange_id exchange, const struct http_request *request)
{
    struct handler *handler = service;
    const struct order_store *store = handler->settings.store;
    struct lookup *lookup = slab_take(&handler->lookups);
    if (lookup == NULL) {
        reply_refusal(handler, exchange, STATUS_OVERLOADED);
        return;
    }
    *lookup = (struct lookup){.handler = handler, .exchange = exchange};
    uint64_t deadline_ms = clock_now_ms(handler->settings.clock) + LOOKUP_TIMEOUT_MS;
    enum status status =
        store->operations->read(store->store, request->path_id, deadline_ms, lookup, on_order_read);
    if (status != STATUS_OK) {
        slab_put(&handler->lookups, lookup);
        reply_refusal(handler, exchange, status);
    }
}

void handler_get_healthz(void *service, http_exchange_id exchange,
                         const struct http_request *request)
{
    struct handler *handler = service;
    (void)request;
    health_reply_live(handler->server, exchange);
}

void handler_get_readyz(void *service, http_exchange_id exchange,
                        const struct http_request *request)
{
    struct handler *handler = service;
    (void)request;
    health_reply_ready(handler->server, exchange,
                       handler->settings.is_ready(handler->settings.is_ready_context));
}
