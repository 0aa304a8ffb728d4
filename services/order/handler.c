#include "order/handler.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/slab.h"
#include "order/assets.h"
#include "order/codec.h"
#include "order/feed.h"
#include "order/follow.h"
#include "order/history_codec.h"
#include "order/lists.h"
#include "order/replay.h"
#include "order/reply.h"
#include "order/request.h"
#include "order/resume.h"
#include "order/stories.h"
#include "order/watchers.h"
#include "service/health.h"
#include "json/fields.h"

enum { LOOKUP_TIMEOUT_MS = 5000 };

struct handler {
    struct handler_settings settings;
    struct driver *driver;
    struct canceller *canceller;
    struct replier replier;
    struct replays replays;
    struct lists lists;
    struct resumes resumes;
    struct stories stories;
    struct watchers watchers;
    struct follow follow;
    struct feed feed;
    bool streams_are_stopped;
    struct slab lookups;
    struct demo demo;
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
    replays_init(&handler->replays, settings->clock, settings->store, &handler->replier);
    lists_init(&handler->lists, settings->clock, settings->store, &handler->replier);
    resumes_init(&handler->resumes, settings->clock, settings->log, settings->store,
                 &handler->replier);
    stories_init(&handler->stories, settings->clock, settings->history, &handler->replier);
    watchers_init(&handler->watchers, settings->clock, settings->watcher_count_max,
                  settings->metrics);
    follow_init(&handler->follow, settings->clock, settings->history, &handler->watchers,
                &handler->replier);
    feed_init(&handler->feed, settings->clock, settings->history, &handler->watchers,
              &handler->replier);
    if (settings->demo != NULL)
        demo_init(&handler->demo, settings->demo, &handler->replier);
    if (replier_init(&handler->replier, settings->meter) != STATUS_OK) {
        handler_close(handler);
        return NULL;
    }
    return handler;
}

void handler_close(struct handler *handler)
{
    slab_free(&handler->lookups);
    replays_free(&handler->replays);
    lists_free(&handler->lists);
    resumes_free(&handler->resumes);
    stories_free(&handler->stories);
    follow_free(&handler->follow);
    feed_free(&handler->feed);
    watchers_free(&handler->watchers);
    if (handler->settings.demo != NULL)
        demo_free(&handler->demo);
    replier_free(&handler->replier);
    free(handler);
}

void handler_connect(struct handler *handler, struct http_server *server, struct driver *driver,
                     struct canceller *canceller)
{
    handler->replier.server = server;
    handler->watchers.server = server;
    handler->driver = driver;
    handler->canceller = canceller;
}

static void reply_final(struct handler *handler, const struct driver_client *client,
                        const struct order *order)
{
    struct replier *replier = &handler->replier;
    if (!client->is_cancelling)
        reply_outcome(replier, client->reply_to, NULL, order);
    else if (order->status == ORDER_CANCELLED)
        reply_order(replier, client->reply_to, 200, NULL, NULL, order);
    else
        reply_order(replier, client->reply_to, 409, NULL, "The order could not be cancelled",
                    order);
}

/* By the customer most times; the payment need not have failed. */
static void reply_overtaken(struct handler *handler, const struct driver_client *client,
                            const struct order *order)
{
    if (!client->is_cancelling && order->status == ORDER_CANCELLED)
        reply_order(&handler->replier, client->reply_to, 400, NULL, "Order cancelled", order);
    else
        reply_final(handler, client, order);
}

bool handler_answer(void *context, const struct driver_client *client, enum driver_answer answer,
                    const struct order *order)
{
    struct handler *handler = context;
    bool is_there = http_is_waiting(handler->replier.server, client->reply_to);
    switch (answer) {
    case ANSWER_FINAL:
        reply_final(handler, client, order);
        break;
    case ANSWER_OVERTAKEN:
        reply_overtaken(handler, client, order);
        break;
    case ANSWER_PENDING:
        reply_pending(&handler->replier, client->reply_to, client->answer_when_durable, order);
        break;
    case ANSWER_UNAVAILABLE:
        reply_refusal(&handler->replier, client->reply_to, STATUS_UNAVAILABLE);
        break;
    case ANSWER_KEY_TAKEN:
        replay_answer(&handler->replays, client->reply_to, order);
        break;
    case ANSWER_NOT_FOUND:
        reply_error(&handler->replier, client->reply_to, 404, "Order not found");
        break;
    }
    return is_there;
}

static void create_order(struct handler *handler, const struct http_request *request,
                         struct driver_command *command)
{
    http_exchange_id exchange = command->client.reply_to;
    struct json_faults faults = {0};
    json_t *tree = NULL;
    codec_read_command(request->body, command, &tree, &faults);
    if (faults.count != 0) {
        reply_faults(&handler->replier, exchange, &faults);
    } else {
        enum status status = driver_create(handler->driver, command);
        if (status != STATUS_OK)
            reply_refusal(&handler->replier, exchange, status);
    }
    json_decref(tree);
}

void handler_post_order(void *service, http_exchange_id exchange,
                        const struct http_request *request)
{
    struct handler *handler = service;
    struct http_text key;
    enum status admitted = driver_admits(handler->driver);
    if (admitted != STATUS_OK) {
        reply_refusal(&handler->replier, exchange, admitted);
        return;
    }
    if (!request_read_key(request, &key)) {
        reply_error(&handler->replier, exchange, 400,
                    "Idempotency-Key must be 1 to 255 visible ASCII characters, once");
        return;
    }
    struct driver_command command = {
        .key = key.data,
        .key_size = (uint32_t)key.size,
        .trace = request_trace(request, handler->settings.prng),
        .client = {.reply_to = exchange, .answer_when_durable = request_prefers_async(request)},
    };
    create_order(handler, request, &command);
}

