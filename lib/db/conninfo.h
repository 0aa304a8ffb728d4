/* conninfo - a database URL taken apart: its hosts, and the parameters of a connection to one
 * address.
 *
 * Place      below db/resolver and db/conn.
 * Ownership  Owns copies of everything; what it hands out lives as long as it does, and parameters
 *            until the next db_conninfo_set_address().
 * Errors     STATUS_INVALID where the URL can't be read; the reason never quotes the URL, which may
 *            hold a password.
 *
 * libpq is never given a name to look up, nor more than one address to try: both could block
 * (PostgreSQL manual, "Database Connection Control Functions"). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <libpq-fe.h>

#include "base/status.h"

enum { DB_HOST_COUNT_MAX = 8, DB_ADDRESS_SIZE = 64, DB_REASON_SIZE = 256 };

struct db_host {
    const char *name;    /* a name, an address, or the folder of a Unix socket; NULL: libpq's own */
    const char *address; /* numeric, where the URL gives it (hostaddr); NULL: to be looked up */
    const char *port;    /* NULL: libpq's own */
};

struct db_conninfo {
    PQconninfoOption *options; /* the URL's */
    struct db_host hosts[DB_HOST_COUNT_MAX];
    int host_count;
    char *host_texts[3]; /* what the hosts point into */
    char session_options[2048];
    char timeout_ms[24];
    const char **keywords; /* for PQconnectStartParams() */
    const char **values;
    size_t fixed_count; /* parameters that no address changes */
};

/* On failure `reason` says why, and nothing is left to free. */
enum status db_conninfo_init(struct db_conninfo *conninfo, const char *url,
                             const char *application_name, uint64_t answer_timeout_ms,
                             char reason[DB_REASON_SIZE]) STATUS_MUST_CHECK;
void db_conninfo_free(struct db_conninfo *conninfo);

/* Makes the parameters those of one host at one numeric address; NULL: a Unix socket. */
void db_conninfo_set_address(struct db_conninfo *conninfo, const struct db_host *host,
                             const char *address);
