/* client_peer - the other side of an http client under test: a scripted server on the same loop.
 *
 * Place      client tests -> [client_peer] -> libuv, http/parser (to see where a request ends).
 * Ownership  The test owns it; it must live until the loop is closed. */
#pragma once

#include "base/loop.h"
#include "http/parser.h"

enum { PEER_CONN_COUNT_MAX = 64, PEER_URL_SIZE = 64, PEER_READ_SIZE = 64 * 1024 };

struct peer;

struct peer_conn {
    uv_tcp_t tcp;
    struct peer *peer;
    struct http_parser parser;
    char read_buffer[PEER_READ_SIZE];
    struct buffer received; /* raw */
    size_t read_count;
    size_t request_count;
    bool has_ended; /* the client has closed it */
    /* What peer_send_in_pieces() has yet to send. */
    struct timer timer;
    const char *pending;
    size_t pending_size;
    size_t piece_size;
};

/* A whole request has come. */
typedef void peer_script(struct peer *peer, struct peer_conn *conn,
                         const struct http_message *request);

struct peer {
    struct loop *loop;
    uv_tcp_t listener;
    char url[PEER_URL_SIZE]; /* "http://127.0.0.1:40000" */
    peer_script *script;
    struct peer_conn conns[PEER_CONN_COUNT_MAX]; /* in the order of accepting, closed ones too */
    size_t conn_count;
    size_t request_count;
};

/* Binds, but refuses connections until peer_listen(). */
void peer_open(struct peer *peer, struct loop *loop);
void peer_listen(struct peer *peer);
/* Refuses again; the connections stay. */
void peer_stop_listening(struct peer *peer);
void peer_close(struct peer *peer);

void peer_send(struct peer_conn *conn, const char *text);
/* The first piece now, one more each turn. `text` is borrowed until all is sent. */
void peer_send_in_pieces(struct peer_conn *conn, const char *text, size_t first_size,
                         size_t piece_size);
void peer_end(struct peer_conn *conn);
/* The client sees "connection reset by peer". */
void peer_reset(struct peer_conn *conn);
