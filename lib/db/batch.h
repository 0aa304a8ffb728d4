/* batch - gathers the units that wait and sends them as few, large statements: natural batching.
 *
 * Place    stores -> [batch] -> pool -> conn.  Knows nothing of orders or HTTP.
 * Thread   the loop thread only. No function blocks.
 * Errors   submit reports refusal; the outcome of an accepted unit goes only to its callback.
 * Units    *_ms: milliseconds of the loop's monotonic clock.
 * Limits   DB_WAITING_COUNT_MAX waiting units, of which DB_NEWCOMER_COUNT_MAX stand back; beyond
 *          that submit refuses.
 *
 * Once per turn (LOOP_PHASE_DATABASE) all that waits leaves as one segment: each statement once,
 * its parameters as arrays over all its units, and one Sync. A segment is one transaction: it
 * commits with the Sync or nothing of it happened (PostgreSQL manual, "Pipeline Mode"). While it is
 * under way, units gather for the next one. Another connection is used at the same time only where
 * many units wait, or where a segment takes long: held up by a lock, or by a server that has gone.
 * Units that stand back fill what the others leave of a segment: so in an overload what was begun
 * is finished before more is begun.
 *
 * A segment refused by the data, or over a lock that somebody holds, is taken apart until the
 * guilty unit stands alone; its neighbours commit. Meanwhile its units, and further ones of their
 * keys, travel apart from all others and never take more than one connection or every other
 * segment. A unit whose lock is not to be had is sent again while its deadline lasts. A segment
 * whose connection is lost after the Sync left may have been committed, so it is sent again on
 * another connection while its units' deadlines last: EVERY STATEMENT MUST BE IDEMPOTENT. */
#pragma once

#include <stddef.h>

#include "base/loop.h"
#include "base/status.h"
#include "db/pool.h"
#include "db/unit.h"

enum { DB_WAITING_COUNT_MAX = 32768, DB_NEWCOMER_COUNT_MAX = 16384 };

struct db_batch; /* opaque */

/* Borrows loop and pool. The pool's connections serve only this batch. NULL: out of memory. */
struct db_batch *db_batch_open(struct loop *loop, struct db_pool *pool);

/* Answers every unit that is still accepted (STATUS_UNKNOWN or STATUS_UNAVAILABLE) during this
 * call, then frees the batch. Comes before db_pool_close(), and not from within a unit's callback.
 */
void db_batch_close(struct db_batch *batch);

/* Queues the unit for the end of this turn. Not accepted, and no callback will come:
 * STATUS_UNAVAILABLE (no connection is up, or the batch is closing), STATUS_OVERLOADED (too many
 * wait). Units that are under way together have no order among them, not even those of one key. */
enum status db_batch_submit(struct db_batch *batch, struct db_unit *unit) STATUS_MUST_CHECK;

size_t db_batch_waiting_count(const struct db_batch *batch);
