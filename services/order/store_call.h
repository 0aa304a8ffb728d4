/* store_call - one call of the order store on its way; what the files of the store share.
 *
 * Place   store_pg, store_claims, store_pages -> [store_call] -> db/batch. For these only. */
#pragma once

#include "base/slab.h"
#include "db/batch.h"
#include "order/store_pg.h"

struct order_store_pg {
    struct log *log;
    struct clock *clock;
    struct db_batch *writer;
    struct db_batch *reader;
    struct slab calls;
    struct order swept[STORE_SWEEP_COUNT_MAX]; /* what a sweep hands to its callback */
    struct order page[STORE_PAGE_COUNT_MAX];   /* what a page does */
    int64_t last_page_key;
};

/* A write that found nothing to do goes on as a look at the row. */
struct store_call {
    struct order_store_pg *pg;
    struct db_unit unit;
    void *context;
    struct uuid uid;                       /* create: whose row it must be */
    uint8_t trace_id[TRACE_ID_BYTE_COUNT]; /* what writes a line of history */
    enum order_status wanted;              /* move */
    int32_t epoch;                         /* move: whose it must be */
    struct store_page_query page_query;
    union {
        store_create_cb *create;
        store_move_cb *move;
        store_claim_cb *claim;
        store_sweep_cb *sweep;
        store_read_cb *read;
        store_page_cb *page;
        store_reserve_cb *reserve;
    } callback;
};

/* With the key as its first value. NULL: too many calls. */
struct store_call *store_call_begin(struct order_store_pg *pg, const struct db_statement *statement,
                                    int64_t key, uint64_t deadline_ms, void *context,
                                    db_unit_cb *callback);

/* Another status than STATUS_OK: the call is gone. */
enum status store_call_submit(struct store_call *call, struct db_batch *batch) STATUS_MUST_CHECK;

/* The trace as one of its values, for a line of history. */
void store_call_set_trace(struct store_call *call, int column, const struct trace *trace);

void store_call_end(struct store_call *call);

/* False, after logging why, where the row makes no sense to this program. */
bool store_call_decode(const struct order_store_pg *pg, const struct db_rows *rows, int row,
                       struct order *order);

struct db_value store_value_int(int64_t integer);
struct db_value store_value_text(const char *text);
struct db_value store_value_bytes(const void *bytes, size_t size);

/* store_claims.c */
enum status store_claim_cancel(void *store, int64_t id, const struct trace *trace,
                               uint64_t deadline_ms, void *context, store_claim_cb *callback);
enum status store_resume(void *store, int64_t id, uint64_t deadline_ms, void *context,
                         store_claim_cb *callback);
enum status store_sweep(void *store, int32_t count, uint64_t deadline_ms, void *context,
                        store_sweep_cb *callback);
void store_release(void *store, int64_t id, int32_t epoch, int32_t delay_ms);

/* store_pages.c */
enum status store_read_page(void *store, const struct store_page_query *query, uint64_t deadline_ms,
                            void *context, store_page_cb *callback);
