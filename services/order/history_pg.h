/* history_pg - the history port on PostgreSQL: each call is one unit of a batch.
 *
 * Place      history (port) <- [history_pg] -> db/batch.
 * Thread     the loop thread only.
 * Ownership  Borrows the batch.
 * Limits     HISTORY_CALL_COUNT_MAX calls under way. */
#pragma once

#include "db/batch.h"
#include "order/history.h"

enum { HISTORY_CALL_COUNT_MAX = 16384 };

struct history_pg; /* opaque */

/* For the pool of the reading connections: what they prepare. */
extern const struct db_statement *const history_statements[];
extern const size_t history_statement_count;

/* NULL: out of memory. */
struct history_pg *history_pg_open(struct db_batch *reader);
/* No call may be under way. */
void history_pg_close(struct history_pg *pg);

struct history_port history_pg_port(struct history_pg *pg);
