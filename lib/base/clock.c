#include "base/clock.h"

#include <assert.h>
#include <stdlib.h>

enum { CLOCK_CAPACITY_MIN = 64 };

void clock_init(struct clock *clock, uint64_t (*now_ms)(void *context), void *context)
{
    *clock = (struct clock){.now_ms = now_ms, .context = context};
}

void clock_free(struct clock *clock)
{
    assert(clock->count == 0);
    free(clock->heap);
    clock->heap = NULL;
    clock->capacity = 0;
}

void timer_init(struct timer *timer, timer_cb *callback, void *context)
{
    *timer = (struct timer){.callback = callback, .context = context};
}

static bool is_before(const struct timer *a, const struct timer *b)
{
    if (a->deadline_ms != b->deadline_ms)
        return a->deadline_ms < b->deadline_ms;
    return a->sequence < b->sequence;
}

static void heap_set(struct clock *clock, size_t place, struct timer *timer)
{
    clock->heap[place] = timer;
    timer->place = place;
}

static void heap_rise(struct clock *clock, struct timer *timer)
{
    size_t place = timer->place;
    while (place > 1 && is_before(timer, clock->heap[place / 2])) {
        heap_set(clock, place, clock->heap[place / 2]);
        place /= 2;
    }
    heap_set(clock, place, timer);
}

static void heap_sink(struct clock *clock, struct timer *timer)
{
    size_t place = timer->place;
    while (place * 2 <= clock->count) {
        size_t child = place * 2;
        if (child < clock->count && is_before(clock->heap[child + 1], clock->heap[child]))
            child++;
        if (!is_before(clock->heap[child], timer))
            break;
        heap_set(clock, place, clock->heap[child]);
        place = child;
    }
    heap_set(clock, place, timer);
}

static void heap_reserve(struct clock *clock)
{
    if (clock->count + 1 < clock->capacity)
        return;
    size_t capacity = clock->capacity == 0 ? CLOCK_CAPACITY_MIN : clock->capacity * 2;
    struct timer **heap = realloc(clock->heap, capacity * sizeof(struct timer *));
    if (heap == NULL)
        abort();
    clock->heap = heap;
    clock->capacity = capacity;
}

void timer_start(struct clock *clock, struct timer *timer, uint64_t delay_ms)
{
    timer->deadline_ms = clock_now_ms(clock) + delay_ms;
    timer->sequence = ++clock->sequence;
    if (!timer_is_active(timer)) {
        heap_reserve(clock);
        heap_set(clock, ++clock->count, timer);
    }
    heap_rise(clock, timer);
    heap_sink(clock, timer);
}

void timer_stop(struct clock *clock, struct timer *timer)
{
    if (!timer_is_active(timer))
        return;
    size_t place = timer->place;
    struct timer *last = clock->heap[clock->count--];
    timer->place = 0;
    if (last == timer)
        return;
    heap_set(clock, place, last);
    heap_rise(clock, last);
    heap_sink(clock, last);
}

uint64_t clock_next_deadline_ms(const struct clock *clock)
{
    return clock->count == 0 ? UINT64_MAX : clock->heap[1]->deadline_ms;
}

void clock_run_due(struct clock *clock)
{
    uint64_t now_ms = clock_now_ms(clock);
    uint64_t last_sequence = clock->sequence;
    while (clock->count != 0) {
        struct timer *timer = clock->heap[1];
        /* One started meanwhile that is due at once ends this run; the loop comes back for it. */
        if (timer->deadline_ms > now_ms || timer->sequence > last_sequence)
            break;
        timer_stop(clock, timer);
        timer->callback(timer, timer->context);
    }
}
