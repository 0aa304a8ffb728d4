#include "order/app.h"

#include <signal.h>
#include <unistd.h>

#include "base/shutdown.h"
#include "db/database.h"
#include "http/client.h"
#include "order/handler.h"
#include "order/payment_http.h"
#include "order/routes.h"
#include "order/schema.h"
#include "order/store_pg.h"
#include "json/fields.h"

enum { DATABASE_ANSWER_TIMEOUT_MS = 10000 };

struct app {
    const struct order_settings *settings;
    struct log log;
    struct loop loop;
    struct prng prng;
    struct database database;
    struct order_store_pg *store_pg;
    struct order_store store;
    struct http_client *client;
    struct payment_http *payment_http;
    struct payment_port payment;
    struct driver *driver;
    struct handler *handler;
    struct http_server *server;
    struct shutdown shutdown;
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
    driver_drain(app->driver);
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
    if (app->client != NULL)
        http_client_close(app->client);
    database_close_batches(&app->database);
    if (app->driver != NULL)
        driver_close(app->driver);
    if (app->server != NULL)
        http_server_close(app->server);
    if (app->handler != NULL)
        handler_close(app->handler);
    if (app->payment_http != NULL)
        payment_http_close(app->payment_http);
    if (app->store_pg != NULL)
        order_store_pg_close(app->store_pg);
    database_close(&app->database);
}

/* The module has logged what is wrong with the value. */
static bool refuse_setting(struct app *app, const char *variable)
{
    log_write(&app->log, LOG_ERROR, NULL, "%s can't be used as it is set", variable);
    return false;
}

static bool open_database(struct app *app)
{
    struct database_settings settings = {
        .url = app->settings->database_url,
        .name = "order-service",
        .writer_count = (int)app->settings->database_writers,
        .write_statements = order_write_statements,
        .write_statement_count = order_write_statement_count,
        .read_statements = order_read_statements,
        .read_statement_count = order_read_statement_count,
        .migrations = order_migrations,
        .migration_count = order_migration_count,
        .answer_timeout_ms = DATABASE_ANSWER_TIMEOUT_MS,
    };
    if (database_open(&app->database, &app->loop, &app->prng, &settings) != STATUS_OK)
        return refuse_setting(app, "DATABASE_URL");
    app->store_pg = order_store_pg_open(&app->log, &app->loop.clock, app->database.writer,
                                        app->database.reader);
    if (app->store_pg == NULL)
        return false;
    app->store = order_store_pg_port(app->store_pg);
    return true;
}

static bool open_payment(struct app *app)
{
    const char *url = app->settings->payment_service_url;
    if (http_client_open(&app->loop, url, &app->client) != STATUS_OK)
        return refuse_setting(app, "PAYMENT_SERVICE_URL");
    app->payment_http = payment_http_open(app->client, &app->log, &app->prng);
    if (app->payment_http == NULL)
        return false;
    app->payment = payment_http_port(app->payment_http);
    return true;
}

static bool open_driver(struct app *app)
{
    struct handler_settings handler_settings = {
        .clock = &app->loop.clock,
        .prng = &app->prng,
        .store = &app->store,
        .is_ready = is_ready,
        .is_ready_context = app,
    };
    app->handler = handler_open(&handler_settings);
    if (app->handler == NULL)
        return false;
    struct driver_settings driver_settings = {
        .clock = &app->loop.clock,
        .log = &app->log,
        .prng = &app->prng,
        .store = &app->store,
        .payment = &app->payment,
        .order_deadline_ms = (uint64_t)app->settings->order_deadline_ms,
        .payment_timeout_ms = (uint64_t)app->settings->payment_timeout_ms,
        .answer = handler_answer,
        .answer_context = app->handler,
    };
    app->driver = driver_open(&driver_settings);
    return app->driver != NULL;
}

static bool open_server(struct app *app)
{
    struct http_server_settings settings = {
        .listen = app->settings->listen,
        .routes = order_routes,
        .route_count = order_route_count,
        .service = app->handler,
    };
    if (http_server_open(&app->loop, &settings, &app->server) != STATUS_OK)
        return refuse_setting(app, "LISTEN");
    handler_connect(app->handler, app->server, app->driver);
    struct shutdown_steps steps = {
        .drain = drain, .is_idle = is_idle, .stop = close_all, .context = app};
    return shutdown_init(&app->shutdown, &app->loop, &steps,
                         (uint64_t)app->settings->drain_timeout_ms) == STATUS_OK;
}

static void flush_log(void *context)
{
    log_flush(context);
}

static bool open_all(struct app *app)
{
    return open_database(app) && open_payment(app) && open_driver(app) && open_server(app);
}

int app_run(const struct order_settings *settings)
{
    struct app app = {.settings = settings};
    struct loop_hook log_hook;
    signal(SIGPIPE, SIG_IGN);
    log_init(&app.log, "order", (enum log_level)settings->log_level,
             (enum log_format)settings->log_format, STDERR_FILENO);
    if (prng_seed_from_system(&app.prng) != STATUS_OK ||
        loop_init(&app.loop, &app.log) != STATUS_OK)
        return 1;
    json_seed_hashes(prng_next(&app.prng));
    loop_add_hook(&app.loop, LOOP_PHASE_LOG, &log_hook, flush_log, &app.log);
    bool is_open = open_all(&app);
    if (is_open) {
        log_write(&app.log, LOG_INFO, NULL, "serving on %s", settings->listen);
        loop_run(&app.loop);
    } else {
        close_all(&app);
    }
    enum status closed = loop_close(&app.loop);
    if (closed != STATUS_OK)
        log_write(&app.log, LOG_ERROR, NULL, "a handle was left open: %s", status_text(closed));
    log_write(&app.log, LOG_INFO, NULL, is_open ? "stopped" : "not started");
    log_free(&app.log);
    return is_open && closed == STATUS_OK ? 0 : 1;
}
