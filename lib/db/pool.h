/* pool - a fixed set of connections to one database, kept alive.
 *
 * Place    batch -> [pool] -> conn.
 * Thread   the loop thread only. No function blocks.
 * Errors   Every loss of a connection is logged with its reason; reconnecting goes on for ever, one
 *          attempt at a time, with backoff and full jitter from 50 ms up to 2 s. The same failure
 *          again and again is logged once in 10 s.
 *
 * A connection joins only after the schema is at the version that this program was built for
 * (db/migrate) and all statements are prepared. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/loop.h"
#include "base/prng.h"
#include "base/status.h"
#include "db/conn.h"
#include "db/metrics.h"
#include "db/migrate.h"
#include "db/statement.h"

struct db_pool; /* opaque */

struct db_pool_settings {
    const char *url;  /* postgresql://user:password@host:port/database?… or key=value text */
    const char *name; /* application_name, and what the log calls it */
    int connection_count;
    const struct db_statement *const *statements;
    size_t statement_count;
    const struct db_migration *migrations; /* in the order of their numbers */
    size_t migration_count;
    uint64_t connection_lifetime_ms; /* 0: for ever; else, give or take a tenth, each is replaced
                                        after so long, while all others are up */
    struct db_metrics *metrics;      /* NULL: the pool's own */
    uint64_t answer_timeout_ms; /* a segment without its answer for so long ends its connection */
};

/* Checks the URL, then looks up its host and connects in the background. STATUS_INVALID where the
 * URL can't be read, after logging why (never the password). Borrows loop, prng and everything that
 * settings points to. */
enum status db_pool_open(struct loop *loop, struct prng *prng,
                         const struct db_pool_settings *settings,
                         struct db_pool **pool) STATUS_MUST_CHECK;

/* Closes every connection. Not from within a unit's callback. */
void db_pool_close(struct db_pool *pool);

/* True while at least one connection is up: schema current, statements prepared. */
bool db_pool_is_ready(const struct db_pool *pool);

/* The rest is for the batch alone. */

struct db_pool_events {
    void (*on_answer)(void *owner, struct db_conn *conn, const struct db_answer *answer);
    /* A connection that was up is down, and with it the answer to its segment. */
    void (*on_down)(void *owner, struct db_conn *conn);
};

/* events NULL: none any more. */
void db_pool_listen(struct db_pool *pool, const struct db_pool_events *events, void *owner);

const struct db_pool_settings *db_pool_get_settings(const struct db_pool *pool);

struct db_metrics *db_pool_metrics(const struct db_pool *pool);

/* A connection that may be sent a segment; the one with the lowest number, so that few are kept
 * warm. NULL: none. Its number is 1 … connection_count. */
struct db_conn *db_pool_find_free(const struct db_pool *pool);
