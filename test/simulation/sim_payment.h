/* sim_payment - twin of the port to the payment service: every call is a message on a bad network.
 *
 * Place   instance -> breaker -> payment (port) -> [sim_payment] -> sim_register.
 * Thread  as the port says: a callback exactly once, in a later turn, while the host lives.
 *
 * A request may be lost, slow, repeated, or arrive when its caller has long given up or died; an
 * answer may be lost, or be a 500 or 503 that hides what was recorded; the whole service may refuse
 * connections or hang. */
#pragma once

#include "base/slab.h"
#include "order/payment.h"
#include "simulation/sim_host.h"
#include "simulation/sim_register.h"

enum payment_outage {
    PAYMENT_UP,
    PAYMENT_REFUSING, /* connections are refused, what is under way is lost */
    PAYMENT_HANGING,  /* requests are swallowed */
    PAYMENT_STALLED,  /* requests wait, and are done when it is over */
};

struct sim_payment {
    struct sim *sim;
    struct sim_register reg;
    struct slab calls;
    struct slab messages;
    enum payment_outage outage;
    uint64_t outage_until_ms;
};

/* One host's way to it. */
struct sim_payment_link {
    struct sim_payment *payment;
    struct sim_host *host;
};

void sim_payment_init(struct sim_payment *payment, struct sim *sim);
/* No message may be under way. */
void sim_payment_free(struct sim_payment *payment);

void sim_payment_begin_outage(struct sim_payment *payment, enum payment_outage outage,
                              uint64_t duration_ms);

struct payment_port sim_payment_port(struct sim_payment_link *link);

/* Ends every call that the host waits for, as unknown; its messages go on. */
void sim_payment_end_calls(struct sim_host *host);
