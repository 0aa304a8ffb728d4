/* settings - everything that a user can set on the order service. */
#pragma once

#include "base/config.h"

struct order_settings {
    const char *listen;
    int64_t instances;
    int64_t connections_max; /* 0: as many as there can be */
    int64_t request_head_timeout_ms;
    int64_t request_body_timeout_ms;
    int64_t idle_timeout_ms;
    int64_t write_timeout_ms;
    const char *auth_token; /* "": none is asked for */
    int64_t watchers_max;
    const char *database_url;
    int64_t database_writers;
    const char *payment_service_url;
    const char *payment_auth_token; /* "": none is sent */
    int64_t order_deadline_ms;
    int64_t payment_timeout_ms;
    int64_t overload_delay_ms;
    int64_t drain_timeout_ms;
    int demo; /* 1: it may be looked into and broken on purpose while it runs */
    int log_level;
    int log_format;
};

extern const struct config_table order_settings_table;
