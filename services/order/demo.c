#include "order/demo.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "http/origin.h"
#include "order/codec.h"
#include "json/writer.h"

enum {
    CALL_TIMEOUT_MS = 2000,
    TARGET_SIZE_MAX = 64,
    REQUEST_SIZE_MAX = 4096,
    TIME_TEXT_SIZE = sizeof "2026-01-01T00:00:00Z",
};

/* One that the payment service answers. */
struct demo_call {
    struct demo *demo;
    http_exchange_id exchange;
    struct http_call call;
    char target[TARGET_SIZE_MAX];
    char body[REQUEST_SIZE_MAX];
};

void demo_init(struct demo *demo, const struct demo_settings *settings, struct replier *replier)
{
    *demo = (struct demo){.settings = *settings, .replier = replier};
    slab_init(&demo->calls, sizeof(struct demo_call), DEMO_CALL_COUNT_MAX);
    buffer_init(&demo->body, HTTP_BODY_SIZE_MAX);
}

void demo_free(struct demo *demo)
{
    slab_free(&demo->calls);
    buffer_free(&demo->body);
}

static void on_answer(struct http_call *call, enum status status, const struct http_answer *answer)
{
    struct demo_call *demo_call = call->context;
    struct demo *demo = demo_call->demo;
    http_exchange_id exchange = demo_call->exchange;
    slab_put(&demo->calls, demo_call);
    if (status != STATUS_OK) {
        reply_error(demo->replier, exchange, 503, "The payment service does not answer");
        return;
    }
    buffer_clear(&demo->body);
    buffer_append(&demo->body, answer->body.data, answer->body.size);
    bool is_known = answer->status == 200 || answer->status == 404 || answer->status == 422;
    reply_body(demo->replier, exchange, is_known ? answer->status : 503, &demo->body);
}

static struct demo_call *begin(struct demo *demo, http_exchange_id exchange,
                               enum http_method method)
{
    struct demo_call *demo_call = slab_take(&demo->calls);
    if (demo_call == NULL) {
        reply_refusal(demo->replier, exchange, STATUS_OVERLOADED);
        return NULL;
    }
    demo_call->demo = demo;
    demo_call->exchange = exchange;
    demo_call->call = (struct http_call){
        .method = method,
        .target = demo_call->target,
        .deadline_ms = clock_now_ms(demo->settings.clock) + CALL_TIMEOUT_MS,
        .callback = on_answer,
        .context = demo_call,
    };
    return demo_call;
}

static void submit(struct demo_call *demo_call)
{
    struct demo *demo = demo_call->demo;
    http_exchange_id exchange = demo_call->exchange;
    enum status status = http_client_submit(demo->settings.client, &demo_call->call);
    if (status == STATUS_OK)
        return;
    slab_put(&demo->calls, demo_call);
    reply_refusal(demo->replier, exchange, status);
}

void demo_answer_faults(struct demo *demo, http_exchange_id exchange)
{
    struct demo_call *demo_call = begin(demo, exchange, HTTP_METHOD_GET);
    if (demo_call == NULL)
        return;
    snprintf(demo_call->target, sizeof demo_call->target, "/demo/faults");
    submit(demo_call);
}

/* True: it comes from elsewhere, or is too long, and is answered. */
static bool refuses(struct demo *demo, http_exchange_id exchange,
                    const struct http_request *request)
{
    if (!http_is_same_origin(request->headers, request->header_count)) {
        reply_error(demo->replier, exchange, 403, "Only for pages of this server");
        return true;
    }
    if (request->body.size > REQUEST_SIZE_MAX) {
        reply_error(demo->replier, exchange, 413, "Content Too Large");
        return true;
    }
    return false;
}

void demo_set_faults(struct demo *demo, http_exchange_id exchange,
                     const struct http_request *request)
{
    if (refuses(demo, exchange, request))
        return;
    struct demo_call *demo_call = begin(demo, exchange, HTTP_METHOD_PUT);
    if (demo_call == NULL)
        return;
    snprintf(demo_call->target, sizeof demo_call->target, "/demo/faults");
    if (request->body.size != 0)
        memcpy(demo_call->body, request->body.data, request->body.size);
    demo_call->call.body = (struct http_text){.data = demo_call->body, .size = request->body.size};
    submit(demo_call);
}

void demo_answer_payment(struct demo *demo, http_exchange_id exchange, int64_t order_id)
{
    struct demo_call *demo_call = begin(demo, exchange, HTTP_METHOD_GET);
    if (demo_call == NULL)
        return;
    snprintf(demo_call->target, sizeof demo_call->target, "/demo/payments/%" PRId64, order_id);
    submit(demo_call);
}

void demo_answer_log(struct demo *demo, http_exchange_id exchange, int64_t order_id)
{
    struct buffer *body = &demo->body;
    buffer_clear(body);
    json_write_object_start(body);
    json_write_key(body, "log");
    logbook_write(demo->settings.logbook, order_id, body);
    json_write_object_end(body);
    reply_body(demo->replier, exchange, 200, body);
}

void demo_answer_audit(struct demo *demo, http_exchange_id exchange)
{
    struct buffer *body = &demo->body;
    buffer_clear(body);
    if (shared_text_version(demo->settings.audit) == 0)
        buffer_append_text(body, "{\"audit\":null}");
    else
        shared_text_read(demo->settings.audit, body);
    reply_body(demo->replier, exchange, 200, body);
}

void demo_set_audit(struct demo *demo, http_exchange_id exchange,
                    const struct http_request *request)
{
    if (refuses(demo, exchange, request))
        return;
    struct json_faults faults = {0};
    json_t *tree = NULL;
    struct codec_audit audit = {0};
    codec_read_audit(request->body, &audit, &tree, &faults);
    if (faults.count != 0) {
        reply_faults(demo->replier, exchange, &faults);
    } else {
        char at[TIME_TEXT_SIZE];
        time_t now = time(NULL);
        struct tm parts;
        strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &parts));
        buffer_clear(&demo->body);
        codec_write_audit(&audit, at, &demo->body);
        if (shared_text_set(demo->settings.audit, demo->body.data, demo->body.size))
            demo_answer_audit(demo, exchange);
        else
            reply_error(demo->replier, exchange, 413, "Content Too Large");
    }
    json_decref(tree);
}
