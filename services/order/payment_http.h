/* payment_http - the payment port over HTTP.
 *
 * Place      payment (port) <- [payment_http] -> http/client, codec.
 * Thread     the loop thread only.
 * Ownership  Borrows everything given.
 * Limits     PAYMENT_CALL_COUNT_MAX calls under way.
 *
 * The order's uid goes along as Idempotency-Key, its trace as traceparent. A charge
 * carries the time that is left for it as Request-Timeout-Ms: one that waits longer over there is
 * not recorded, for nobody would hear of it. */
#pragma once

#include "base/loop.h"
#include "base/prng.h"
#include "http/client.h"
#include "order/metrics.h"
#include "order/payment.h"

enum { PAYMENT_CALL_COUNT_MAX = 32768 };

struct payment_http; /* opaque */

/* NULL: out of memory. */
struct payment_http *payment_http_open(struct http_client *client, struct loop *loop,
                                       struct prng *prng, struct order_metrics *metrics);
/* No call may be under way. */
void payment_http_close(struct payment_http *http);

struct payment_port payment_http_port(struct payment_http *http);
