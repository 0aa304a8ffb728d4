/* history - the port to what has happened to the orders: to one of them, or to all, as a feed.
 *
 * Place      stories, follow, feed -> [history] <- history_pg (PostgreSQL); tests have a twin.
 * Thread     the loop thread only. No function blocks.
 * Ownership  Everything that a callback is given is borrowed for the time of the call.
 * Errors     A function that returns another status than STATUS_OK has not accepted the call, and
 *            no callback comes. An accepted call gets its callback exactly once, in a later turn;
 *            with another status than STATUS_OK nothing is known.
 * Limits     Texts are cut at HISTORY_TEXT_SIZE_MAX bytes, and there are at most
 *            HISTORY_PAGE_COUNT_MAX lines or HISTORY_EDGE_COUNT_MAX edges; a call costs no more
 *            than HISTORY_FOLD_COUNT_MAX rows and a transaction.
 * Units      *_ms: moments of the loop's clock.
 *
 * The feed has the lines of all orders in the order of their positions. It ends before the oldest
 * transaction that is still open, which may yet commit lines: so what is once in front of its end
 * never grows, and a reader who goes on behind a position misses nothing and meets nothing twice.
 * Lines from before the feed was introduced are not in it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/trace.h"

#define HISTORY_FOLD_COUNT_MAX 10000 /* macros, as the SQL is made of them */
#define HISTORY_PAGE_COUNT_MAX 500
#define HISTORY_TEXT_SIZE_MAX  64
enum { HISTORY_EDGE_COUNT_MAX = 64 };

/* A line stands behind a position where it is greater: by tx, then by order_id, then by step. The
 * lines of one order have rising positions. */
struct history_position {
    int64_t tx; /* the number of the transaction that has written it, or a little more */
    int64_t order_id;
    int32_t step; /* of the order: 1 PENDING, 2 COMPLETED, 3 CANCELLING, 4 CANCELLED */
};

/* Where the feed will end now, and nothing stands behind it. */
static const struct history_position history_now = {.tx = INT64_MAX};

struct history_text {
    const char *data;
    uint32_t size;
};

struct history_line {
    struct history_position position; /* tx is 0 where it is not in the feed */
    struct history_text at;           /* "2026-01-02T03:04:05.678Z" */
    struct history_text from;         /* the status before; empty for the first line */
    struct history_text status;
    struct history_text reason;
    uint8_t trace_id[TRACE_ID_BYTE_COUNT]; /* all zero: not known */
};

struct history_page {
    const struct history_line *lines;
    size_t count;
    /* The rest is of the feed. */
    bool is_full;    /* there are more lines than these */
    int64_t end_tx;  /* unless it is full, nothing else will ever stand in front of this */
    int64_t next_tx; /* no transaction has had this number yet */
};
typedef void history_page_cb(void *context, enum status status, const struct history_page *page);

/* So many lines tell of this move. */
struct history_edge {
    struct history_text from;
    struct history_text status;
    struct history_text reason;
    int64_t count;
};

struct history_fold {
    const struct history_edge *edges; /* the most frequent first */
    size_t edge_count;
    int64_t count;  /* of all lines */
    int64_t end_tx; /* the fold has all lines in front of this */
};
typedef void history_fold_cb(void *context, enum status status, const struct history_fold *fold);

/* Behind a position, and in front of the transaction below_tx. */
struct history_range {
    struct history_position after;
    int64_t below_tx; /* INT64_MAX: to the end of the feed */
};

struct history_operations {
    /* The lines of one order, from the step after `after_step` on. */
    enum status (*read_order)(void *history, int64_t order_id, int32_t after_step,
                              uint64_t deadline_ms, void *context, history_page_cb *callback);
    /* The lines of a range of the feed, or as many as a page has. */
    enum status (*read_feed)(void *history, const struct history_range *range, uint64_t deadline_ms,
                             void *context, history_page_cb *callback);
    /* Counts the lines of the range; of about HISTORY_FOLD_COUNT_MAX lines, where it has more. */
    enum status (*fold_feed)(void *history, const struct history_range *range, uint64_t deadline_ms,
                             void *context, history_fold_cb *callback);
};

struct history_port {
    const struct history_operations *operations;
    void *history;
};
