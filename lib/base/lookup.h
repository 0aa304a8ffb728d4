/* lookup - the addresses of one host's name, found in the background.
 *
 * Place      db/resolver, http/client -> [lookup] -> libuv's threads, which run getaddrinfo(3).
 * Thread     the loop thread only. No function blocks.
 * Ownership  A lookup frees itself: once its callback has returned, or some time after its cancel.
 * Limits     What a thread has begun can't be broken off: though cancelled, it delays loop_close()
 *            until the system's resolver gives up (resolv.conf(5): timeout, attempts). */
#pragma once

#include <netdb.h>

#include "base/loop.h"
#include "base/status.h"

struct lookup; /* opaque */

/* Called once, in a later turn than the start; never after a cancel. found: borrowed, for the time
 * of the call; NULL where the name has no address or could not be looked up, and then `reason`,
 * static text, tells why. */
typedef void lookup_cb(void *context, const struct addrinfo *found, const char *reason);

/* The addresses are for TCP. port: digits, or NULL where they need none. Borrows no text.
 * STATUS_SYSTEM: nothing was started, and no callback will come. */
enum status lookup_start(struct loop *loop, const char *name, const char *port, lookup_cb *callback,
                         void *context, struct lookup **lookup) STATUS_MUST_CHECK;

/* Not from its callback or later. */
void lookup_cancel(struct lookup *lookup);
