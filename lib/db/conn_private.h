/* conn_private - what conn.c (a session at work) and connect.c (until it is) share. For nobody
 * else. */
#pragma once

#include "base/clock.h"
#include "db/conn.h"
#include "db/pipeline.h"

/* DOWN -> CONNECTING -> MIGRATING -> PREPARING -> READY <-> BUSY, and from each back to DOWN. */
enum conn_state {
    CONN_DOWN,       /* no PGconn, no poll handle, no timer */
    CONN_CONNECTING, /* PQconnectPoll() owns the socket and may exchange it */
    CONN_MIGRATING,  /* the schema script runs, not pipelined */
    CONN_PREPARING,  /* a segment of Prepares is under way */
    CONN_READY,      /* nothing is under way: no expectation, no timer */
    CONN_BUSY,       /* a segment is being built or under way */
};

struct db_conn {
    const struct db_conn_settings *settings;
    const struct db_conn_events *events;
    void *owner;
    int number;
    enum conn_state state;
    PGconn *pg;
    uv_poll_t *poll; /* its own allocation, which its close callback frees */
    int poll_mask;
    struct timer timer; /* ends whatever takes too long: connecting, migrating, answering */

    struct db_pipeline pipeline;
    struct db_error last_words; /* of a server outside of a segment */
    const char *drop_reason;    /* not NULL: it goes down as soon as it is READY */
};

/* The only writer of the state. */
void db_conn_set_state(struct db_conn *conn, enum conn_state state);

/* (Re)starts polling the current socket with a new handle: libpq may have exchanged the socket for
 * another one, even one with the same number. False: it can't be polled. */
bool db_conn_open_poll(struct db_conn *conn, int mask);
/* Must come before anything can reuse the number of a socket that libpq has closed. */
void db_conn_close_poll(struct db_conn *conn);
void db_conn_set_poll_mask(struct db_conn *conn, int mask);

/* Ends the attempt or the connection. The reason is what libpq or the server said last, else
 * `reason`. */
void db_conn_lose(struct db_conn *conn, const char *reason);

/* connect.c: readiness while CONNECTING or MIGRATING. is_good: the poll goes on. */
void db_conn_continue_connecting(struct db_conn *conn);
void db_conn_continue_migrating(struct db_conn *conn, bool is_good);
/* connect.c: all answers have come while PREPARING. */
void db_conn_finish_preparing(struct db_conn *conn);
