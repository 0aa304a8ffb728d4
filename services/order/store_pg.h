/* store_pg - the store port on PostgreSQL: each call is one unit of a batch.
 *
 * Place      store (port) <- [store_pg] -> db/batch.
 * Thread     the loop thread only.
 * Ownership  Borrows both batches.
 * Limits     STORE_CALL_COUNT_MAX calls under way. */
#pragma once

#include "base/log.h"
#include "db/batch.h"
#include "order/store.h"

enum { STORE_CALL_COUNT_MAX = 65536 };

struct order_store_pg; /* opaque */

/* For the pools: what their connections prepare, and the schema they need. */
extern const struct db_statement *const order_write_statements[];
extern const size_t order_write_statement_count;
extern const struct db_statement *const order_read_statements[];
extern const size_t order_read_statement_count;

/* Writes and reads go over different connections, so that a read never waits for a flush. NULL: out
 * of memory. */
struct order_store_pg *order_store_pg_open(struct log *log, struct clock *clock,
                                           struct db_batch *writer, struct db_batch *reader);
/* No call may be under way. */
void order_store_pg_close(struct order_store_pg *pg);

struct order_store order_store_pg_port(struct order_store_pg *pg);
