/* settings - everything that a user can set on the payment service. */
#pragma once

#include "base/config.h"

struct payment_settings {
    const char *listen;
    int64_t instances;
    int64_t connections_max; /* 0: as many as there can be */
    int64_t request_head_timeout_ms;
    int64_t request_body_timeout_ms;
    int64_t idle_timeout_ms;
    int64_t write_timeout_ms;
    const char *auth_token; /* "": none is asked for */
    const char *database_url;
    int64_t database_writers;
    int64_t overload_delay_ms;
    int64_t drain_timeout_ms;
    const char *faults_text; /* faults_parse() takes it */
    int demo;                /* 1: it may be looked into and broken on purpose while it runs */
    int log_level;
    int log_format;
};

extern const struct config_table payment_settings_table;
