/* store_pg - the store port on PostgreSQL: each call is one unit of a batch.
 *
 * Place      store (port) <- [store_pg] -> db/batch.
 * Thread     the loop thread only.
 * Ownership  Borrows both batches.
 * Limits     PAYMENT_STORE_CALL_COUNT_MAX calls under way. */
#pragma once

#include "base/clock.h"
#include "db/batch.h"
#include "payment/store.h"

enum { PAYMENT_STORE_CALL_COUNT_MAX = 65536 };

struct payment_store_pg; /* opaque */

extern const struct db_statement *const payment_write_statements[];
extern const size_t payment_write_statement_count;
extern const struct db_statement *const payment_read_statements[];
extern const size_t payment_read_statement_count;

/* Writes and reads go over different connections, so that a read never waits for a flush. NULL: out
 * of memory. */
struct payment_store_pg *payment_store_pg_open(struct clock *clock, struct db_batch *writer,
                                               struct db_batch *reader);
/* No call may be under way. */
void payment_store_pg_close(struct payment_store_pg *pg);

struct payment_store payment_store_pg_port(struct payment_store_pg *pg);
