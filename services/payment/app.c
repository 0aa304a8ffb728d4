#include "payment/app.h"

#include <stdio.h>

#include "db/database.h"
#include "http/metrics.h"
#include "payment/faults.h"
#include "payment/handler.h"
#include "payment/routes.h"
#include "payment/schema.h"
#include "payment/store_pg.h"
#include "service/host.h"

enum { DATABASE_ANSWER_TIMEOUT_MS = 10000 };

struct app {
    struct host host; /* log, loop and random numbers */
    const struct payment_settings *settings;
    struct http_metrics_names http_metrics_names;
    struct http_metrics *http_metrics;
    struct database_metrics *database_metrics;
    struct payment_metrics *metrics;
    struct database database;
    struct payment_store_pg *store_pg;
    struct payment_store store;
    struct fault_rules fault_rules;
    struct logbook *logbook; /* NULL: there is no demo */
    struct handler *handler;
    struct http_server *server;
    bool is_draining;
};

static bool is_ready(void *context)
{
    const struct app *app = context;
    return !app->is_draining && database_is_ready(&app->database);
}

static void drain(void *context)
{
    struct app *app = context;
    app->is_draining = true;
    http_server_drain(app->server);
}

static bool is_idle(void *context)
{
    const struct app *app = context;
    return http_server_unfinished_count(app->server) == 0;
}

/* From the callers down to what they call: each step may still end calls of the one above. */
static void close_all(void *context)
{
    struct app *app = context;
    database_close_batches(&app->database);
    if (app->server != NULL)
        http_server_close(app->server);
    if (app->handler != NULL)
        handler_close(app->handler);
    if (app->store_pg != NULL)
        payment_store_pg_close(app->store_pg);
    database_close(&app->database);
}

static void add_metrics(struct app *app)
{
    struct metrics_registry *registry = &app->host.meter.registry;
    struct metrics_group http =
        http_metrics_describe(&app->http_metrics_names, payment_routes, payment_route_count);
    app->http_metrics = metrics_add_group(registry, &http);
    app->database_metrics = metrics_add_group(registry, &database_metrics_group);
    app->metrics = metrics_add_group(registry, &payment_metrics_group);
}

static bool open_database(struct app *app)
{
    struct database_settings settings = {
        .url = app->settings->database_url,
        .name = "payment-service",
        .writer_count = (int)app->settings->database_writers,
        .write_statements = payment_write_statements,
        .write_statement_count = payment_write_statement_count,
        .read_statements = payment_read_statements,
        .read_statement_count = payment_read_statement_count,
        .migrations = payment_migrations,
        .migration_count = payment_migration_count,
        .answer_timeout_ms = DATABASE_ANSWER_TIMEOUT_MS,
        .metrics = app->database_metrics,
    };
    if (database_open(&app->database, &app->host.loop, &app->host.prng, &settings) != STATUS_OK)
        return host_refuse_setting(&app->host, "DATABASE_URL");
    app->store_pg =
        payment_store_pg_open(&app->host.loop.clock, app->database.writer, app->database.reader);
    if (app->store_pg == NULL)
        return false;
    app->store = payment_store_pg_port(app->store_pg);
    return true;
}

static bool open_server(struct app *app)
{
    struct handler_settings handler_settings = {
        .clock = &app->host.loop.clock,
        .log = &app->host.log,
        .prng = &app->host.prng,
        .meter = &app->host.meter,
        .metrics = app->metrics,
        .store = &app->store,
        .overload_delay_ms = (uint64_t)app->settings->overload_delay_ms,
        .fault_rules = &app->fault_rules,
        .logbook = app->logbook,
        .is_ready = is_ready,
        .is_ready_context = app,
    };
    app->handler = handler_open(&handler_settings);
    if (app->handler == NULL)
        return false;
    struct http_server_settings server_settings = {
        .listen = app->settings->listen,
        .shares_port = app->settings->instances > 1,
        .routes = payment_routes,
        .route_count = app->logbook == NULL ? payment_route_count : payment_demo_route_count,
        .service = app->handler,
        .head_timeout_ms = (uint64_t)app->settings->request_head_timeout_ms,
        .body_timeout_ms = (uint64_t)app->settings->request_body_timeout_ms,
        .idle_timeout_ms = (uint64_t)app->settings->idle_timeout_ms,
        .write_timeout_ms = (uint64_t)app->settings->write_timeout_ms,
        .connection_count_max = (size_t)app->settings->connections_max,
        .tokens = app->settings->auth_token,
        .metrics = app->http_metrics,
    };
    if (http_server_open(&app->host.loop, &server_settings, &app->server) != STATUS_OK)
        return host_refuse_setting(&app->host, "LISTEN");
    handler_connect(app->handler, app->server);
    return true;
}

static bool listen_for_clients(void *context)
{
    const struct app *app = context;
    return http_server_listen(app->server) == STATUS_OK;
}

static bool open_all(void *context)
{
    struct app *app = context;
    add_metrics(app);
    if (app->logbook != NULL)
        logbook_listen(app->logbook, &app->host.log);
    return open_database(app) && open_server(app);
}

/* What the instances have in common. False: out of memory. */
static bool open_shared(struct app *app)
{
    const struct payment_settings *settings = app->settings;
    bool is_demo = settings->demo == 1;
    app->logbook = is_demo ? logbook_open() : NULL;
    return (app->logbook != NULL) == is_demo &&
           fault_rules_open(&app->fault_rules, settings->faults_text, is_demo);
}

static void close_shared(struct app *app)
{
    fault_rules_close(&app->fault_rules);
    if (app->logbook != NULL)
        logbook_close(app->logbook);
}

int app_run(const struct payment_settings *settings)
{
    struct app app = {.settings = settings};
    if (!open_shared(&app)) {
        close_shared(&app);
        fprintf(stderr, "payment-service: no memory for the demo\n");
        return 1;
    }
    const struct host_settings host_settings = {
        .name = "payment",
        .version = SAGA_VERSION,
        .listen_address = settings->listen,
        .instance_count = (int)settings->instances,
        .log_level = (enum log_level)settings->log_level,
        .log_format = (enum log_format)settings->log_format,
        .drain_timeout_ms = (uint64_t)settings->drain_timeout_ms,
        .open = open_all,
        .is_ready = is_ready,
        .listen = listen_for_clients,
        .drain = drain,
        .is_idle = is_idle,
        .close = close_all,
        .app = &app,
    };
    int exit_code = host_run(&app.host, &host_settings);
    close_shared(&app);
    return exit_code;
}
