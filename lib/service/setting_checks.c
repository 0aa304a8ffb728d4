#include "service/setting_checks.h"

#include <stdio.h>
#include <string.h>

#include "db/url.h"
#include "http/auth.h"
#include "http/client_origin.h"
#include "net/address.h"

bool setting_check_address(const char *text, char reason[CONFIG_REASON_SIZE])
{
    struct net_address address;
    if (net_address_parse(text, &address) == STATUS_OK)
        return true;
    snprintf(reason, CONFIG_REASON_SIZE, "host:port with a numeric host, IPv6 in brackets");
    return false;
}

bool setting_check_http_url(const char *text, char reason[CONFIG_REASON_SIZE])
{
    struct http_origin origin;
    const char *fault;
    if (http_origin_parse(text, &origin, &fault) == STATUS_OK)
        return true;
    snprintf(reason, CONFIG_REASON_SIZE, "http://host:port and nothing more: %s", fault);
    return false;
}

/* A user and a password have no place there; somebody may have written them all the same. */
void setting_show_http_url(const char *text, char shown[CONFIG_SHOWN_SIZE])
{
    const char *behind = strrchr(text, '@');
    snprintf(shown, CONFIG_SHOWN_SIZE, "%s%s", behind != NULL ? "***" : "",
             behind != NULL ? behind : text);
}

bool setting_check_database_url(const char *text, char reason[CONFIG_REASON_SIZE])
{
    char fault[DB_REASON_SIZE];
    if (db_url_check(text, fault))
        return true;
    snprintf(reason, CONFIG_REASON_SIZE, "a URL as libpq takes it: %s", fault);
    return false;
}

void setting_show_database_url(const char *text, char shown[CONFIG_SHOWN_SIZE])
{
    db_url_show(text, shown, CONFIG_SHOWN_SIZE);
}

#define TOKEN_FORM "letters, digits and -._~+/, perhaps with = at the end"

bool setting_check_token(const char *text, char reason[CONFIG_REASON_SIZE])
{
    snprintf(reason, CONFIG_REASON_SIZE, "one token: " TOKEN_FORM);
    return *text == '\0' || http_token_is_valid(text);
}

bool setting_check_tokens(const char *text, char reason[CONFIG_REASON_SIZE])
{
    snprintf(reason, CONFIG_REASON_SIZE, "tokens, separated by commas, each " TOKEN_FORM);
    return *text == '\0' || http_tokens_are_valid(text);
}
