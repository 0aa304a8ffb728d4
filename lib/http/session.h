/* session - one client's connection: reads requests, hands them to their handlers, and writes the
 * replies in the order of the requests.
 *
 * Place      http/server -> [session] -> net/conn, http/parser, http/exchange, http/router.
 * Thread     the loop thread only. No function blocks.
 * Ownership  The server's slab owns sessions; one lives until its connection is gone, and then
 *            server->on_session_closed runs.
 * Limits     HTTP_PIPELINE_DEPTH_MAX requests without a reply, and HTTP_UNSENT_SIZE_MAX bytes of
 *            replies that the client does not read, or that wait for an older one; then nothing
 *            more is read from it.
 *
 * When is_last is set, the youngest request is the last of this connection: nothing behind it is
 * read, its reply says Connection: close, and then the connection is closed gently. */
#pragma once

#include "base/slab.h"
#include "base/tally.h"
#include "http/exchange.h"
#include "http/metrics.h"
#include "http/parser.h"
#include "http/response.h"
#include "http/server.h"
#include "net/conn.h"
#include "net/listener.h"

enum {
    HTTP_UNSENT_SIZE_MAX = 256 * 1024,
    /* Evicted in one turn; their memory is free again at its end. */
    HTTP_EVICTED_COUNT_MAX = NET_LISTENER_BURST_MAX,
    HTTP_SESSION_COUNT_MAX = HTTP_CONNECTION_COUNT_MAX + HTTP_EVICTED_COUNT_MAX,
};

/* What the sessions of one server share. */
struct http_server {
    struct loop *loop;
    struct http_server_settings settings;
    struct net_set set;
    struct net_listener listener;
    struct slab session_slab;
    struct list_node sessions;
    size_t session_count;
    size_t evicted_count; /* of these; their sockets are closed */
    size_t session_count_max;
    struct http_exchange_table exchanges;
    struct http_date date;
    struct deadline_queue head_deadlines;
    struct deadline_queue body_deadlines;
    struct deadline_queue idle_deadlines;
    struct deadline_queue stuck_deadlines;
    struct tally slow_senders;
    struct tally slow_readers;
    struct tally evictions;
    struct tally intruders;
    bool is_draining;
    bool is_closing;
    bool has_listener;
    void (*on_session_closed)(struct http_server *server);
    struct http_metrics *metrics;
    struct http_metrics own_metrics;
};

enum http_waiting {
    HTTP_WAITING_FOR_NOTHING, /* the next move is ours */
    HTTP_WAITING_FOR_HEAD,    /* the rest of one */
    HTTP_WAITING_FOR_BODY,    /* likewise */
    HTTP_WAITING_IDLE,        /* for the next request; all before it have their replies */
    HTTP_WAITING_STUCK,       /* for the end, as none can be answered any more */
};

struct http_session {
    struct http_server *server;
    struct net_conn *conn;
    struct list_node node;
    struct http_parser parser;
    struct list_node exchanges; /* not answered, or not their turn yet; oldest first */
    size_t exchange_count;
    size_t held_size;                 /* of whole replies that wait for their turn */
    struct http_exchange *unanswered; /* the oldest that will never be answered; NULL: none */
    struct buffer input;              /* read, but behind a full pipeline */
    enum http_waiting waiting;
    struct deadline deadline;
    bool has_ended;   /* the client's side; what it has sent is answered */
    bool is_last;     /* see above */
    bool is_finished; /* it is being closed */
    bool is_evicted;
    bool is_head_judged; /* may it be asked at all? Where its body comes later */
    bool owes_continue;  /* "100 Continue", as soon as all before it is answered */
};

/* Takes over an accepted socket; where that fails the client is disconnected. */
void http_session_open(struct http_server *server, int socket);

/* Writes the reply now, or keeps it until its turn. */
void http_session_reply(struct http_exchange *exchange, const struct http_response *response);

/* Cuts the connection; all its exchanges are put back. */
void http_session_abandon(struct http_exchange *exchange);

/* Nothing behind it will be sent; see http_leave_unanswered(). */
void http_session_leave_unanswered(struct http_exchange *exchange);

/* No further request; closes at once where nothing has been asked. */
void http_session_drain(struct http_session *session);

/* Closes an idle one at once: its socket is free when this returns. */
void http_session_evict(struct http_session *session);

/* Callbacks of the server's deadline queues. */
void http_session_on_head_late(struct deadline *deadline);
void http_session_on_body_late(struct deadline *deadline);
void http_session_on_idle(struct deadline *deadline);
void http_session_on_stuck(struct deadline *deadline);
