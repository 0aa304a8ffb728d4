/* store - the port to the order database.
 *
 * Place      driver, handler -> [store] <- store_pg (PostgreSQL); the simulation has a twin.
 * Thread     the loop thread only. No function blocks.
 * Ownership  An order's record and its item name are borrowed until the callback runs.
 * Errors     A function that returns another status than STATUS_OK has not accepted the call, and
 *            no callback comes: STATUS_UNAVAILABLE or STATUS_OVERLOADED, surely nothing was done.
 *            An accepted call gets its callback exactly once, in a later turn.
 * Units      *_ms: moments of the loop's clock.
 *
 * Every call may be repeated: it has the same effect once and any number of times. */
#pragma once

#include "base/status.h"
#include "order/order.h"

/* STATUS_OK: the row is durable with this id and uid. STATUS_REFUSED, STATUS_UNAVAILABLE: surely
 * not inserted. STATUS_UNKNOWN: perhaps. */
typedef void store_create_cb(void *context, enum status status);

/* STATUS_OK: the wanted status is durable, by this move or an earlier attempt at it.
 * STATUS_CONFLICT: another worker has taken the order over, or moved it; `current` is the status
 * that is durable now. STATUS_NOT_FOUND: the row is gone. Else the move may or may not have
 * happened. */
typedef void store_move_cb(void *context, enum status status, enum order_status current);

/* STATUS_OK: the row, borrowed for the time of the call, or NULL where there is none. */
typedef void store_read_cb(void *context, enum status status, const struct order *order);

/* STATUS_OK: the ids first_id … first_id + count - 1 are this process's own for ever. */
typedef void store_reserve_cb(void *context, enum status status, int64_t first_id, int64_t count);

/* Newest first; borrowed for the time of the call. Only those below next_before_id are left; 0:
 * there are no more. */
struct store_page {
    const struct order *orders;
    size_t count;
    int64_t next_before_id;
};
typedef void store_page_cb(void *context, enum status status, const struct store_page *page);

/* STATUS_OK: `order` is what the call has just changed; NULL where it changed nothing. Borrowed for
 * the time of the call. */
typedef void store_claim_cb(void *context, enum status status, const struct order *order);

/* STATUS_OK: these orders are the caller's now, each under a new epoch. */
typedef void store_sweep_cb(void *context, enum status status, const struct order *orders,
                            size_t count);

/* A worker that has inserted or claimed an order has it for so long; afterwards others may claim
 * it. An order claimed STORE_ATTEMPT_COUNT_MAX times in a row, and never handed back, is parked
 * when its last lease has ended: it may be what crashes its workers. Once
 * claimed STORE_SUSPECT_ATTEMPT_COUNT times it is a suspect, and is claimed alone: its neighbours
 * in a sweep would lose an attempt with each of its crashes. */
#define STORE_LEASE_MS              15000 /* macros, as the SQL is made of them */
#define STORE_SUSPECT_ATTEMPT_COUNT 3
#define STORE_ATTEMPT_COUNT_MAX     10
enum { STORE_SWEEP_COUNT_MAX = 64 };

/* A page of one status looks at so many orders and no more: it may come out short, even empty, and
 * yet not be the last. */
#define STORE_PAGE_LOOK_COUNT_MAX 5000
enum { STORE_PAGE_COUNT_MAX = 100 };

struct store_page_query {
    int64_t before_id; /* only orders below this id */
    int32_t limit;     /* 1 … STORE_PAGE_COUNT_MAX */
    bool has_status;   /* only orders of this status */
    enum order_status status;
    bool parked_only; /* of the orders that are due for longest */
};

/* A compare-and-set: this status and this epoch, or it moves nothing. */
struct store_move {
    int64_t id;
    int32_t epoch;
    enum order_status from;
    enum order_status to;
    const char *reason;        /* static; goes into the order's history in the same statement */
    const struct trace *trace; /* read before the call returns; goes there too */
    uint64_t deadline_ms;
};

struct order_store_operations {
    /* Inserts the order as PENDING, with its first line of history, and its Idempotency-Key. As in
     * every call, the trace is read before the call returns. */
    enum status (*create)(void *store, const struct order *order, const struct trace *trace,
                          uint64_t deadline_ms, void *context, store_create_cb *callback);
    enum status (*move)(void *store, const struct store_move *move, void *context,
                        store_move_cb *callback);
    /* For a customer's cancel: PENDING or COMPLETED to CANCELLING, under a new epoch that is the
     * caller's. */
    enum status (*claim_cancel)(void *store, int64_t id, const struct trace *trace,
                                uint64_t deadline_ms, void *context, store_claim_cb *callback);
    /* For recovery: takes over up to `count` unfinished orders that nobody has cared for in time,
     * oldest first, or a single suspect; epoch and attempts are committed before the callback. */
    enum status (*sweep)(void *store, int32_t count, uint64_t deadline_ms, void *context,
                         store_sweep_cb *callback);
    /* For the operator: makes an order claimable at once, if it is parked, and only then. */
    enum status (*resume)(void *store, int64_t id, uint64_t deadline_ms, void *context,
                          store_claim_cb *callback);
    /* Makes an order claimable after delay_ms of the database's clock; nobody waits for it. */
    void (*release)(void *store, int64_t id, int32_t epoch, int32_t delay_ms);
    enum status (*read)(void *store, int64_t id, uint64_t deadline_ms, void *context,
                        store_read_cb *callback);
    /* The order that was created with the key of `order`; tells was_taken_back. */
    enum status (*read_by_key)(void *store, const struct order *order, uint64_t deadline_ms,
                               void *context, store_read_cb *callback);
    enum status (*read_page)(void *store, const struct store_page_query *query,
                             uint64_t deadline_ms, void *context, store_page_cb *callback);
    enum status (*reserve_ids)(void *store, uint64_t deadline_ms, void *context,
                               store_reserve_cb *callback);
};

struct order_store {
    const struct order_store_operations *operations;
    void *store;
};
