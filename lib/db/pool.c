#include "db/pool.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/backoff.h"
#include "db/conninfo.h"
#include "db/resolver.h"

enum {
    BACKOFF_BASE_MS = 50,
    BACKOFF_MAX_MS = 2000,
    FAILURE_LOG_INTERVAL_MS = 10 * 1000,
    SCRIPT_SIZE_MAX = 1000 * 1000,
    /* It may have to wait for another instance that migrates, or rewrite large tables; once the
     * schema is known to be current it only looks. */
    MIGRATE_TIMEOUT_MS = 600 * 1000,
    RECHECK_TIMEOUT_MS = 10 * 1000,
};

struct db_pool {
    struct loop *loop;
    struct prng *prng;
    struct db_pool_settings settings;
    struct db_conn_settings conn_settings;
    struct db_conninfo conninfo;
    struct db_resolver *resolver;
    struct buffer schema_script;
    struct db_conn **conns;
    uint64_t *expiries_ms; /* of the connections that are up */
    int up_count;
    struct db_conn *attempting; /* NULL: no attempt to connect is under way */
    struct timer attempt_timer; /* the next attempt */
    struct timer expiry_timer;  /* looks for one to replace */
    unsigned failure_count;     /* since a connection last came up */
    char last_failure[DB_REASON_SIZE];
    uint64_t last_failure_ms;
    const struct db_pool_events *events; /* NULL: nobody listens */
    void *owner;
    struct db_metrics *metrics;
    struct db_metrics own_metrics;
};

static void plan_attempt(struct db_pool *pool, uint64_t delay_ms)
{
    timer_start(&pool->loop->clock, &pool->attempt_timer, delay_ms);
}

static void log_failure(struct db_pool *pool, const char *reason)
{
    uint64_t now_ms = clock_now_ms(&pool->loop->clock);
    bool is_same = strncmp(pool->last_failure, reason, DB_REASON_SIZE - 1) == 0;
    if (is_same && now_ms - pool->last_failure_ms < FAILURE_LOG_INTERVAL_MS)
        return;
    snprintf(pool->last_failure, sizeof pool->last_failure, "%s", reason);
    pool->last_failure_ms = now_ms;
    log_write(pool->loop->log, LOG_WARN, NULL,
              "database %s: can't connect, will keep trying: %s; see whether it runs, and whether "
              "its URL is right (--check-config shows it)",
              pool->settings.name, reason);
}

/* Only after each address has had its turn there is a wait. */
static void fail_attempt(struct db_pool *pool, const char *reason)
{
    pool->attempting = NULL;
    metrics_add(&pool->metrics->failed_connects, 1);
    log_failure(pool, reason);
    if (db_resolver_advance(pool->resolver)) {
        plan_attempt(pool, 0);
        return;
    }
    plan_attempt(
        pool, backoff_delay_ms(pool->prng, BACKOFF_BASE_MS, BACKOFF_MAX_MS, pool->failure_count++));
}

static struct db_conn *find_down(const struct db_pool *pool)
{
    for (int i = 0; i < pool->settings.connection_count; i++) {
        if (db_conn_is_down(pool->conns[i]))
            return pool->conns[i];
    }
    return NULL;
}

static void start_attempt(struct db_pool *pool)
{
    const struct db_host *host;
    const char *address;
    struct db_conn *conn = find_down(pool);
    if (conn == NULL || pool->attempting != NULL)
        return;
    enum status status = db_resolver_find(pool->resolver, &host, &address);
    if (status == STATUS_UNAVAILABLE)
        return;
    if (status != STATUS_OK) {
        fail_attempt(pool, "the host's name can't be looked up");
        return;
    }
    db_conninfo_set_address(&pool->conninfo, host, address);
    pool->attempting = conn;
    db_conn_connect(conn, pool->conninfo.keywords, pool->conninfo.values);
}

static void on_attempt_timer(struct timer *timer, void *context)
{
    (void)timer;
    start_attempt(context);
}

static void on_resolved(void *context, const char *reason)
{
    struct db_pool *pool = context;
    if (reason != NULL)
        fail_attempt(pool, reason);
    else
        start_attempt(pool);
}

