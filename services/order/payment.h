/* payment - the port to the payment service.
 *
 * Place      driver -> [payment] <- payment_http; the simulation has a twin.
 * Thread     the loop thread only. No function blocks.
 * Ownership  The request is copied or borrowed until the callback runs; see there.
 * Errors     A function that returns another status than STATUS_OK has sent nothing, and no
 * callback comes. An accepted call gets its callback exactly once, in a later turn. */
#pragma once

#include "base/status.h"
#include "order/order.h"

/* The first five are the only definite answers (docs/saga.md): they tell what is recorded for the
 * order. */
#define PAYMENT_RESULT_MAP(X)                                                                      \
    X(PAID, "paid")                                                                                \
    X(DECLINED, "declined") /* FAILED is recorded */                                               \
    X(VOIDED, "voided")                                                                            \
    X(REFUNDED, "refunded")                                                                        \
    X(MISMATCH, "mismatch") /* another amount or uid is recorded under this order's number */      \
    X(FAULT, "fault")       /* a plain 500: something went wrong over there, nobody knows what */  \
    X(UNKNOWN, "unknown")   /* timeout, reset, 502, 503, 504, an answer that can't be read */      \
    X(BUSY, "busy")         /* an unknown too, but one that answers: it takes no new work now */   \
    X(NOT_SENT, "not_sent") /* this attempt has not sent one byte */

enum payment_result {
#define PAYMENT_RESULT_ENUM(name, word) PAYMENT_##name,
    PAYMENT_RESULT_MAP(PAYMENT_RESULT_ENUM)
#undef PAYMENT_RESULT_ENUM
};

#define PAYMENT_VERB_MAP(X)                                                                        \
    X(CHARGE, "charge")                                                                            \
    X(VOID, "void")                                                                                \
    X(REFUND, "refund")

enum payment_verb {
#define PAYMENT_VERB_ENUM(name, word) PAYMENT_VERB_##name,
    PAYMENT_VERB_MAP(PAYMENT_VERB_ENUM)
#undef PAYMENT_VERB_ENUM
};

enum {
    PAYMENT_RESULT_COUNT = PAYMENT_NOT_SENT + 1,
    PAYMENT_VERB_COUNT = PAYMENT_VERB_REFUND + 1,
};

typedef void payment_cb(void *context, enum payment_result result);

struct payment_request {
    const struct order *order; /* borrowed until the callback */
    const struct trace *trace; /* borrowed until the callback */
    uint64_t deadline_ms;      /* moment of the loop's clock */
};

struct payment_operations {
    /* Records PAID unless something is recorded already; tells what is. */
    enum status (*charge)(void *payment, const struct payment_request *request, void *context,
                          payment_cb *callback);
    /* Records VOIDED unless something is recorded already; tells what is. */
    enum status (*void_unpaid)(void *payment, const struct payment_request *request, void *context,
                               payment_cb *callback);
    /* Turns PAID into REFUNDED; tells what is recorded then. */
    enum status (*refund)(void *payment, const struct payment_request *request, void *context,
                          payment_cb *callback);
};

struct payment_port {
    const struct payment_operations *operations;
    void *payment;
};
