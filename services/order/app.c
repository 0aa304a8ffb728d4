#include "order/app.h"

#include <assert.h>
#include <stdio.h>

#include "db/database.h"
#include "http/client.h"
#include "http/metrics.h"
#include "order/breaker.h"
#include "order/cancel.h"
#include "order/handler.h"
#include "order/history_pg.h"
#include "order/parked.h"
#include "order/payment_http.h"
#include "order/recovery.h"
#include "order/routes.h"
#include "order/schema.h"
#include "order/store_pg.h"
#include "service/host.h"

enum { DATABASE_ANSWER_TIMEOUT_MS = 10000, READ_STATEMENT_COUNT_MAX = 16, SETUP_SIZE_MAX = 128 };

struct app {
    struct host host; /* log, loop and random numbers */
    const struct order_settings *settings;
    struct http_metrics_names http_metrics_names;
    struct http_metrics *http_metrics;
    struct database_metrics *database_metrics;
    struct order_metrics *metrics;
    const struct db_statement *read_statements[READ_STATEMENT_COUNT_MAX];
    struct database database;
    struct order_store_pg *store_pg;
    struct order_store store;
    struct history_pg *history_pg;
    struct history_port history;
    struct http_client *client;
    struct payment_http *payment_http;
    struct payment_port payment_calls;
    struct breaker breaker;
    struct payment_port payment; /* through the breaker */
    struct driver *driver;
    struct canceller canceller;
    struct recovery recovery;
    struct parked parked;
    char setup[SETUP_SIZE_MAX]; /* for the page */
    struct logbook *logbook;    /* NULL: there is no demo */
    struct shared_text *audit;  /* of the demo */
    struct demo_settings demo_settings;
    struct http_client *demo_client;
    struct handler *handler;
    struct http_server *server;
    bool is_draining;
};

static bool is_ready(void *context)
{
    const struct app *app = context;
    return !app->is_draining && database_is_ready(&app->database) && driver_is_ready(app->driver);
}

static void drain(void *context)
{
    struct app *app = context;
    app->is_draining = true;
    recovery_stop(&app->recovery);
    parked_stop(&app->parked);
    driver_drain(app->driver);
    handler_stop_streams(app->handler); /* or they would keep it from being idle */
    http_server_drain(app->server);
}

static bool is_idle(void *context)
{
    const struct app *app = context;
    return driver_saga_count(app->driver) == 0 && http_server_unfinished_count(app->server) == 0;
}

/* From the callers down to what they call: each step may still end calls of the one above. */
static void close_all(void *context)
{
    struct app *app = context;
    if (app->server != NULL)
        handler_stop_streams(app->handler);
    if (app->client != NULL)
        http_client_close(app->client);
    if (app->demo_client != NULL)
        http_client_close(app->demo_client);
    database_close_batches(&app->database);
    if (app->driver != NULL) {
        recovery_stop(&app->recovery);
        parked_stop(&app->parked);
        driver_close(app->driver);
        canceller_free(&app->canceller);
    }
    if (app->server != NULL)
        http_server_close(app->server);
    if (app->handler != NULL)
        handler_close(app->handler);
    if (app->payment_http != NULL) {
        breaker_free(&app->breaker);
        payment_http_close(app->payment_http);
    }
    if (app->history_pg != NULL)
        history_pg_close(app->history_pg);
    if (app->store_pg != NULL)
        order_store_pg_close(app->store_pg);
    database_close(&app->database);
}

static void add_metrics(struct app *app)
{
    struct metrics_registry *registry = &app->host.meter.registry;
    struct metrics_group http =
        http_metrics_describe(&app->http_metrics_names, order_routes, order_route_count);
    app->http_metrics = metrics_add_group(registry, &http);
    app->database_metrics = metrics_add_group(registry, &database_metrics_group);
    app->metrics = metrics_add_group(registry, &order_metrics_group);
}

static size_t gather_read_statements(struct app *app)
{
    size_t count = 0;
    assert(order_read_statement_count + history_statement_count <= READ_STATEMENT_COUNT_MAX);
    for (size_t i = 0; i < order_read_statement_count; i++)
        app->read_statements[count++] = order_read_statements[i];
    for (size_t i = 0; i < history_statement_count; i++)
        app->read_statements[count++] = history_statements[i];
    return count;
}

static bool open_database(struct app *app)
{
    struct database_settings settings = {
        .url = app->settings->database_url,
        .name = "order-service",
        .writer_count = (int)app->settings->database_writers,
        .write_statements = order_write_statements,
        .write_statement_count = order_write_statement_count,
        .read_statements = app->read_statements,
        .read_statement_count = gather_read_statements(app),
        .migrations = order_migrations,
        .migration_count = order_migration_count,
        .answer_timeout_ms = DATABASE_ANSWER_TIMEOUT_MS,
        .metrics = app->database_metrics,
    };
    if (database_open(&app->database, &app->host.loop, &app->host.prng, &settings) != STATUS_OK)
        return host_refuse_setting(&app->host, "DATABASE_URL");
    app->store_pg = order_store_pg_open(&app->host.log, &app->host.loop.clock, app->database.writer,
                                        app->database.reader);
    app->history_pg = history_pg_open(app->database.reader);
    if (app->store_pg == NULL || app->history_pg == NULL)
        return false;
    app->store = order_store_pg_port(app->store_pg);
    app->history = history_pg_port(app->history_pg);
    return true;
}

