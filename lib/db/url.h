/* url - a database URL as a setting: whether it can be used, and what of it may be shown.
 *
 * Place      service/setting_checks -> [url] -> db/conninfo, libpq. Connects to nobody.
 * Errors     Reasons and shown texts never hold the password, nor what a password that is not
 *            percent-encoded was taken for.
 * Source     PostgreSQL manual, "Connection Strings"; which values are secret is libpq's word
 *            (PQconninfoOption.dispchar). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "db/conninfo.h"

/* Also "host=… dbname=…", which libpq takes too. False: `reason` tells why. */
bool db_url_check(const char *url, char reason[DB_REASON_SIZE]);

/* "host=db port=5432 user=saga password=*** dbname=order_db": what the URL sets, in libpq's words.
 */
void db_url_show(const char *url, char *shown, size_t size);
