/* net_twin - net/conn.h without sockets: a fuzzer that links this file has it in place of the real
 * one, and plays the system and the peer.
 *
 * Place      http/session, http/client_conn -> net/conn.h, [net_twin] <- a fuzzer.
 * Ownership  As in net/conn.h. The twin's peer keeps what was sent.
 *
 * As the real one it reports nothing after close_gently() but on_closed, reads nothing while it is
 * paused, and closes in a later turn: the next net_twin_turn(). */
#pragma once

#include "net/conn.h"

enum { NET_TWIN_READ_SIZE_MAX = 64 * 1024 };

/* An outgoing connection is up. */
void net_twin_connect(struct net_conn *conn);

/* The peer sends; what was not taken, because reading is paused, is the caller's to send again. */
size_t net_twin_receive(struct net_conn *conn, const char *data, size_t size);

/* The peer sends no more. */
void net_twin_end(struct net_conn *conn);

/* Whether the peer's bytes still reach the owner, or will once reading is resumed. */
bool net_twin_is_open(const struct net_conn *conn);

/* The end of a turn: what is written goes to the peer, what is closed is gone. */
void net_twin_turn(struct net_set *set);

/* Gets what the peers of closed and open connections have got, in the order of the turns. NULL: it
 * is dropped. */
void net_twin_collect(struct buffer *sent);