static bool open_payment(struct app *app)
{
    const char *url = app->settings->payment_service_url;
    if (http_client_open(&app->host.loop, url, &app->client) != STATUS_OK)
        return host_refuse_setting(&app->host, "PAYMENT_SERVICE_URL");
    http_client_set_token(app->client, app->settings->payment_auth_token);
    app->payment_http =
        payment_http_open(app->client, &app->host.loop, &app->host.prng, app->metrics);
    if (app->payment_http == NULL)
        return false;
    app->payment_calls = payment_http_port(app->payment_http);
    breaker_init(&app->breaker, &app->payment_calls, &app->host.loop.clock, &app->host.log,
                 app->metrics);
    app->payment = breaker_port(&app->breaker);
    return true;
}

/* With a client of its own: a hanging charge is not to hold back a person, nor the other way round.
 */
static bool open_demo(struct app *app)
{
    if (app->logbook == NULL)
        return true;
    logbook_listen(app->logbook, &app->host.log);
    const char *url = app->settings->payment_service_url;
    if (http_client_open(&app->host.loop, url, &app->demo_client) != STATUS_OK)
        return host_refuse_setting(&app->host, "PAYMENT_SERVICE_URL");
    http_client_set_token(app->demo_client, app->settings->payment_auth_token);
    app->demo_settings = (struct demo_settings){
        .clock = &app->host.loop.clock,
        .client = app->demo_client,
        .logbook = app->logbook,
        .audit = app->audit,
    };
    return true;
}

static bool open_driver(struct app *app)
{
    struct handler_settings handler_settings = {
        .clock = &app->host.loop.clock,
        .log = &app->host.log,
        .prng = &app->host.prng,
        .meter = &app->host.meter,
        .metrics = app->metrics,
        .store = &app->store,
        .history = &app->history,
        .watcher_count_max = (size_t)app->settings->watchers_max,
        .setup = app->setup,
        .demo = app->logbook == NULL ? NULL : &app->demo_settings,
        .is_ready = is_ready,
        .is_ready_context = app,
    };
    app->handler = handler_open(&handler_settings);
    if (app->handler == NULL)
        return false;
    struct driver_settings driver_settings = {
        .clock = &app->host.loop.clock,
        .log = &app->host.log,
        .prng = &app->host.prng,
        .metrics = app->metrics,
        .store = &app->store,
        .payment = &app->payment,
        .order_deadline_ms = (uint64_t)app->settings->order_deadline_ms,
        .payment_timeout_ms = (uint64_t)app->settings->payment_timeout_ms,
        .overload_delay_ms = (uint64_t)app->settings->overload_delay_ms,
        .answer = handler_answer,
        .answer_context = app->handler,
    };
    app->driver = driver_open(&driver_settings);
    if (app->driver == NULL)
        return false;
    struct clock *clock = &app->host.loop.clock;
    canceller_init(&app->canceller, clock, &app->store, app->driver, handler_answer, app->handler,
                   app->metrics);
    recovery_start(&app->recovery, clock, &app->host.log, &app->host.prng, &app->store, app->driver,
                   app->metrics);
    parked_start(&app->parked, clock, &app->host.prng, &app->store, app->metrics);
    return true;
}

static bool open_server(struct app *app)
{
    struct http_server_settings settings = {
        .listen = app->settings->listen,
        .shares_port = app->settings->instances > 1,
        .routes = order_routes,
        .route_count = app->logbook == NULL ? order_route_count : order_demo_route_count,
        .service = app->handler,
        .head_timeout_ms = (uint64_t)app->settings->request_head_timeout_ms,
        .body_timeout_ms = (uint64_t)app->settings->request_body_timeout_ms,
        .idle_timeout_ms = (uint64_t)app->settings->idle_timeout_ms,
        .write_timeout_ms = (uint64_t)app->settings->write_timeout_ms,
        .connection_count_max = (size_t)app->settings->connections_max,
        .tokens = app->settings->auth_token,
        .metrics = app->http_metrics,
    };
    if (http_server_open(&app->host.loop, &settings, &app->server) != STATUS_OK)
        return host_refuse_setting(&app->host, "LISTEN");
    handler_connect(app->handler, app->server, app->driver, &app->canceller);
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
    return open_database(app) && open_payment(app) && open_demo(app) && open_driver(app) &&
           open_server(app);
}

/* What the instances have in common. False: out of memory. */
static bool open_shared(struct app *app)
{
    bool is_demo = app->settings->demo == 1;
    snprintf(app->setup, sizeof app->setup, "{\"demo\":%s,\"instances\":%d,\"version\":\"%s\"}",
             is_demo ? "true" : "false", (int)app->settings->instances, SAGA_VERSION);
    if (!is_demo)
        return true;
    app->logbook = logbook_open();
    app->audit = shared_text_open();
    return app->logbook != NULL && app->audit != NULL;
}

static void close_shared(struct app *app)
{
    if (app->logbook != NULL)
        logbook_close(app->logbook);
    if (app->audit != NULL)
        shared_text_close(app->audit);
}

int app_run(const struct order_settings *settings)
{
    struct app app = {.settings = settings};
    if (!open_shared(&app)) {
        close_shared(&app);
        fprintf(stderr, "order-service: no memory for the demo\n");
        return 1;
    }
    const struct host_settings host_settings = {
        .name = "order",
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
