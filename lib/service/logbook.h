/* logbook - the last lines that the instances of a service have logged about orders, to be looked
 * at by order.
 *
 * Place      base/log -> [logbook], as its listener; a service's modules -> [logbook] ->
 *            json/writer.
 * Thread     the loop thread of each instance; no function blocks. Each may write at any time, and
 *            read what all have written.
 * Ownership  The parent of the instances opens it before they are forked, and closes it.
 * Errors     A line that two instances write to the same place at once is lost.
 * Limits     The last LOGBOOK_LINE_COUNT_MAX lines, each cut at LOGBOOK_MESSAGE_SIZE_MAX bytes. */
#pragma once

#include "base/buffer.h"
#include "base/log.h"

enum {
    LOGBOOK_LINE_COUNT_MAX = 16384,
    LOGBOOK_MESSAGE_SIZE_MAX = 200,
    LOGBOOK_ORDER_LINE_COUNT_MAX = 20,
    /* What logbook_write() appends: each message with every byte escaped, and the other fields. */
    LOGBOOK_JSON_SIZE_MAX = LOGBOOK_ORDER_LINE_COUNT_MAX * (6 * LOGBOOK_MESSAGE_SIZE_MAX + 256) + 2,
};

struct logbook; /* opaque */

/* NULL: out of memory. */
struct logbook *logbook_open(void);
void logbook_close(struct logbook *logbook);

/* Each line that `log` gets about an order goes into the book, too. */
void logbook_listen(struct logbook *logbook, struct log *log);

/* [{"time":…,"level":…,"service":…,"message":…,"trace_id":…},…]: the last
 * LOGBOOK_ORDER_LINE_COUNT_MAX lines about this order, in the order in which they were written. */
void logbook_write(const struct logbook *logbook, int64_t order_id, struct buffer *to);
