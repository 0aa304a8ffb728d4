#include "payment/settings.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "http/server.h"
#include "service/instances.h"

static const struct config_setting settings[] = {
    {.variable = "LISTEN",
     .kind = CONFIG_TEXT,
     .offset = offsetof(struct payment_settings, listen),
     .initial = "0.0.0.0:8001",
     .help = "Address to serve on, host:port with a numeric host"},
    {.variable = "INSTANCES",
     .kind = CONFIG_NUMBER,
     .offset = offsetof(struct payment_settings, instances),
     .initial = "1",
     .help = "Processes that share the port, each with one thread and its own database connections",
     .minimum = 1,
     .maximum = INSTANCES_COUNT_MAX},
    {.variable = "CONNECTIONS_MAX",
     .kind = CONFIG_NUMBER,
     .offset = offsetof(struct payment_settings, connections_max),
     .initial = "0",
     .help = "Clients that may be connected to each process; 0: as many as the limit on open files "
             "allows, 12000 at most",
     .minimum = 0,
     .maximum = HTTP_CONNECTION_COUNT_MAX},
    {.variable = "REQUEST_HEAD_TIMEOUT_MS",
     .kind = CONFIG_NUMBER,
     .offset = offsetof(struct payment_settings, request_head_timeout_ms),
     .initial = "10000",
     .help = "Milliseconds for the head of a request to come, or the client is disconnected (408)",
     .minimum = 100,
     .maximum = 600000},
    {.variable = "REQUEST_BODY_TIMEOUT_MS",
     .kind = CONFIG_NUMBER,
     .offset = offsetof(struct payment_settings, request_body_timeout_ms),
     .initial = "20000",
     .help = "Milliseconds for its body to come after that, likewise",
     .minimum = 100,
     .maximum = 600000},
    {.variable = "IDLE_TIMEOUT_MS",
     .kind = CONFIG_NUMBER,
     .offset = offsetof(struct payment_settings, idle_timeout_ms),
     .initial = "75000",
     .help = "Milliseconds that a connection may stay open without a request",
     .minimum = 100,
     .maximum = 86400000},
    {.variable = "WRITE_TIMEOUT_MS",
     .kind = CONFIG_NUMBER,
     .offset = offsetof(struct payment_settings, write_timeout_ms),
     .initial = "30000",
     .help = "Milliseconds for a client to take what was written to it, or it is disconnected",
     .minimum = 100,
     .maximum = 600000},
    {.variable = "AUTH_TOKEN",
     .kind = CONFIG_SECRET,
     .offset = offsetof(struct payment_settings, auth_token),
     .initial = "",
     .help = "What clients must send as \"Authorization: Bearer ...\"; several are separated by "
             "commas"},
    {.variable = "DATABASE_URL",
     .kind = CONFIG_TEXT,
     .offset = offsetof(struct payment_settings, database_url),
     .initial = "postgresql://postgres@127.0.0.1:5435/payment_db",
     .help = "The payment database, as libpq takes it"},
    {.variable = "DATABASE_WRITERS",
     .kind = CONFIG_NUMBER,
     .offset = offsetof(struct payment_settings, database_writers),
     .initial = "2",
     .help = "Database connections for writes",
     .minimum = 1,
     .maximum = 16},
    {.variable = "OVERLOAD_DELAY_MS",
     .kind = CONFIG_NUMBER,
     .offset = offsetof(struct payment_settings, overload_delay_ms),
     .initial = "250",
     .help = "Charges that would likely take more milliseconds than this are refused (503)",
     .minimum = 10,
     .maximum = 60000},
    {.variable = "DRAIN_TIMEOUT_MS",
     .kind = CONFIG_NUMBER,
     .offset = offsetof(struct payment_settings, drain_timeout_ms),
     .initial = "8000",
     .help = "Milliseconds that a stop (SIGTERM) waits for payments that are under way",
     .minimum = 0,
     .maximum = 600000},
    {.variable = "PAYMENT_FAULTS",
     .kind = CONFIG_TEXT,
     .offset = offsetof(struct payment_settings, faults_text),
     .initial = "9999=500",
     .help = "Charges that fail on purpose: amount=action,... or none; actions are 500, decline, "
             "hang, delay:MS, commit-500, commit-drop and drop"},
    {.variable = "LOG_LEVEL",
     .kind = CONFIG_CHOICE,
     .offset = offsetof(struct payment_settings, log_level),
     .initial = "info",
     .help = "The least level that is logged",
     .choices = log_level_names},
    {.variable = "LOG_FORMAT",
     .kind = CONFIG_CHOICE,
     .offset = offsetof(struct payment_settings, log_format),
     .initial = "text",
     .help = "How a log line is written to stderr",
     .choices = log_format_names},
};

static const struct config_table table = {
    .program = "payment-service",
    .summary = "Records for each order, once and for all, that it is paid, declined or voided.",
    .version = SAGA_VERSION,
    .settings = settings,
    .count = sizeof settings / sizeof settings[0],
};

/* An empty variable means the same as "none"; config takes no empty text. */
static void name_empty_faults(void)
{
    const char *value = getenv("PAYMENT_FAULTS");
    if (value != NULL && *value == '\0')
        setenv("PAYMENT_FAULTS", "none", true);
}

enum config_outcome payment_settings_load(int argc, char *const *argv,
                                          struct payment_settings *loaded)
{
    name_empty_faults();
    enum config_outcome outcome = config_load(&table, argc, argv, loaded);
    if (outcome != CONFIG_READY)
        return outcome;
    struct faults_problem problem;
    if (faults_parse(loaded->faults_text, &loaded->faults, &problem))
        return CONFIG_READY;
    fprintf(stderr, "%s: PAYMENT_FAULTS has the rule \"%.*s\": %s.\n", table.program,
            (int)problem.rule_size, problem.rule, problem.reason);
    return CONFIG_BAD;
}