void handler_post_cancel(void *service, http_exchange_id exchange,
                         const struct http_request *request)
{
    struct handler *handler = service;
    struct trace trace = request_trace(request, handler->settings.prng);
    struct driver_client client = {
        .reply_to = exchange,
        .is_cancelling = true,
        .answer_when_durable = request_prefers_async(request),
    };
    enum status status = canceller_cancel(handler->canceller, request->path_id, &trace, &client);
    if (status != STATUS_OK)
        reply_refusal(&handler->replier, exchange, status);
}

static void on_order_read(void *context, enum status status, const struct order *order)
{
    struct lookup *lookup = context;
    struct handler *handler = lookup->handler;
    http_exchange_id exchange = lookup->exchange;
    slab_put(&handler->lookups, lookup);
    if (status != STATUS_OK)
        reply_refusal(&handler->replier, exchange, STATUS_UNAVAILABLE);
    else if (order == NULL)
        reply_error(&handler->replier, exchange, 404, "Order not found");
    else
        reply_order(&handler->replier, exchange, 200, NULL, NULL, order);
}

void handler_get_order(void *service, http_exchange_id exchange, const struct http_request *request)
{
    struct handler *handler = service;
    const struct order_store *store = handler->settings.store;
    struct lookup *lookup = slab_take(&handler->lookups);
    if (lookup == NULL) {
        reply_refusal(&handler->replier, exchange, STATUS_OVERLOADED);
        return;
    }
    *lookup = (struct lookup){.handler = handler, .exchange = exchange};
    uint64_t deadline_ms = clock_now_ms(handler->settings.clock) + LOOKUP_TIMEOUT_MS;
    enum status status =
        store->operations->read(store->store, request->path_id, deadline_ms, lookup, on_order_read);
    if (status != STATUS_OK) {
        slab_put(&handler->lookups, lookup);
        reply_refusal(&handler->replier, exchange, status);
    }
}

void handler_stop_streams(struct handler *handler)
{
    handler->streams_are_stopped = true;
    follow_stop(&handler->follow);
    feed_stop(&handler->feed);
}

/* True where a stream may begin; else the exchange is answered. */
static bool may_stream(struct handler *handler, http_exchange_id exchange, bool is_position_good)
{
    if (!is_position_good)
        reply_error(&handler->replier, exchange, 400,
                    "Last-Event-ID must be one that this stream has sent");
    else if (handler->streams_are_stopped)
        reply_refusal(&handler->replier, exchange, STATUS_STOPPING);
    return is_position_good && !handler->streams_are_stopped;
}

void handler_get_order_events(void *service, http_exchange_id exchange,
                              const struct http_request *request)
{
    struct handler *handler = service;
    if (!request_accepts_events(request)) {
        story_answer(&handler->stories, exchange, request->path_id);
        return;
    }
    struct http_text id;
    int32_t step = 0;
    bool is_good =
        request_read_last_event_id(request, &id) && (id.size == 0 || history_parse_step(id, &step));
    if (may_stream(handler, exchange, is_good))
        follow_answer(&handler->follow, exchange, request->path_id, step);
}

void handler_get_events(void *service, http_exchange_id exchange,
                        const struct http_request *request)
{
    struct handler *handler = service;
    struct http_text id;
    struct history_position position;
    bool is_good = request_read_last_event_id(request, &id) &&
                   (id.size == 0 || history_parse_position(id, &position));
    if (may_stream(handler, exchange, is_good))
        feed_answer(&handler->feed, exchange, id.size == 0 ? NULL : &position);
}

void handler_list_orders(void *service, http_exchange_id exchange,
                         const struct http_request *request)
{
    struct handler *handler = service;
    list_answer(&handler->lists, exchange, request);
}

void handler_post_resume(void *service, http_exchange_id exchange,
                         const struct http_request *request)
{
    struct handler *handler = service;
    struct trace trace = request_trace(request, handler->settings.prng);
    resume_answer(&handler->resumes, exchange, request->path_id, &trace);
}

void handler_get_healthz(void *service, http_exchange_id exchange,
                         const struct http_request *request)
{
    struct handler *handler = service;
    (void)request;
    health_reply_live(handler->replier.server, exchange);
}

void handler_get_readyz(void *service, http_exchange_id exchange,
                        const struct http_request *request)
{
    struct handler *handler = service;
    (void)request;
    health_reply_ready(handler->replier.server, exchange,
                       handler->settings.is_ready(handler->settings.is_ready_context));
}

void handler_get_asset(void *service, http_exchange_id exchange, const struct http_request *request)
{
    struct handler *handler = service;
    asset_reply(handler->replier.server, exchange, request, order_assets, order_asset_count);
}

void handler_get_metrics(void *service, http_exchange_id exchange,
                         const struct http_request *request)
{
    struct handler *handler = service;
    (void)request;
    meter_reply(handler->settings.meter, handler->replier.server, exchange);
}

void handler_get_setup(void *service, http_exchange_id exchange, const struct http_request *request)
{
    struct handler *handler = service;
    (void)request;
    const char *setup = handler->settings.setup;
    struct http_response response = {
        .status = 200,
        .body = {.data = setup, .size = strlen(setup)},
    };
    http_reply(handler->replier.server, exchange, &response);
}

struct demo *handler_demo(void *service)
{
    struct handler *handler = service;
    return &handler->demo;
}
