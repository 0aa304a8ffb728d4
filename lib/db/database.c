#include "db/database.h"

/* A connection is replaced after a while, as a server's process grows with what it caches. */
enum { READER_COUNT = 1, CONNECTION_LIFETIME_MS = 60 * 60 * 1000 };

static enum status open_side(struct loop *loop, struct prng *prng,
                             const struct db_pool_settings *settings, struct db_pool **pool,
                             struct db_batch **batch)
{
    enum status status = db_pool_open(loop, prng, settings, pool);
    if (status != STATUS_OK)
        return status;
    *batch = db_batch_open(loop, *pool);
    return *batch != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status database_open(struct database *database, struct loop *loop, struct prng *prng,
                          const struct database_settings *settings)
{
    *database = (struct database){0};
    struct db_pool_settings side = {
        .url = settings->url,
        .name = settings->name,
        .connection_count = settings->writer_count,
        .statements = settings->write_statements,
        .statement_count = settings->write_statement_count,
        .migrations = settings->migrations,
        .migration_count = settings->migration_count,
        .metrics = &settings->metrics->sides[DB_SIDE_WRITE],
        .answer_timeout_ms = settings->answer_timeout_ms,
        .connection_lifetime_ms = CONNECTION_LIFETIME_MS,
    };
    enum status status = open_side(loop, prng, &side, &database->writer_pool, &database->writer);
    if (status != STATUS_OK)
        return status;
    side.metrics = &settings->metrics->sides[DB_SIDE_READ];
    side.connection_count = READER_COUNT;
    side.statements = settings->read_statements;
    side.statement_count = settings->read_statement_count;
    return open_side(loop, prng, &side, &database->reader_pool, &database->reader);
}

bool database_is_ready(const struct database *database)
{
    return db_pool_is_ready(database->writer_pool) && db_pool_is_ready(database->reader_pool);
}

void database_close_batches(struct database *database)
{
    if (database->writer != NULL)
        db_batch_close(database->writer);
    if (database->reader != NULL)
        db_batch_close(database->reader);
    database->writer = NULL;
    database->reader = NULL;
}

void database_close(struct database *database)
{
    if (database->writer_pool != NULL)
        db_pool_close(database->writer_pool);
    if (database->reader_pool != NULL)
        db_pool_close(database->reader_pool);
    *database = (struct database){0};
}
