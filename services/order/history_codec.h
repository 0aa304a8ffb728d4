/* history_codec - lines of history as JSON and as server-sent events; positions as text.
 *
 * Place   stories, follow, feed -> [history_codec] -> lib/json.
 * Thread  the loop thread only.
 * Errors  Those of the buffer.
 * Source  WHATWG HTML, 9.2 "Server-sent events": a block of lines "field: value", ended by an empty
 *         one; a block with an id and without data only tells the client where it is. */
#pragma once

#include "base/buffer.h"
#include "http/message.h"
#include "order/history.h"

/* {"at":…,"status":…,"reason":…,"trace_id":…}; null where it is not known. */
void history_write_line(const struct history_line *line, struct buffer *to);

/* The first block of a stream: how soon to come back after its end. */
void history_write_retry_block(struct buffer *to);

/* A block that only tells the client where it is. */
void history_write_position_block(const struct history_position *position, struct buffer *to);

/* `event: order` with {"order_id":…,"at":…,"from":…,"status":…,"reason":…,"trace_id":…}. Its id is
 * the line's position in the feed, or its step in the story of its order. */
void history_write_feed_block(const struct history_line *line, struct buffer *to);
void history_write_story_block(const struct history_line *line, struct buffer *to);

/* `event: folded` with {"count":…,"edges":[{"from":…,"status":…,"reason":…,"count":…},…]}, and with
 * the position behind all that it has counted. */
void history_write_fold_block(const struct history_fold *fold,
                              const struct history_position *behind, struct buffer *to);

/* "8123-4001-2": tx, order_id and step. False where the text is none. */
bool history_parse_position(struct http_text text, struct history_position *position);

/* "2" */
bool history_parse_step(struct http_text text, int32_t *step);
