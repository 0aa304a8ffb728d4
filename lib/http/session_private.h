/* session_private - what session.c (what comes in, and how long it may take) and session_reply.c
 * (what goes out, and in which order) share. For nobody else. */
#pragma once

#include "http/session.h"

/* After each event: what is the session waiting for, or is it over? */
void session_settle(struct http_session *session);

/* NULL: out of memory, and the connection is closed. */
struct http_exchange *session_add_exchange(struct http_session *session);

void session_remove_all_exchanges(struct http_session *session);

/* True where no reply will ever leave again: the oldest request is never answered. */
bool session_is_stuck(const struct http_session *session);
