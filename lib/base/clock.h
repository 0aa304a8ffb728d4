/* clock - one cached "now" and all timers that hang on it.
 *
 * Place      below everything; knows nobody. lib/base/loop drives it with libuv's time, the
 *            simulation with a virtual one.
 * Thread     the loop thread only.
 * Ownership  The caller owns each struct timer, which must outlive its time in the clock.
 * Units      *_ms: milliseconds of a monotonic clock with an arbitrary start.
 * Limits     Timers: memory only. start is O(log n), stop is O(log n). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer;

/* The timer is stopped already when this runs, and may be started again or freed by it. */
typedef void timer_cb(struct timer *timer, void *context);

struct timer {
    timer_cb *callback;
    void *context;
    uint64_t deadline_ms;
    size_t place; /* 1-based place in the heap; 0 while stopped */
    uint64_t sequence;
};

struct clock {
    uint64_t (*now_ms)(void *context);
    void *context;
    struct timer **heap; /* heap[1] is due first */
    size_t count;
    size_t capacity;
    uint64_t sequence;
};

void clock_init(struct clock *clock, uint64_t (*now_ms)(void *context), void *context);
/* Every timer must be stopped. */
void clock_free(struct clock *clock);

static inline uint64_t clock_now_ms(const struct clock *clock)
{
    return clock->now_ms(clock->context);
}

void timer_init(struct timer *timer, timer_cb *callback, void *context);

static inline bool timer_is_active(const struct timer *timer)
{
    return timer->place != 0;
}

/* Starts it, or moves it to the new deadline. Aborts when out of memory, as a lost timer would be
 * an order that never ends. */
void timer_start(struct clock *clock, struct timer *timer, uint64_t delay_ms);
void timer_stop(struct clock *clock, struct timer *timer);

/* The earliest deadline; UINT64_MAX without timers. */
uint64_t clock_next_deadline_ms(const struct clock *clock);

/* Runs the timers that are due now, in the order of their deadlines, then of their starts. A timer
 * started by a callback waits for the next call, so a callback cannot hold the loop for ever. */
void clock_run_due(struct clock *clock);
