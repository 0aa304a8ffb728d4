/* driver - runs the sagas: the only caller of saga_step().
 *
 * Place      handler -> [driver] -> saga (pure), ports store.h and payment.h, base/clock.
 *            Knows no HTTP, no SQL, no libuv: the simulation links this very file.
 * Thread     the loop thread only.
 * Ownership  Copies the command. Borrows everything in driver_settings.
 * Errors     driver_create() reports refusal; an accepted order is answered exactly once, in a
 *            later turn, by its deadline at the latest.
 * Limits     New orders only while those under way are likely to end soon (base/admission), and no
 *            more than DRIVER_ORDER_COUNT_MAX of them; DRIVER_SAGA_COUNT_MAX sagas in all. Beyond
 *            that, STATUS_OVERLOADED. DRIVER_ADOPTED_COUNT_MAX are kept for orders that nobody
 *            waits for, so that recovery finds room in an overload too.
 * Units      *_ms: milliseconds.
 *
 * The client's deadline only decides when the client is told; the saga goes on until it is final.
 */
#pragma once

#include "base/admission.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/prng.h"
#include "order/metrics.h"
#include "order/order.h"
#include "order/payment.h"
#include "order/saga.h"
#include "order/store.h"

/* A saga that is not final after DRIVER_HOLD_MS is handed back to recovery, well before its lease
 * ends and another worker may claim it. */
enum {
    DRIVER_SAGA_COUNT_MAX = 20000,
    DRIVER_ORDER_COUNT_MAX = 16384,
    DRIVER_ADOPTED_COUNT_MAX = 512,
    DRIVER_HOLD_MS = STORE_LEASE_MS * 2 / 3,
};

struct driver; /* opaque */

enum driver_answer {
    ANSWER_FINAL,       /* order->status is COMPLETED or CANCELLED, and durable */
    ANSWER_OVERTAKEN,   /* final too, by another worker's doing: why, is not known here */
    ANSWER_PENDING,     /* durable as PENDING or CANCELLING; the outcome comes later */
    ANSWER_UNAVAILABLE, /* not accepted by the database, or not known in time (docs/saga.md, 6) */
    ANSWER_KEY_TAKEN,   /* another order has the client's Idempotency-Key; nothing was done */
    ANSWER_NOT_FOUND,   /* a cancel of an order that there is not; order is NULL */
};

/* Who waits for an answer, and to what. */
struct driver_client {
    uint64_t reply_to;        /* the handler's own word */
    bool is_cancelling;       /* the request was to cancel, not to order */
    bool answer_when_durable; /* do not wait for the outcome (Prefer: respond-async) */
};

/* order: borrowed, for the time of the call. False: the client has gone, and nobody was told. */
typedef bool driver_answer_cb(void *context, const struct driver_client *client,
                              enum driver_answer answer, const struct order *order);

struct driver_command {
    const char *item_name; /* UTF-8, at most ORDER_ITEM_NAME_SIZE_MAX bytes */
    uint32_t item_name_size;
    int32_t quantity;
    int32_t price;
    const char *key;   /* the client's Idempotency-Key */
    uint32_t key_size; /* 0: none; at most ORDER_KEY_SIZE_MAX */
    struct trace trace;
    struct driver_client client;
};

struct driver_settings {
    struct clock *clock;
    struct log *log;
    struct prng *prng;
    struct order_metrics *metrics;
    const struct order_store *store;
    const struct payment_port *payment;
    uint64_t order_deadline_ms;  /* until the client is told */
    uint64_t payment_timeout_ms; /* for one call */
    uint64_t overload_delay_ms;  /* orders that would likely take longer are refused */
    driver_answer_cb *answer;
    void *answer_context;
};

/* NULL: out of memory. */
struct driver *driver_open(const struct driver_settings *settings);

/* Answers everybody who still waits (ANSWER_PENDING or ANSWER_UNAVAILABLE) and forgets the sagas
 * that are not final: their rows stay PENDING. No port may call back afterwards. */
void driver_close(struct driver *driver);

/* Would driver_create() take another order? STATUS_OK; STATUS_OVERLOADED, STATUS_STOPPING. For who
 * can save the work to read one. Not for cancels: what was accepted is never refused. */
enum status driver_admits(struct driver *driver) STATUS_MUST_CHECK;

/* STATUS_OK: accepted. STATUS_UNAVAILABLE (no database), STATUS_OVERLOADED, STATUS_STOPPING:
 * nothing was done, and no answer comes. */
enum status driver_create(struct driver *driver,
                          const struct driver_command *command) STATUS_MUST_CHECK;

/* Runs the saga of an order that was claimed, with a void-if-unpaid: where PAID is recorded
 * already, PENDING becomes COMPLETED, and CANCELLING is refunded. Copies the order. `client` may be
 * NULL: nobody waits. STATUS_OVERLOADED: nothing was done, and the order is claimed again when its
 * lease ends. To be called from a port's callback. */
enum status driver_adopt(struct driver *driver, const struct order *order,
                         const struct trace *trace,
                         const struct driver_client *client) STATUS_MUST_CHECK;

/* Of the running sagas, those that nobody waits for. */
size_t driver_adopted_count(const struct driver *driver);

/* From now on driver_create() refuses. */
void driver_drain(struct driver *driver);

/* Sagas that are not final. */
size_t driver_saga_count(const struct driver *driver);

/* How many orders may be under way, and how many were refused. */
const struct admission *driver_admission(const struct driver *driver);

/* True while order ids are at hand. */
bool driver_is_ready(const struct driver *driver);
