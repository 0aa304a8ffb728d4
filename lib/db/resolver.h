/* resolver - which numeric address to try next: walks over the hosts of a URL and what they resolve
 * to, and looks names up anew each time it comes round, as a failover may have moved them.
 *
 * Place      above base/lookup and db/conninfo, below db/pool.
 * Thread     the loop thread only. Numeric addresses and Unix sockets need no lookup.
 * Ownership  Borrows the loop and the hosts. A lookup under way at close is cancelled. */
#pragma once

#include <stdbool.h>

#include "base/loop.h"
#include "base/status.h"
#include "db/conninfo.h"

struct db_resolver; /* opaque */

/* The lookup that db_resolver_find() started has ended. reason: NULL, or why it gave nothing. */
typedef void db_resolver_cb(void *context, const char *reason);

/* NULL: out of memory. */
struct db_resolver *db_resolver_open(struct loop *loop, const struct db_host *hosts, int host_count,
                                     db_resolver_cb *callback, void *context);
void db_resolver_close(struct db_resolver *resolver);

/* STATUS_OK: the address to try, NULL for a Unix socket; borrowed until the next call.
 * STATUS_UNAVAILABLE: a lookup is under way; the callback comes in a later turn, ask again then.
 * STATUS_SYSTEM: the name can't be looked up at all. */
enum status db_resolver_find(struct db_resolver *resolver, const struct db_host **host,
                             const char **address) STATUS_MUST_CHECK;

/* The current address did not serve, or the current host has none. False: all have had their turn,
 * so it is time to wait before beginning anew. */
bool db_resolver_advance(struct db_resolver *resolver);
