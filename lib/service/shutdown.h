/* shutdown - SIGTERM and SIGINT: drain first, stop when idle or when patience ends.
 *
 * Place      host -> [shutdown] -> base/loop.
 * Thread     the loop thread only.
 * Ownership  The caller owns it; it must live until the loop is closed.
 * Units      *_ms: milliseconds. */
#pragma once

#include "base/loop.h"

struct shutdown_steps {
    /* The first signal: take no new work. */
    void (*drain)(void *context);
    /* Asked every SHUTDOWN_CHECK_MS while draining: has all accepted work ended? */
    bool (*is_idle)(void *context);
    /* Idle, or the deadline has passed, or a second signal came (SHUTDOWN_REPEAT_MS after the first
     * or later: one stop of a process group may arrive twice): close everything. Once. From then
     * on both signals are ignored for the rest of the process. */
    void (*stop)(void *context);
    void *context;
};

enum { SHUTDOWN_CHECK_MS = 10, SHUTDOWN_REPEAT_MS = 500 };

struct shutdown {
    struct loop *loop;
    struct shutdown_steps steps;
    uint64_t patience_ms;
    uint64_t repeat_from_ms; /* 0 until the first signal */
    uint64_t deadline_ms;
    bool stopped;
    struct timer timer;
    uv_signal_t on_term;
    uv_signal_t on_int;
};

/* Stops at once, as a second signal does. */
void shutdown_now(struct shutdown *shutdown);

enum status shutdown_init(struct shutdown *shutdown, struct loop *loop,
                          const struct shutdown_steps *steps,
                          uint64_t patience_ms) STATUS_MUST_CHECK;
