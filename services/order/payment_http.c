#include "order/payment_http.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/slab.h"
#include "order/payment_codec.h"

enum {
    TARGET_SIZE_MAX = 64,
    HEADERS_SIZE_MAX = 256 + TRACE_STATE_SIZE_MAX,
    BODY_SIZE_MAX = 96,
};

struct payment_http {
    struct http_client *client;
    struct loop *loop;
    struct prng *prng;
    struct order_metrics *metrics;
    struct slab calls;
    struct buffer scratch;
};

struct payment_call {
    struct payment_http *http;
    struct http_call call;
    enum payment_verb verb;
    const struct order *order;
    const struct trace *trace;
    uint64_t sent_ns;
    void *context;
    payment_cb *callback;
    char target[TARGET_SIZE_MAX];
    char headers[HEADERS_SIZE_MAX];
    char body[BODY_SIZE_MAX];
};

static enum payment_result result_of(struct payment_call *payment, enum status status,
                                     const struct http_answer *answer)
{
    if (status == STATUS_UNAVAILABLE)
        return PAYMENT_NOT_SENT;
    if (status != STATUS_OK)
        return PAYMENT_UNKNOWN;
    enum payment_result result =
        payment_codec_read_answer(payment->verb, answer->status, answer->body, payment->order);
    if (result == PAYMENT_UNKNOWN) {
        struct log_fields fields = {.order_id = payment->order->id, .trace_id = payment->trace->id};
        const char *hint =
            answer->status == 401 ? ": PAYMENT_AUTH_TOKEN must be one of its AUTH_TOKEN" : "";
        log_write(payment->http->loop->log, LOG_WARN, &fields,
                  "payment service answered %d, which proves nothing%s", answer->status, hint);
    }
    return result;
}

static void on_answer(struct http_call *call, enum status status, const struct http_answer *answer)
{
    struct payment_call *payment = call->context;
    struct payment_http *http = payment->http;
    enum payment_result result = result_of(payment, status, answer);
    order_metrics_count_payment(http->metrics, payment->verb, result,
                                loop_turn_ns(http->loop) - payment->sent_ns);
    payment_cb *callback = payment->callback;
    void *context = payment->context;
    slab_put(&http->calls, payment);
    callback(context, result);
}

static void write_headers(struct payment_call *payment, const struct payment_request *request)
{
    char key[UUID_TEXT_SIZE + 1];
    char traceparent[TRACE_PARENT_SIZE + 1];
    uuid_format(&request->order->uid, key);
    trace_format_header(request->trace, payment->http->prng, traceparent);
    size_t size =
        (size_t)snprintf(payment->headers, sizeof payment->headers,
                         "Idempotency-Key: \"%s\"\r\ntraceparent: %s\r\n", key, traceparent);
    if (request->trace->state[0] != '\0')
        size += (size_t)snprintf(payment->headers + size, sizeof payment->headers - size,
                                 "tracestate: %s\r\n", request->trace->state);
    assert(size < HEADERS_SIZE_MAX);
}

static struct payment_call *begin(struct payment_http *http, enum payment_verb verb,
                                  const struct payment_request *request, void *context,
                                  payment_cb *callback)
{
    struct payment_call *payment = slab_take(&http->calls);
    if (payment == NULL)
        return NULL;
    payment->http = http;
    payment->verb = verb;
    payment->order = request->order;
    payment->trace = request->trace;
    payment->sent_ns = loop_turn_ns(http->loop);
    payment->context = context;
    payment->callback = callback;
    write_headers(payment, request);
    payment->call = (struct http_call){
        .method = HTTP_METHOD_POST,
        .target = payment->target,
        .headers = payment->headers,
        .deadline_ms = request->deadline_ms,
        .callback = on_answer,
        .context = payment,
    };
    return payment;
}

static enum status submit(struct payment_call *payment)
{
    enum status status = http_client_submit(payment->http->client, &payment->call);
    if (status != STATUS_OK)
        slab_put(&payment->http->calls, payment);
    return status;
}

static void append_timeout(struct payment_call *payment, uint64_t deadline_ms)
{
    uint64_t now_ms = clock_now_ms(&payment->http->loop->clock);
    uint64_t rest_ms = deadline_ms > now_ms ? deadline_ms - now_ms : 1;
    size_t size = strlen(payment->headers);
    snprintf(payment->headers + size, sizeof payment->headers - size,
             "Request-Timeout-Ms: %" PRIu64 "\r\n", rest_ms);
}

static enum status charge(void *port, const struct payment_request *request, void *context,
                          payment_cb *callback)
{
    struct payment_http *http = port;
    struct payment_call *payment = begin(http, PAYMENT_VERB_CHARGE, request, context, callback);
    if (payment == NULL)
        return STATUS_OVERLOADED;
    snprintf(payment->target, sizeof payment->target, "/payments/");
    append_timeout(payment, request->deadline_ms);
    struct buffer *scratch = &http->scratch;
    buffer_clear(scratch);
    payment_codec_write_charge(request->order, scratch);
    assert(!scratch->failed && scratch->size <= sizeof payment->body);
    memcpy(payment->body, scratch->data, scratch->size);
    payment->call.body = (struct http_text){.data = payment->body, .size = scratch->size};
    return submit(payment);
}

/* POST /payments/{order_id}/<verb>, without a body. */
static enum status post_verb(struct payment_http *http, enum payment_verb verb,
                             const struct payment_request *request, void *context,
                             payment_cb *callback)
{
    struct payment_call *payment = begin(http, verb, request, context, callback);
    if (payment == NULL)
        return STATUS_OVERLOADED;
    snprintf(payment->target, sizeof payment->target, "/payments/%" PRId64 "/%s",
             request->order->id, verb == PAYMENT_VERB_VOID ? "void" : "refund");
    return submit(payment);
}

static enum status void_unpaid(void *port, const struct payment_request *request, void *context,
                               payment_cb *callback)
{
    return post_verb(port, PAYMENT_VERB_VOID, request, context, callback);
}

static enum status refund(void *port, const struct payment_request *request, void *context,
                          payment_cb *callback)
{
    return post_verb(port, PAYMENT_VERB_REFUND, request, context, callback);
}

struct payment_http *payment_http_open(struct http_client *client, struct loop *loop,
                                       struct prng *prng, struct order_metrics *metrics)
{
    struct payment_http *http = calloc(1, sizeof *http);
    if (http == NULL)
        return NULL;
    *http = (struct payment_http){.client = client, .loop = loop, .prng = prng, .metrics = metrics};
    slab_init(&http->calls, sizeof(struct payment_call), PAYMENT_CALL_COUNT_MAX);
    buffer_init(&http->scratch, BODY_SIZE_MAX);
    /* The most that a charge takes, so that no later one fails for memory. */
    if (buffer_reserve(&http->scratch, BODY_SIZE_MAX) == NULL) {
        payment_http_close(http);
        return NULL;
    }
    return http;
}

void payment_http_close(struct payment_http *http)
{
    slab_free(&http->calls);
    buffer_free(&http->scratch);
    free(http);
}

struct payment_port payment_http_port(struct payment_http *http)
{
    static const struct payment_operations operations = {
        .charge = charge,
        .void_unpaid = void_unpaid,
        .refund = refund,
    };
    return (struct payment_port){.operations = &operations, .payment = http};
}
