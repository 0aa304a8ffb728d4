/* setting_checks - the checks of settings that both services have (base/config): whether an address
 * or a URL can be used, without connecting, and what of a URL may be shown.
 *
 * Place  a service's settings -> [setting_checks] -> net/address, http/auth, http/client_origin,
 *        db/url. */
#pragma once

#include "base/config.h"

config_check setting_check_token;        /* a bearer token; "": none */
config_check setting_check_tokens;       /* several, separated by commas; "": none */
config_check setting_check_address;      /* "0.0.0.0:8000": numeric, to listen on */
config_check setting_check_http_url;     /* "http://host:port" */
config_show setting_show_http_url;       /* without what could be a password */
config_check setting_check_database_url; /* as libpq takes it */
config_show setting_show_database_url;   /* in libpq's words, secrets masked */
