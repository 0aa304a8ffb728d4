/* conn - one TCP connection on the loop: reads are pushed up, writes are corked until the end of
 * the turn and leave in one system call.
 *
 * Place      http/server and http/client -> [conn] -> libuv.  Knows no HTTP.
 * Thread     the loop thread only. No function blocks.
 * Ownership  The set owns its connections. A connection is gone when on_closed is called; nothing
 *            else frees it. The owner (events' first argument) must outlive that call, which may
 *            free the set where that connection was the last.
 * Errors     Whatever ends a connection leads to on_closed, exactly once, in a later turn.
 * Limits     At most net_set_init()'s output_size_max bytes wait to be written; one more ends the
 *            connection (UV_ENOBUFS), as its peer does not read. So does what the system has not
 *            taken after write_timeout_ms (UV_ETIMEDOUT). NET_CONNECTION_COUNT_MAX connections in a
 *            set.
 *
 * The first write attempt is a plain uv_try_write of everything the turn produced; what the socket
 * does not take waits in one uv_write (libuv manual, uv_stream_t). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/buffer.h"
#include "base/loop.h"
#include "base/slab.h"
#include "base/status.h"
#include "net/deadline.h"

enum {
    NET_CONNECTION_COUNT_MAX = 16384,
    /* How long, when all is sent, and for how many bytes, close_gently listens to a peer who still
     * sends. */
    NET_LINGER_MS = 5 * 1000,
    NET_LINGER_SIZE_MAX = 1024 * 1024
};

struct net_conn; /* opaque */

struct net_conn_events {
    /* An outgoing connection is up. Never called for an accepted one. */
    void (*on_connected)(void *owner);
    /* Bytes came; borrowed, for the time of the call. */
    void (*on_data)(void *owner, const char *data, size_t size);
    /* The peer will send no more; what is written still reaches it. */
    void (*on_end)(void *owner);
    /* Everything written so far has been handed to the system. May be NULL. */
    void (*on_flushed)(void *owner);
    /* The connection is gone. uv_error: 0 after net_conn_close(), else why (negative). */
    void (*on_closed)(void *owner, int uv_error);
};

/* The connections of one server or client: shared read buffer, and the list of those that have
 * something to write at the end of the turn. Initialise in place; it must not move. */
struct net_set {
    struct loop *loop;
    struct loop_hook hook; /* LOOP_PHASE_NETWORK */
    struct list_node dirty;
    struct list_node open;
    size_t open_count;
    size_t output_size_max;
    char *read_buffer;
    struct slab conns;
    struct deadline_queue writing;
    struct deadline_queue lingering;
};

enum status net_set_init(struct net_set *set, struct loop *loop, size_t output_size_max,
                         uint64_t write_timeout_ms) STATUS_MUST_CHECK;
/* Every connection must be closed. */
void net_set_free(struct net_set *set);

/* What the end of the turn does by itself: for bytes that must leave before everything is closed.
 */
void net_set_flush(struct net_set *set);

/* Takes over an accepted, non-blocking socket. NULL: it failed, and the client is disconnected. */
struct net_conn *net_conn_accept(struct net_set *set, int socket,
                                 const struct net_conn_events *events, void *owner);

/* Starts connecting; on_connected or on_closed follows. NULL: out of memory. */
struct net_conn *net_conn_connect(struct net_set *set, const struct sockaddr *address,
                                  const struct net_conn_events *events, void *owner);

/* Where to append what shall be written; it leaves at the end of this turn after net_conn_mark().
 */
struct buffer *net_conn_output(struct net_conn *conn);
void net_conn_mark(struct net_conn *conn);

/* Bytes appended that the system has not taken yet. */
size_t net_conn_unsent_size(const struct net_conn *conn);

/* Of these, some were there when an earlier turn ended: the peer reads slower than is written. */
bool net_conn_is_stalled(const struct net_conn *conn);

/* Back-pressure: no on_data until reading is resumed. Cheap to repeat. */
void net_conn_pause_reading(struct net_conn *conn);
void net_conn_resume_reading(struct net_conn *conn);

/* Closes at once; unsent bytes are lost. Repeating it is harmless. */
void net_conn_close(struct net_conn *conn);

/* Sends what is unsent, in the time that any write has, then closes our side, discards what still
 * comes for at most a few seconds and closes: an early answer must not be destroyed by a reset (RFC
 * 9112 section 9.6). No on_data follows. */
void net_conn_close_gently(struct net_conn *conn);
