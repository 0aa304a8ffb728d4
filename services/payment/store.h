/* store - the port to the payment database.
 *
 * Place      handler -> [store] <- store_pg (PostgreSQL); the simulation has a twin.
 * Thread     the loop thread only. No function blocks.
 * Ownership  The payment is copied.
 * Errors     A function that returns another status than STATUS_OK has not accepted the call, and
 * no callback comes. An accepted call gets its callback exactly once, in a later turn. Units *_ms:
 * moments of the loop's clock. */
#pragma once

#include "base/status.h"
#include "payment/payment.h"

/* STATUS_OK: `row` is the recorded row of the order (record: surely there; read and refund: NULL
 * where there is none). STATUS_REFUSED, STATUS_UNAVAILABLE: surely nothing was recorded by this
 * call. STATUS_UNKNOWN: perhaps. `row` is borrowed for the time of the call. */
typedef void payment_store_cb(void *context, enum status status, const struct payment *row);

/* A page in which all payments of a status are looked for looks at so many payments and no more: it
 * may come out short, even empty, and yet not be the last. */
#define PAYMENT_PAGE_LOOK_COUNT_MAX 5000 /* a macro, as the SQL is made of it */
enum { PAYMENT_PAGE_COUNT_MAX = 100 };

struct payment_page_query {
    int64_t before_id; /* only payments below this id */
    int32_t limit;     /* 1 … PAYMENT_PAGE_COUNT_MAX */
    bool has_status;   /* only payments of this status */
    enum payment_status status;
};

/* Newest first. Only those below next_before_id are left; 0: there are no more. */
struct payment_page {
    const struct payment *payments;
    size_t count;
    int64_t next_before_id;
};

/* STATUS_OK: `page` is borrowed for the time of the call. */
typedef void payment_page_cb(void *context, enum status status, const struct payment_page *page);

struct payment_store_operations {
    /* Records `wanted` unless the order has a row already; tells the row that is there then. */
    enum status (*record)(void *store, const struct payment *wanted, uint64_t deadline_ms,
                          void *context, payment_store_cb *callback);
    /* Turns the order's PAID into REFUNDED if `wanted` has no uid, or that of the row; tells the
     * row that is there then, whatever it is. Of `wanted` only order_id and uid matter. */
    enum status (*refund)(void *store, const struct payment *wanted, uint64_t deadline_ms,
                          void *context, payment_store_cb *callback);
    enum status (*read)(void *store, int64_t order_id, uint64_t deadline_ms, void *context,
                        payment_store_cb *callback);
    enum status (*read_page)(void *store, const struct payment_page_query *query,
                             uint64_t deadline_ms, void *context, payment_page_cb *callback);
};

struct payment_store {
    const struct payment_store_operations *operations;
    void *store;
};
