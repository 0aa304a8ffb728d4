/* driver_saga - the driver's inside: one running saga, and what its two halves share.
 *
 * Place   driver.c (commands, deadlines, drain) -> [driver_saga] <- driver_step.c (events,
 * effects). Included by these two only. */
#pragma once

#include "base/list.h"
#include "base/slab.h"
#include "base/tally.h"
#include "order/driver.h"
#include "order/ids.h"

struct driver {
    struct driver_settings settings;
    uint64_t charge_budget_ms; /* from the order's creation on: repeating charges */
    struct order_ids ids;
    struct slab sagas;
    struct admission admission;
    struct tally refusals;
    struct list_node running; /* struct saga.in_running */
    struct list_node waiting; /* struct saga.in_waiting, by deadline: all waits are equally long */
    struct timer answer_timer;
    size_t saga_count;
    size_t adopted_count; /* of these, without a client */
    bool is_draining;
};

/* Invariant: exactly one of a port's call and the backoff timer is under way, from saga_start()
 * until a final state. `state` is written by driver_step.c's enter() only. */
struct saga {
    struct driver *driver;
    struct order order;
    char item_name[ORDER_ITEM_NAME_SIZE_MAX];
    char key[ORDER_KEY_SIZE_MAX];
    struct trace trace;
    enum saga_state state;
    const char *reason;     /* of the coming move of the status; static */
    uint64_t held_since_ms; /* inserted or claimed */
    unsigned failure_count; /* of the current action, in a row */
    bool is_created;        /* the row is durable */
    bool was_sent;          /* some attempt may have reached the payment service */
    bool is_key_taken;      /* the Idempotency-Key is another order's */
    bool was_refused;       /* the client was told ANSWER_UNAVAILABLE */
    bool is_answered;
    bool is_adopted; /* claimed, and nobody waits */
    struct driver_client client;
    struct admission_ticket ticket; /* of a new order */
    uint64_t answer_by_ms;
    struct timer backoff;
    struct list_node in_running;
    struct list_node in_waiting; /* linked while the client waits */
};

/* driver_step.c: the first insert. Another status than STATUS_OK: nothing is under way. */
enum status saga_start(struct saga *saga) STATUS_MUST_CHECK;

/* driver_step.c: performs the event and whatever follows from it at once. May end the saga: the
 * pointer is dead afterwards. */
void saga_handle(struct saga *saga, enum saga_event event);

/* driver_step.c: prepares the backoff timer. */
void saga_init_backoff(struct saga *saga);

/* driver.c: tells the client, if still waiting; harmless to repeat. */
void saga_answer(struct saga *saga, enum driver_answer answer);

/* driver.c: lets go of a final saga. */
void saga_release(struct saga *saga);
