/* unit - one row of parameters for a statement: what the stores submit and the batch gathers.
 *
 * Place      below db/segment and db/batch.
 * Ownership  The caller owns the unit and may embed it in its own object; the batch borrows it, and
 *            the bytes that its values point to, until the callback runs.
 * Limits     DB_UNIT_SIZE_MAX bytes of values; more is the caller's bug. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/status.h"
#include "db/row.h"
#include "db/statement.h"

enum { DB_UNIT_SIZE_MAX = 64 * 1024 };

struct db_unit;

/* Called exactly once per accepted unit, in a later turn than submit; the unit is the caller's
 * again and may be submitted anew or freed.
 *   STATUS_OK           committed; rows: those whose first column is the unit's key, maybe none
 *   STATUS_REFUSED      the database refused this unit, or its statement, or each repetition of its
 *                       segment; surely not committed
 *   STATUS_UNAVAILABLE  no connection, or no time left to send it; surely not committed
 *   STATUS_UNKNOWN      sent at least once without an answer; it MAY have been committed, whatever
 *                       became of later sendings
 * rows: borrowed, for the time of the call; empty unless STATUS_OK. */
typedef void db_unit_cb(struct db_unit *unit, enum status status, const struct db_rows *rows);

struct db_unit {
    const struct db_statement *statement;
    int64_t key; /* rows come back to the unit by this key; sort order inside a segment */
    struct db_value values[DB_COLUMN_COUNT_MAX];
    uint64_t deadline_ms; /* no sending after this moment of the clock */
    bool stands_back;     /* lets all others pass: what it begins is no work yet */
    db_unit_cb *callback;
    void *context;
    /* The rest is the batch's own. */
    struct list_node node;
    int place;          /* of the statement within the pool */
    uint64_t sequence;  /* order of arrival, also between units of one key */
    uint64_t group;     /* not 0: a suspect, which travels only with units of the same group */
    int retry_count;    /* segments that were rolled back, and sent again as they were */
    bool is_newcomer;   /* stands back, and has not been sent yet */
    bool is_unanswered; /* left once and got no answer, so it may have been committed */
};
