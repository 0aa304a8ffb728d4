/* conn - one libpq connection on the loop: connects, brings the schema up to date, prepares the
 * statements, and then carries one segment after another.
 *
 * Place      pool -> [conn] -> libpq.  Knows no units.
 * Thread     the loop thread only. No function blocks.
 * Ownership  The owner opens and closes it; it must not be closed from within its events.
 * Errors     Whatever ends an attempt to connect or a connection leads to on_down; none ends the
 *            object, which can be connected again.
 * Limits     One segment at a time; each statement once per segment.
 *
 * A segment is pipelined behind a single Sync, and so it is one implicit transaction. It is
 * committed at the Sync's own answer and not before: the commit itself may fail after each
 * statement has reported success (PostgreSQL manual, "Pipeline Mode" and "Message Flow"). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <libpq-fe.h>

#include "base/loop.h"
#include "db/pipeline.h"
#include "db/statement.h"

struct db_conn; /* opaque */

/* Shared by the connections of a pool, and borrowed by them; what changes holds for the next
 * attempt to connect. */
struct db_conn_settings {
    struct loop *loop;
    const char *name;
    const struct db_statement *const *statements;
    size_t statement_count;
    const char *schema_script; /* for the simple query protocol; NULL: none */
    uint64_t schema_timeout_ms;
    uint64_t answer_timeout_ms;
};

/* What the server said of a segment; borrowed, for the time of the call. */
struct db_answer {
    PGresult *const *results; /* by the statement's place; NULL where it was not sent or failed */
    bool is_committed;        /* the rest only where it is not */
    const struct db_error *error;
    int failed_place; /* of the statement; -1: the commit failed */
};

struct db_conn_events {
    /* Free for its first segment. */
    void (*on_up)(void *owner, struct db_conn *conn);
    /* The segment is over, and the connection free again (or about to go down). */
    void (*on_answer)(void *owner, struct db_conn *conn, const struct db_answer *answer);
    /* The attempt failed or the connection is lost, and with it the answer to its segment. */
    void (*on_down)(void *owner, struct db_conn *conn, const char *reason);
};

/* `number` names it in the log. NULL: out of memory. */
struct db_conn *db_conn_open(const struct db_conn_settings *settings, int number,
                             const struct db_conn_events *events, void *owner);
/* Without events. */
void db_conn_close(struct db_conn *conn);

int db_conn_number(const struct db_conn *conn);

/* Starts an attempt to connect; on_up or on_down follows, possibly during this call. The parameters
 * must name one numeric address; they are copied. */
void db_conn_connect(struct db_conn *conn, const char *const *keywords, const char *const *values);

bool db_conn_is_down(const struct db_conn *conn);

/* A segment may be sent. */
bool db_conn_is_free(const struct db_conn *conn);

/* Adds a statement to the segment; the connection must be free, or have got no Sync yet. The values
 * are binary arrays, and copied. False: the connection is down by now, on_down has been called. */
bool db_conn_send_statement(struct db_conn *conn, int statement_place, const char *const *values,
                            const int *sizes);

/* Ends the segment and sends it off; on_answer or on_down follows. False: as above. */
bool db_conn_send_sync(struct db_conn *conn);

/* For a connection that is up: it goes down as soon as nothing is under way on it, at the latest
 * after the next on_answer; possibly during this call. */
void db_conn_drop(struct db_conn *conn, const char *reason);
