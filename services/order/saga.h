/* saga - the life of one order as a table: state x event -> next state and effect. PURE.
 *
 * Place   driver -> [saga].  Knows no clock, no I/O, no memory; the driver performs the effects.
 *
 * An order has exactly one action under way at a time (a database write, a call to the payment
 * service, or a backoff timer), so an event always answers the effect performed last. What an event
 * can't mean in a state is a CONFLICT: logged and counted, and the state stays.
 *
 * The payment service's row is a write-once register: the first of PAID, FAILED, VOIDED decides the
 * order. UNKNOWN never becomes CANCELLED by itself: the charge is repeated while its budget lasts,
 * then void-if-unpaid is repeated until it is answered. docs/saga-table.md draws the table. */
#pragma once

#include "order/order.h"

#define SAGA_STATE_MAP(X)                                                                          \
    X(CREATING, "the order row is being inserted as PENDING")                                      \
    X(CHARGING, "PENDING is durable; a charge is under way, or waits for its next attempt")        \
    X(VOIDING, "a void-if-unpaid is under way, or waits for its next attempt")                     \
    X(COMPLETING, "PAID is recorded at the payment; COMPLETED is being written")                   \
    X(COMPENSATING, "the order holds no money and never will; CANCELLED is being written")         \
    X(REVOKING, "the customer cancels, CANCELLING is durable; a void-if-unpaid is under way")      \
    X(REFUNDING, "PAID is recorded, but the customer cancels; a refund is under way")              \
    X(COMPLETED, "final: COMPLETED is durable")                                                    \
    X(CANCELLED, "final: CANCELLED is durable")                                                    \
    X(ABANDONED, "final: no row was written and nothing was charged")                              \
    X(SUPERSEDED, "final here: another worker has moved the order on")                             \
    X(RELEASED, "final here: recovery will claim the order again")

#define SAGA_EVENT_MAP(X)                                                                          \
    X(START, "a client has posted the order")                                                      \
    X(CREATED, "the insert is committed")                                                          \
    X(CREATED_UNWANTED, "the insert is committed, but its client was told 503 meanwhile")          \
    X(CREATE_REFUSED, "the insert surely did not happen")                                          \
    X(CREATE_UNKNOWN, "the insert may have happened")                                              \
    X(CLAIMED, "recovery or a cancel has committed its claim on the order")                        \
    X(RETRY, "the backoff timer fired")                                                            \
    X(PAID, "the payment service has PAID recorded")                                               \
    X(DECLINED, "the payment service has FAILED recorded")                                         \
    X(VOIDED, "the payment service has VOIDED recorded")                                           \
    X(REFUNDED, "the payment service has REFUNDED recorded")                                       \
    X(MISMATCH, "the payment service has another order's payment recorded under this number")      \
    X(FAULT, "the payment service answered a plain 500")                                           \
    X(UNKNOWN, "no definite answer; the next attempt is within the budget")                        \
    X(BUDGET_SPENT, "no definite answer, and the budget for charges is spent")                     \
    X(NEVER_SENT, "the budget is spent, and no attempt has sent a single byte")                    \
    X(STORED, "the move of the order's status is committed")                                       \
    X(STORE_FAILED, "the move of the order's status may have failed")                              \
    X(OVERTAKEN, "the order's row was moved by another worker")                                    \
    X(LEASE_ENDING, "the order was held for long; others may claim it soon")

#define SAGA_EFFECT_MAP(X)                                                                         \
    X(NONE, "wait")                                                                                \
    X(CREATE, "insert the order")                                                                  \
    X(CHARGE, "send the charge")                                                                   \
    X(VOID, "send the void-if-unpaid")                                                             \
    X(REFUND, "send the refund")                                                                   \
    X(STORE, "write the status that belongs to the state")                                         \
    X(BACKOFF, "start the backoff timer")                                                          \
    X(RELEASE, "make the order claimable, and let go of it")                                       \
    X(ANSWER, "tell the client, and let go of the order")

enum saga_state {
#define SAGA_STATE_ENUM(name, text) SAGA_##name,
    SAGA_STATE_MAP(SAGA_STATE_ENUM)
#undef SAGA_STATE_ENUM
        SAGA_STATE_COUNT
};

enum saga_event {
#define SAGA_EVENT_ENUM(name, text) EV_##name,
    SAGA_EVENT_MAP(SAGA_EVENT_ENUM)
#undef SAGA_EVENT_ENUM
        SAGA_EVENT_COUNT
};

enum saga_effect {
#define SAGA_EFFECT_ENUM(name, text) FX_##name,
    SAGA_EFFECT_MAP(SAGA_EFFECT_ENUM)
#undef SAGA_EFFECT_ENUM
        SAGA_EFFECT_COUNT
};

enum saga_verdict { SAGA_CONFLICT, SAGA_MOVE };

struct saga_cell {
    enum saga_verdict verdict; /* CONFLICT: next is the same state, effect is NONE */
    enum saga_state next;
    enum saga_effect effect;
};

struct saga_cell saga_step(enum saga_state state, enum saga_event event);

/* The order's status as the database has it, or is about to have it, in this state. */
enum order_status saga_status(enum saga_state state);

bool saga_is_final(enum saga_state state);

/* Static, upper case, without prefix. */
const char *saga_state_name(enum saga_state state);
const char *saga_event_name(enum saga_event event);
const char *saga_effect_name(enum saga_effect effect);
