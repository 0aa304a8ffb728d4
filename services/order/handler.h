/* handler - requests to commands, answers to replies. No SQL, no saga rules.
 *
 * Place      http/server -> routes -> [handler] -> driver, store (port).
 * Thread     the loop thread only.
 * Ownership  Borrows everything in handler_settings. */
#pragma once

#include "base/log.h"
#include "base/prng.h"
#include "http/server.h"
#include "order/cancel.h"
#include "order/demo.h"
#include "order/driver.h"
#include "order/history.h"
#include "order/store.h"
#include "service/meter.h"

enum { HANDLER_LOOKUP_COUNT_MAX = 16384 };

struct handler; /* opaque */

struct handler_settings {
    struct clock *clock;
    struct log *log;
    struct prng *prng;
    struct meter *meter;
    struct order_metrics *metrics;
    const struct order_store *store;
    const struct history_port *history;
    size_t watcher_count_max;         /* clients that watch events live */
    const char *setup;                /* JSON for the page: what it can do */
    const struct demo_settings *demo; /* NULL: there is no demo */
    bool (*is_ready)(void *context);  /* database reachable, not draining */
    void *is_ready_context;
};

/* NULL: out of memory. */
struct handler *handler_open(const struct handler_settings *settings);
/* No lookup may be under way, and no stream be open. */
void handler_close(struct handler *handler);

/* Before the first request. The server needs the handler first, and the driver its answers. */
void handler_connect(struct handler *handler, struct http_server *server, struct driver *driver,
                     struct canceller *canceller);

/* Ends all streams of events. No further request for one may come. */
void handler_stop_streams(struct handler *handler);

/* For the driver: a driver_answer_cb whose context is the handler. */
bool handler_answer(void *context, const struct driver_client *client, enum driver_answer answer,
                    const struct order *order);

/* For handler_demo; there must be a demo. */
struct demo *handler_demo(void *service);

/* For the routes; `service` is the handler. */
void handler_post_order(void *service, http_exchange_id exchange,
                        const struct http_request *request);
void handler_get_order(void *service, http_exchange_id exchange,
                       const struct http_request *request);
void handler_get_order_events(void *service, http_exchange_id exchange,
                              const struct http_request *request);
void handler_get_events(void *service, http_exchange_id exchange,
                        const struct http_request *request);
void handler_list_orders(void *service, http_exchange_id exchange,
                         const struct http_request *request);
void handler_post_resume(void *service, http_exchange_id exchange,
                         const struct http_request *request);
void handler_post_cancel(void *service, http_exchange_id exchange,
                         const struct http_request *request);
void handler_get_healthz(void *service, http_exchange_id exchange,
                         const struct http_request *request);
void handler_get_readyz(void *service, http_exchange_id exchange,
                        const struct http_request *request);
void handler_get_asset(void *service, http_exchange_id exchange,
                       const struct http_request *request);
void handler_get_metrics(void *service, http_exchange_id exchange,
                         const struct http_request *request);
void handler_get_setup(void *service, http_exchange_id exchange,
                       const struct http_request *request);
