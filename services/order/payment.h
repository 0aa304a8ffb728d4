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

/* The first five are the only definite answers (R2): they tell what is recorded for the order. */
enum payment_result {
    PAYMENT_PAID,
    PAYMENT_DECLINED, /* FAILED is recorded */
    PAYMENT_VOIDED,
    PAYMENT_REFUNDED,
    PAYMENT_MISMATCH, /* another amount or another uid is recorded under this order's number */
    PAYMENT_FAULT,    /* a plain 500: something went wrong over there, and nobody knows what */
    PAYMENT_UNKNOWN,  /* timeout, reset, 502, 503, 504, an answer that can't be read */
    PAYMENT_BUSY,     /* an unknown too, but one that answers: it takes no new work just now */
    PAYMENT_NOT_SENT, /* this attempt has not sent one byte */
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
