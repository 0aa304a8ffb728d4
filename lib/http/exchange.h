/* exchange - the table of requests that are not answered yet.
 *
 * Place      http/session, http/server -> [exchange].
 * Ownership  The table owns its exchanges; a taken one is the session's until it is put back.
 * Errors     NULL: at the limit, or out of memory.
 *
 * An id is a slot's number and its generation, which grows whenever the slot is put back: an id
 * that has outlived its request finds nothing. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/list.h"
#include "http/message.h"

struct http_session;

struct http_exchange {
    http_exchange_id id;
    struct http_session *session;
    struct list_node node; /* the session's requests in their order */
    size_t place;          /* of its route among the metrics */
    uint64_t arrived_ns;   /* loop_turn_ns() */
    bool is_head;
    bool is_http_1_0;
    bool is_counted;                /* among the answered requests */
    bool is_replied;                /* `reply` waits for its turn */
    bool is_streaming;              /* what `reply` has waits for its turn, and more is to come */
    void (*on_gone)(void *context); /* while it is streaming */
    void *on_gone_context;
    struct buffer reply;
};

struct http_exchange_table {
    struct http_exchange **chunks;
    size_t chunk_count;
    size_t chunk_count_max;
    struct list_node free; /* by node */
    size_t taken_count;
    size_t reply_size_max;
};

/* Rounds count_max up. */
void http_exchange_table_init(struct http_exchange_table *table, size_t count_max,
                              size_t reply_size_max);
/* Every exchange must be put back. */
void http_exchange_table_free(struct http_exchange_table *table);

struct http_exchange *http_exchange_take(struct http_exchange_table *table);
/* NULL where it has been put back. */
struct http_exchange *http_exchange_find(const struct http_exchange_table *table,
                                         http_exchange_id id);
void http_exchange_put(struct http_exchange_table *table, struct http_exchange *exchange);
