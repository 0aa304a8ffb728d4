/* loop - one libuv loop, its clock, and what happens at the end of each of its turns.
 *
 * Place   above base/clock; everything that does I/O hangs on it.
 * Thread  one loop, one thread. No function but loop_run() blocks.
 *
 * A turn reads sockets and runs due timers; both only change memory and mark what has something to
 * send. Then, in uv_prepare, the hooks run phase by phase: first the database batches leave, then
 * each connection's bytes in one write, then the log. (uv_run calls prepare handles after all else
 * of a turn and just before it polls: docs.libuv.org/en/v1.x/design.html.) */
#pragma once

#include <uv.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/status.h"

enum loop_phase { LOOP_PHASE_DATABASE, LOOP_PHASE_NETWORK, LOOP_PHASE_LOG, LOOP_PHASE_COUNT };

typedef void loop_hook_cb(void *context);

struct loop_hook {
    loop_hook_cb *callback;
    void *context;
    struct list_node node;
};

/* A turn is busy from the first event that asks for the time until all that it has to send is with
 * the system: so long an event that comes meanwhile waits. */
struct loop_metrics {
    struct metrics_histogram turn_ns;
    uint64_t longest_turn_ns; /* of the last one or two windows */
};

enum { LOOP_WINDOW_S = 60 };

extern const struct metrics_bounds loop_turn_bounds_ns;

struct loop {
    uv_loop_t uv;
    struct clock clock;
    struct log *log;
    uv_prepare_t prepare;
    uv_timer_t timer;
    uv_idle_t idle; /* active only while a wake is owed */
    struct list_node hooks[LOOP_PHASE_COUNT];
    uint64_t turn_ns; /* loop_turn_ns(); 0: nobody has asked in this turn */
    uint64_t window_end_ns;
    uint64_t longest_ns;          /* of this window */
    uint64_t longest_before_ns;   /* of the one before */
    struct loop_metrics *metrics; /* its own, until the owner sets others */
    struct loop_metrics own_metrics;
};

/* Borrows `log`, which must outlive the loop. */
enum status loop_init(struct loop *loop, struct log *log) STATUS_MUST_CHECK;

/* The caller owns the hook; it runs every turn until removed with loop_remove_hook(). */
void loop_add_hook(struct loop *loop, enum loop_phase phase, struct loop_hook *hook,
                   loop_hook_cb *callback, void *context);
void loop_remove_hook(struct loop_hook *hook);

/* When this turn began: the moment of the first question in it, so that all events of one turn
 * share one look at the clock, and a wait is told from turn to turn. Nanoseconds of uv_hrtime(). */
static inline uint64_t loop_turn_ns(struct loop *loop)
{
    if (loop->turn_ns == 0)
        loop->turn_ns = uv_hrtime();
    return loop->turn_ns;
}

/* Makes the next poll return at once, so that another turn comes: for work that a hook left over.
 */
void loop_wake(struct loop *loop);

/* Runs until loop_stop(). */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* Closes its own handles, runs until every close callback has fired, and frees the loop. All other
 * handles must be closing and all timers stopped. STATUS_SYSTEM where a handle was left open. */
enum status loop_close(struct loop *loop) STATUS_MUST_CHECK;
