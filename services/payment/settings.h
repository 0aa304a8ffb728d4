/* settings - everything that a user can set on the payment service. */
#pragma once

#include "base/config.h"

struct payment_settings {
    const char *listen;
    const char *database_url;
    int64_t database_writers;
    int64_t drain_timeout_ms;
    int log_level;
    int log_format;
};

extern const struct config_table payment_settings_table;
