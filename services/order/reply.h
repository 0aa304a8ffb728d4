/* reply - the answers of the order service as HTTP.
 *
 * Place      handler, replay, lists, resume -> [reply] -> codec, http/server.
 * Thread     the loop thread only. */
#pragma once

#include "base/buffer.h"
#include "http/server.h"
#include "order/order.h"
#include "service/meter.h"
#include "json/fields.h"

struct replier {
    struct http_server *server; /* set before the first request */
    struct meter *meter;
    struct buffer scratch; /* a body */
    struct buffer headers; /* those of an order, and a NUL */
};

/* STATUS_NO_MEMORY where there is no room for the largest answer. */
enum status replier_init(struct replier *replier, struct meter *meter) STATUS_MUST_CHECK;
void replier_free(struct replier *replier);

/* Some other JSON; 503 where there was no memory for it. */
void reply_body(struct replier *replier, http_exchange_id exchange, int status,
                const struct buffer *body);

/* With Location, where the order is, and Order-Final, whether it is COMPLETED or CANCELLED.
 * `headers`: further whole lines or NULL; `detail`: NULL for none. */
void reply_order(struct replier *replier, http_exchange_id exchange, int status,
                 const char *headers, const char *detail, const struct order *order);

/* For a final order: 200 COMPLETED, or 400 CANCELLED. */
void reply_outcome(struct replier *replier, http_exchange_id exchange, const char *headers,
                   const struct order *order);

/* 202 with Retry-After; and with Preference-Applied, where the client has not waited for the
 * outcome because it prefers so (RFC 7240, section 3). */
void reply_pending(struct replier *replier, http_exchange_id exchange, bool is_preferred,
                   const struct order *order);

/* 409 with Retry-After: the order under this Idempotency-Key is not final yet. */
void reply_running(struct replier *replier, http_exchange_id exchange, const struct order *order);

/* 422: the Idempotency-Key belongs to an order of another body. */
void reply_key_reused(struct replier *replier, http_exchange_id exchange);

/* 422 with every fault of the body. */
void reply_faults(struct replier *replier, http_exchange_id exchange,
                  const struct json_faults *faults);

/* 503, for STATUS_OVERLOADED, STATUS_STOPPING and whatever else kept the database away. */
void reply_refusal(struct replier *replier, http_exchange_id exchange, enum status status);

/* 503: as many clients watch events as there may. */
void reply_too_many_watchers(struct replier *replier, http_exchange_id exchange);

/* {"detail": …} */
void reply_error(struct replier *replier, http_exchange_id exchange, int status,
                 const char *detail);
