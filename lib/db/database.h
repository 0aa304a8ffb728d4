/* database - one database as a service uses it: a batch for writes, and one for reads that never
 * waits behind a flush.
 *
 * Place   above db/batch and db/pool.
 * Thread  the loop thread only. */
#pragma once

#include "db/batch.h"

struct database_settings {
    const char *url;
    const char *name; /* for the log and for application_name */
    int writer_count; /* connections for writes; reads have one of their own */
    const struct db_statement *const *write_statements;
    size_t write_statement_count;
    const struct db_statement *const *read_statements;
    size_t read_statement_count;
    const struct db_migration *migrations;
    size_t migration_count;
    uint64_t answer_timeout_ms;
    struct database_metrics *metrics;
};

struct database {
    struct db_pool *writer_pool;
    struct db_pool *reader_pool;
    struct db_batch *writer;
    struct db_batch *reader;
};

/* Connects in the background. STATUS_INVALID: the URL can't be read, which is logged;
 * STATUS_NO_MEMORY. After a failure database_close_batches() and database_close() undo what was
 * done. Borrows loop, prng and all that settings point to. */
enum status database_open(struct database *database, struct loop *loop, struct prng *prng,
                          const struct database_settings *settings) STATUS_MUST_CHECK;

/* True while both reads and writes have a connection. */
bool database_is_ready(const struct database *database);

/* Answers every unit that is still on its way, during this call. */
void database_close_batches(struct database *database);

/* After database_close_batches(). */
void database_close(struct database *database);