static bool is_replaceable(const struct db_pool *pool)
{
    return pool->settings.connection_lifetime_ms != 0 && pool->up_count > 1 &&
           pool->up_count == pool->settings.connection_count;
}

/* One at a time: the next one's turn comes when its substitute is up. */
static void on_expiry_timer(struct timer *timer, void *context)
{
    struct db_pool *pool = context;
    uint64_t now_ms = clock_now_ms(&pool->loop->clock);
    uint64_t next_ms = UINT64_MAX;
    (void)timer;
    for (int i = 0; is_replaceable(pool) && i < pool->settings.connection_count; i++) {
        if (pool->expiries_ms[i] <= now_ms) {
            db_conn_drop(pool->conns[i], "its lifetime is over");
            return;
        }
        if (pool->expiries_ms[i] < next_ms)
            next_ms = pool->expiries_ms[i];
    }
    if (next_ms != UINT64_MAX)
        timer_start(&pool->loop->clock, &pool->expiry_timer, next_ms - now_ms);
}

static void start_lifetime(struct db_pool *pool, const struct db_conn *conn)
{
    uint64_t lifetime_ms = pool->settings.connection_lifetime_ms;
    uint64_t spread_ms = prng_below(pool->prng, lifetime_ms / 5 + 1);
    pool->expiries_ms[db_conn_number(conn) - 1] =
        clock_now_ms(&pool->loop->clock) + lifetime_ms - lifetime_ms / 10 + spread_ms;
    if (is_replaceable(pool))
        timer_start(&pool->loop->clock, &pool->expiry_timer, 0);
}

static void on_conn_up(void *owner, struct db_conn *conn)
{
    struct db_pool *pool = owner;
    pool->attempting = NULL;
    pool->failure_count = 0;
    pool->last_failure[0] = '\0';
    pool->up_count++;
    metrics_set(&pool->metrics->connections, (uint64_t)pool->up_count);
    pool->conn_settings.schema_timeout_ms = RECHECK_TIMEOUT_MS;
    start_lifetime(pool, conn);
    log_write(pool->loop->log, LOG_INFO, NULL, "database %s: connection %d of %d is up",
              pool->settings.name, db_conn_number(conn), pool->settings.connection_count);
    plan_attempt(pool, 0);
}

static void on_conn_answer(void *owner, struct db_conn *conn, const struct db_answer *answer)
{
    struct db_pool *pool = owner;
    if (pool->events != NULL)
        pool->events->on_answer(pool->owner, conn, answer);
}

static void on_conn_down(void *owner, struct db_conn *conn, const char *reason)
{
    struct db_pool *pool = owner;
    if (conn == pool->attempting) {
        fail_attempt(pool, reason);
        return;
    }
    pool->up_count--;
    metrics_set(&pool->metrics->connections, (uint64_t)pool->up_count);
    metrics_add(&pool->metrics->lost_connections, 1);
    log_write(pool->loop->log, LOG_WARN, NULL, "database %s: connection %d of %d is down: %s",
              pool->settings.name, db_conn_number(conn), pool->settings.connection_count, reason);
    if (!timer_is_active(&pool->attempt_timer))
        plan_attempt(pool, backoff_delay_ms(pool->prng, BACKOFF_BASE_MS, BACKOFF_MAX_MS, 0));
    if (pool->events != NULL)
        pool->events->on_down(pool->owner, conn);
}

static const struct db_conn_events conn_events = {
    .on_up = on_conn_up,
    .on_answer = on_conn_answer,
    .on_down = on_conn_down,
};

