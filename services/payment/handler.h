/* handler - requests to records, recorded rows to replies. No SQL; the rules decide.
 *
 * Place      http/server -> routes -> [handler] -> rules, faults, store (port). Charges are in
 *            handler_charge.c, lists in handler_list.c, the demo in handler_demo.c.
 * Thread     the loop thread only.
 * Ownership  Borrows everything in handler_settings. */
#pragma once

#include "base/admission.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/prng.h"
#include "http/server.h"
#include "payment/fault_rules.h"
#include "payment/metrics.h"
#include "payment/store.h"
#include "service/logbook.h"
#include "service/meter.h"

/* Lists share a connection with all other reads, which may wait for them. */
enum {
    HANDLER_CALL_COUNT_MAX = 32768,
    HANDLER_CHARGE_COUNT_MAX = 16384, /* of these */
    HANDLER_LIST_COUNT_MAX = 32
};

struct handler; /* opaque */

struct handler_settings {
    struct clock *clock;
    struct log *log;
    struct prng *prng;
    struct meter *meter;
    struct payment_metrics *metrics;
    const struct payment_store *store;
    uint64_t overload_delay_ms; /* charges that would likely take longer are refused */
    struct fault_rules *fault_rules;
    const struct logbook *logbook;   /* NULL: there is no demo */
    bool (*is_ready)(void *context); /* database reachable, not draining */
    void *is_ready_context;
};

/* NULL: out of memory. */
struct handler *handler_open(const struct handler_settings *settings);
/* No call may be at the store; charges that wait for their delay are forgotten. */
void handler_close(struct handler *handler);

/* How many charges may be under way, and how many were refused. */
const struct admission *handler_admission(const struct handler *handler);

/* Before the first request: the server needs the handler first. */
void handler_connect(struct handler *handler, struct http_server *server);

/* For the routes; `service` is the handler. */
void handler_post_payment(void *service, http_exchange_id exchange,
                          const struct http_request *request);
void handler_post_void(void *service, http_exchange_id exchange,
                       const struct http_request *request);
void handler_post_refund(void *service, http_exchange_id exchange,
                         const struct http_request *request);
void handler_get_payment(void *service, http_exchange_id exchange,
                         const struct http_request *request);
void handler_list_payments(void *service, http_exchange_id exchange,
                           const struct http_request *request);
void handler_get_healthz(void *service, http_exchange_id exchange,
                         const struct http_request *request);
void handler_get_readyz(void *service, http_exchange_id exchange,
                        const struct http_request *request);
void handler_get_asset(void *service, http_exchange_id exchange,
                       const struct http_request *request);
void handler_get_metrics(void *service, http_exchange_id exchange,
                         const struct http_request *request);

/* The demo's; they need a logbook, and rules that can change. */
void handler_get_demo_faults(void *service, http_exchange_id exchange,
                             const struct http_request *request);
void handler_put_demo_faults(void *service, http_exchange_id exchange,
                             const struct http_request *request);
void handler_get_demo_payment(void *service, http_exchange_id exchange,
                              const struct http_request *request);
