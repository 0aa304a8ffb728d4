/* demo - what a person who plays with the services may look at and change while they run: the
 * payment service's faults, an order's log and payment, and the last audit.
 *
 * Place      handler_demo -> [demo] -> reply, http/client, service/logbook, service/shared_text.
 * Thread     the loop thread only.
 * Ownership  Borrows everything in demo_settings.
 * Errors     503 where the payment service does not answer in time. What it answers is passed on.
 * Limits     DEMO_CALL_COUNT_MAX calls under way; bodies as http/message.h has them.
 *
 * All of it is off where the settings say nothing: then its routes are not there. A browser speaks
 * to the order service only, so what the payment service knows is asked for here. */
#pragma once

#include "base/slab.h"
#include "http/client.h"
#include "order/reply.h"
#include "service/logbook.h"
#include "service/shared_text.h"

enum { DEMO_CALL_COUNT_MAX = 64 };

struct demo_settings {
    struct clock *clock;
    struct http_client *client; /* of the payment service */
    struct logbook *logbook;
    struct shared_text *audit; /* the last one, as it was told */
};

struct demo {
    struct demo_settings settings;
    struct replier *replier;
    struct slab calls;
    struct buffer body;
};

void demo_init(struct demo *demo, const struct demo_settings *settings, struct replier *replier);
/* No call may be under way. */
void demo_free(struct demo *demo);

void demo_answer_faults(struct demo *demo, http_exchange_id exchange);
void demo_set_faults(struct demo *demo, http_exchange_id exchange,
                     const struct http_request *request);
void demo_answer_payment(struct demo *demo, http_exchange_id exchange, int64_t order_id);
void demo_answer_log(struct demo *demo, http_exchange_id exchange, int64_t order_id);
void demo_answer_audit(struct demo *demo, http_exchange_id exchange);
void demo_set_audit(struct demo *demo, http_exchange_id exchange,
                    const struct http_request *request);