static enum status write_schema_script(struct db_pool *pool)
{
    buffer_init(&pool->schema_script, SCRIPT_SIZE_MAX);
    if (pool->settings.migration_count == 0)
        return STATUS_OK;
    db_migrate_append_script(&pool->schema_script, pool->settings.migrations,
                             pool->settings.migration_count);
    buffer_append_byte(&pool->schema_script, '\0');
    return pool->schema_script.failed ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status open_parts(struct db_pool *pool)
{
    const struct db_pool_settings *settings = &pool->settings;
    if (write_schema_script(pool) != STATUS_OK)
        return STATUS_NO_MEMORY;
    pool->conn_settings = (struct db_conn_settings){
        .loop = pool->loop,
        .name = settings->name,
        .statements = settings->statements,
        .statement_count = settings->statement_count,
        .schema_script = pool->schema_script.data,
        .schema_timeout_ms = MIGRATE_TIMEOUT_MS,
        .answer_timeout_ms = settings->answer_timeout_ms,
    };
    pool->resolver = db_resolver_open(pool->loop, pool->conninfo.hosts, pool->conninfo.host_count,
                                      on_resolved, pool);
    pool->conns = calloc((size_t)settings->connection_count, sizeof(struct db_conn *));
    pool->expiries_ms = calloc((size_t)settings->connection_count, sizeof(uint64_t));
    if (pool->resolver == NULL || pool->conns == NULL || pool->expiries_ms == NULL)
        return STATUS_NO_MEMORY;
    for (int i = 0; i < settings->connection_count; i++) {
        pool->conns[i] = db_conn_open(&pool->conn_settings, i + 1, &conn_events, pool);
        if (pool->conns[i] == NULL)
            return STATUS_NO_MEMORY;
    }
    return STATUS_OK;
}

enum status db_pool_open(struct loop *loop, struct prng *prng,
                         const struct db_pool_settings *settings, struct db_pool **pool)
{
    assert(settings->connection_count > 0 && settings->answer_timeout_ms > 0);
    char reason[DB_REASON_SIZE];
    struct db_pool *opened = calloc(1, sizeof *opened);
    if (opened == NULL)
        return STATUS_NO_MEMORY;
    opened->loop = loop;
    opened->prng = prng;
    opened->settings = *settings;
    opened->metrics = settings->metrics != NULL ? settings->metrics : &opened->own_metrics;
    metrics_set(&opened->metrics->connection_count, (uint64_t)settings->connection_count);
    timer_init(&opened->attempt_timer, on_attempt_timer, opened);
    timer_init(&opened->expiry_timer, on_expiry_timer, opened);
    enum status status = db_conninfo_init(&opened->conninfo, settings->url, settings->name,
                                          settings->answer_timeout_ms, reason);
    if (status != STATUS_OK) {
        log_write(loop->log, LOG_ERROR, NULL, "database %s: its URL can't be read: %s",
                  settings->name, reason);
        free(opened);
        return status;
    }
    status = open_parts(opened);
    if (status != STATUS_OK) {
        db_pool_close(opened);
        return status;
    }
    plan_attempt(opened, 0);
    *pool = opened;
    return STATUS_OK;
}

void db_pool_close(struct db_pool *pool)
{
    timer_stop(&pool->loop->clock, &pool->attempt_timer);
    timer_stop(&pool->loop->clock, &pool->expiry_timer);
    for (int i = 0; pool->conns != NULL && i < pool->settings.connection_count; i++) {
        if (pool->conns[i] != NULL)
            db_conn_close(pool->conns[i]);
    }
    free(pool->conns);
    free(pool->expiries_ms);
    if (pool->resolver != NULL)
        db_resolver_close(pool->resolver);
    buffer_free(&pool->schema_script);
    db_conninfo_free(&pool->conninfo);
    free(pool);
}

bool db_pool_is_ready(const struct db_pool *pool)
{
    return pool->up_count > 0;
}

void db_pool_listen(struct db_pool *pool, const struct db_pool_events *events, void *owner)
{
    pool->events = events;
    pool->owner = owner;
}

const struct db_pool_settings *db_pool_get_settings(const struct db_pool *pool)
{
    return &pool->settings;
}

struct db_metrics *db_pool_metrics(const struct db_pool *pool)
{
    return pool->metrics;
}

struct db_conn *db_pool_find_free(const struct db_pool *pool)
{
    for (int i = 0; i < pool->settings.connection_count; i++) {
        if (db_conn_is_free(pool->conns[i]))
            return pool->conns[i];
    }
    return NULL;
}
