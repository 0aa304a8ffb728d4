/* store_pages - the part of the payment store that lists payments.
 *
 * Place      store_pg -> [store_pages] -> store_row, db/batch.
 * Thread     the loop thread only.
 * Ownership  Borrows the batch.
 * Limits     PAYMENT_STORE_PAGES_COUNT_MAX calls under way. */
#pragma once

#include "base/slab.h"
#include "db/batch.h"
#include "payment/store.h"

enum { PAYMENT_STORE_PAGES_COUNT_MAX = 1024 };

struct payment_store_pages {
    struct db_batch *reader;
    struct slab calls;
    struct payment page[PAYMENT_PAGE_COUNT_MAX]; /* what is handed to the callback */
    int64_t last_key;
};

extern const struct db_statement payment_page_statement;

void payment_store_pages_init(struct payment_store_pages *pages, struct db_batch *reader);
/* No call may be under way. */
void payment_store_pages_free(struct payment_store_pages *pages);

/* As in the port. */
enum status payment_store_pages_read(struct payment_store_pages *pages,
                                     const struct payment_page_query *query, uint64_t deadline_ms,
                                     void *context, payment_page_cb *callback);
