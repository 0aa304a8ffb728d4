/* listener - a listening TCP socket: accepts, and pauses where there is no room.
 *
 * Place      http/server -> [listener] -> libuv.
 * Thread     the loop thread only. No function blocks.
 * Ownership  The caller owns it; it must live until on_closed has been called.
 * Errors     Out of descriptors: tries again every NET_LISTENER_RETRY_MS, and says so at most once
 *            in NET_LISTENER_WARNING_MS.
 * Limits     NET_LISTENER_BACKLOG waiting connections; NET_LISTENER_BURST_MAX accepted per turn.
 *
 * Polls its own socket instead of using uv_listen, whose versions either spin when descriptors run
 * out (1.44) or accept only one connection per turn (1.45 and later). */
#pragma once

#include "base/loop.h"
#include "base/status.h"
#include "net/address.h"

enum {
    NET_LISTENER_BACKLOG = 4096,
    NET_LISTENER_BURST_MAX = 64,
    NET_LISTENER_RETRY_MS = 100,
    NET_LISTENER_WARNING_MS = 10 * 1000,
};

struct net_listener_events {
    /* A client has connected; the socket is non-blocking, and the owner's from now on. */
    void (*on_accepted)(void *owner, int socket);
    /* Somebody may be waiting: is there room? False pauses the listener. */
    bool (*has_room)(void *owner);
    void (*on_closed)(void *owner);
};

struct net_listener {
    struct loop *loop;
    const struct net_listener_events *events;
    void *owner;
    uv_poll_t poll;
    int socket;
    struct timer retry;
    uint64_t silent_until_ms; /* being out of descriptors was logged; again no sooner */
    bool is_started;
    bool is_paused;
    bool is_closing;
};

/* Takes the address; clients are refused until net_listener_start().
 * shares_port: other sockets of this user that say so too may listen there (SO_REUSEPORT).
 * STATUS_SYSTEM: can't be bound; *uv_error tells why, and the listener may be freed at once. */
enum status net_listener_open(struct net_listener *listener, struct loop *loop,
                              const struct net_address *address, bool shares_port,
                              const struct net_listener_events *events, void *owner,
                              int *uv_error) STATUS_MUST_CHECK;

/* From now on clients are accepted. Once. STATUS_SYSTEM: somebody else listens there by now;
 * *uv_error tells why. */
enum status net_listener_start(struct net_listener *listener, int *uv_error) STATUS_MUST_CHECK;

/* Where it listens, with the port that the system has chosen. */
struct net_address net_listener_address(const struct net_listener *listener);

/* No on_accepted until resumed; clients wait in the backlog. Cheap to repeat. */
void net_listener_pause(struct net_listener *listener);
void net_listener_resume(struct net_listener *listener);

/* Connections are refused from now on; those in the backlog are accepted before that. Repeating it
 * is harmless. */
void net_listener_close(struct net_listener *listener);
