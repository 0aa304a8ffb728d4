#include "payment/settings.h"

#include <stdio.h>

#include "base/log.h"
#include "http/server.h"
#include "payment/faults.h"
#include "service/instances.h"
#include "service/setting_checks.h"

enum { SHOWN_RULE_SIZE_MAX = 64 };

static bool check_faults(const char *text, char reason[CONFIG_REASON_SIZE])
{
    struct faults faults;
    struct faults_problem problem;
    if (faults_parse(text, &faults, &problem))
        return true;
    int size =
        problem.rule_size < SHOWN_RULE_SIZE_MAX ? (int)problem.rule_size : SHOWN_RULE_SIZE_MAX;
    snprintf(reason, CONFIG_REASON_SIZE, "rules: \"%.*s\" is none, as %s", size, problem.rule,
             problem.reason);
    return false;
}

static const char *const demo_choices[] = {"off", "on", NULL};

static const struct config_setting settings[] = {
    {.variable = "LISTEN",
     .group = "Network",
     .kind = CONFIG_TEXT,
     .offset = offsetof(struct payment_settings, listen),
     .initial = "0.0.0.0:8001",
     .help = "Address to serve on, host:port with a numeric host",
     .check = setting_check_address},
    {.variable = "INSTANCES",
     .group = "Network",
     .kind = CONFIG_NUMBER,
     .offset = offsetof(struct payment_settings, instances),
     .initial = "1",
     .help = "Processes that share the port, each with one thread and its own database connections",
     .unit = "processes",
     .minimum = 1,
     .maximum = INSTANCES_COUNT_MAX},
    {.variable = "DATABASE_URL",
     .group = "Database",
     .kind = CONFIG_TEXT,
     .offset = offsetof(struct payment_settings, database_url),
     .initial = "postgresql://postgres@127.0.0.1:5435/payment_db",
     .help = "The payment database, as libpq takes it",
     .check = setting_check_database_url,
     .show = setting_show_database_url},
    {.variable = "DATABASE_WRITERS",
     .group = "Database",
     .kind = CONFIG_NUMBER,
     .offset = offsetof(struct payment_settings, database_writers),
     .initial = "2",
     .help = "Database connections for writes",
     .unit = "connections",
     .minimum = 1,
     .maximum = 16},
    {.variable = "AUTH_TOKEN",
     .group = "Security",
     .kind = CONFIG_SECRET,
     .offset = offsetof(struct payment_settings, auth_token),
     .initial = "",
     .help =
         "What clients must send as \"Authorization: Bearer ...\"; several are separated by commas",
     .check = setting_check_tokens},
    {.variable = "OVERLOAD_DELAY_MS",
     .group = "Limits",
     .kind = CONFIG_NUMBER,
     .offset = offsetof(struct payment_settings, overload_delay_ms),
     .initial = "250",
     .help = "Charges that would likely take longer than this are refused (503)",
     .unit = "ms",
     .minimum = 10,
     .maximum = 60000},
    {.variable = "CONNECTIONS_MAX",
     .group = "Limits",
     .kind = CONFIG_NUMBER,
     .offset = offsetof(struct payment_settings, connections_max),
     .initial = "0",
     .help = "Clients that may be connected to each process; 0: as many as the limit on open files "
             "allows, 12000 at most",
     .unit = "connections",
     .minimum = 0,
     .maximum = HTTP_CONNECTION_COUNT_MAX},
    {.variable = "REQUEST_HEAD_TIMEOUT_MS",
     .group = "Limits",
     .kind = CONFIG_NUMBER,
     .offset = offsetof(struct payment_settings, request_head_timeout_ms),
     .initial = "10000",
     .help = "How long the head of a request may take to come, or the client is disconnected (408)",
     .unit = "ms",
     .minimum = 100,
     .maximum = 600000},
    {.variable = "REQUEST_BODY_TIMEOUT_MS",
     .group = "Limits",
     .kind = CONFIG_NUMBER,
     .offset = offsetof(struct payment_settings, request_body_timeout_ms),
     .initial = "20000",
     .help = "How long its body may take after that, likewise",
     .unit = "ms",
     .minimum = 100,
     .maximum = 600000},
    {.variable = "IDLE_TIMEOUT_MS",
     .group = "Limits",
     .kind = CONFIG_NUMBER,
     .offset = offsetof(struct payment_settings, idle_timeout_ms),
     .initial = "75000",
     .help = "How long a connection may stay open without a request",
     .unit = "ms",
     .minimum = 100,
     .maximum = 86400000},
    {.variable = "WRITE_TIMEOUT_MS",
     .group = "Limits",
     .kind = CONFIG_NUMBER,
     .offset = offsetof(struct payment_settings, write_timeout_ms),
     .initial = "30000",
     .help = "How long a client may take to read what was written to it, or it is disconnected",
     .unit = "ms",
     .minimum = 100,
     .maximum = 600000},
    {.variable = "DRAIN_TIMEOUT_MS",
     .group = "Limits",
     .kind = CONFIG_NUMBER,
     .offset = offsetof(struct payment_settings, drain_timeout_ms),
     .initial = "8000",
     .help = "How long a stop (SIGTERM) waits for payments that are under way",
     .unit = "ms",
     .minimum = 0,
     .maximum = 600000},
    {.variable = "PAYMENT_FAULTS",
     .group = "Faults",
     .kind = CONFIG_TEXT,
     .offset = offsetof(struct payment_settings, faults_text),
     .initial = "9999=500",
     .help = "Charges that fail on purpose: amount=action,... or none; actions are 500, decline, "
             "hang, delay:MS, commit-500, commit-drop and drop",
     .check = check_faults},
    {.variable = "DEMO",
     .group = "Demo",
     .kind = CONFIG_CHOICE,
     .offset = offsetof(struct payment_settings, demo),
     .initial = "off",
     .help = "on: GET / of order-service may change the faults while it runs; never in production",
     .choices = demo_choices},
    {.variable = "LOG_LEVEL",
     .group = "Logging",
     .kind = CONFIG_CHOICE,
     .offset = offsetof(struct payment_settings, log_level),
     .initial = "info",
     .help = "The least level that is logged",
     .choices = log_level_names},
    {.variable = "LOG_FORMAT",
     .group = "Logging",
     .kind = CONFIG_CHOICE,
     .offset = offsetof(struct payment_settings, log_format),
     .initial = "auto",
     .help = "How a log line is written to stderr; auto is text on a terminal, json elsewhere",
     .choices = log_format_names},
};

const struct config_table payment_settings_table = {
    .program = "payment-service",
    .summary = "Records for each order, once and for all, that it is paid, declined or voided.",
    .version = SAGA_VERSION,
    .settings = settings,
    .count = sizeof settings / sizeof settings[0],
};
