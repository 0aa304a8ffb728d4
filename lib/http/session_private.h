/* session_private - what session.c (what comes in, and how long it may take), session_reply.c (what
 * goes out, and in which order) and stream.c (what goes out bit by bit) share. For nobody else. */
#pragma once

#include "http/session.h"

/* After each event: what is the session waiting for, or is it over? */
void session_settle(struct http_session *session);

/* NULL: out of memory, and the connection is closed. */
struct http_exchange *session_add_exchange(struct http_session *session);

/* Tells the streams among them that their client has gone. */
void session_remove_all_exchanges(struct http_session *session);

/* Nobody before it waits for an answer. */
bool session_is_its_turn(const struct http_exchange *exchange);

/* Where its bytes go: to the connection, or, until it is its turn, into `reply`. */
struct buffer *session_output(struct http_exchange *exchange);

void session_write_stream_head(struct http_exchange *exchange,
                               const struct http_response *response);

/* All of it is written. Where it is its turn, what waited for it follows. */
void session_complete(struct http_exchange *exchange);

/* True where the oldest request is answered bit by bit. */
bool session_is_streaming(const struct http_session *session);

/* True where no reply will ever leave again: the oldest request is never answered. */
bool session_is_stuck(const struct http_session *session);
