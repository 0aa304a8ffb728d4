#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/prng.h"

enum { RECORD_COUNT_MAX = 1000 };

/* A clock whose time the test sets, and which timers fired in which order. */
struct bench {
    struct clock clock;
    uint64_t now_ms;
    struct timer *fired[RECORD_COUNT_MAX];
    size_t fired_count;
};

static uint64_t bench_now_ms(void *context)
{
    const struct bench *bench = context;
    return bench->now_ms;
}

static void record(struct timer *timer, void *context)
{
    struct bench *bench = context;
    assert_false(timer_is_active(timer));
    assert_true(timer->deadline_ms <= bench->now_ms);
    bench->fired[bench->fired_count++] = timer;
}

static void bench_init(struct bench *bench)
{
    bench->now_ms = 1000;
    bench->fired_count = 0;
    clock_init(&bench->clock, bench_now_ms, bench);
}

static void run_at(struct bench *bench, uint64_t now_ms)
{
    bench->now_ms = now_ms;
    clock_run_due(&bench->clock);
}

static void timers_fire_in_the_order_of_deadline_then_start(void **state)
{
    (void)state;
    struct bench bench;
    struct timer timers[4];
    const uint64_t delays_ms[] = {20, 10, 20, 0};
    bench_init(&bench);
    assert_true(clock_next_deadline_ms(&bench.clock) == UINT64_MAX);
    for (int i = 0; i < 4; i++) {
        timer_init(&timers[i], record, &bench);
        timer_start(&bench.clock, &timers[i], delays_ms[i]);
    }
    assert_true(clock_next_deadline_ms(&bench.clock) == 1000);
    run_at(&bench, 1009);
    assert_int_equal(bench.fired_count, 1);
    assert_ptr_equal(bench.fired[0], &timers[3]);
    run_at(&bench, 1020);
    assert_int_equal(bench.fired_count, 4);
    assert_ptr_equal(bench.fired[1], &timers[1]);
    assert_ptr_equal(bench.fired[2], &timers[0]);
    assert_ptr_equal(bench.fired[3], &timers[2]);
    clock_free(&bench.clock);
}

static void stopped_timer_does_not_fire(void **state)
{
    (void)state;
    struct bench bench;
    struct timer timer;
    bench_init(&bench);
    timer_init(&timer, record, &bench);
    timer_stop(&bench.clock, &timer);
    timer_start(&bench.clock, &timer, 5);
    assert_true(timer_is_active(&timer));
    timer_stop(&bench.clock, &timer);
    timer_stop(&bench.clock, &timer);
    assert_false(timer_is_active(&timer));
    run_at(&bench, 2000);
    assert_int_equal(bench.fired_count, 0);
    clock_free(&bench.clock);
}

static void started_timer_moves_both_ways(void **state)
{
    (void)state;
    struct bench bench;
    struct timer moved;
    struct timer fixed;
    bench_init(&bench);
    timer_init(&moved, record, &bench);
    timer_init(&fixed, record, &bench);
    timer_start(&bench.clock, &fixed, 50);
    timer_start(&bench.clock, &moved, 10);
    timer_start(&bench.clock, &moved, 100);
    run_at(&bench, 1060);
    assert_int_equal(bench.fired_count, 1);
    assert_ptr_equal(bench.fired[0], &fixed);
    timer_start(&bench.clock, &moved, 1);
    run_at(&bench, 1061);
    assert_int_equal(bench.fired_count, 2);
    run_at(&bench, 5000);
    assert_int_equal(bench.fired_count, 2);
    clock_free(&bench.clock);
}

static void restart(struct timer *timer, void *context)
{
    struct bench *bench = context;
    bench->fired[bench->fired_count++] = timer;
    timer_start(&bench->clock, timer, 0);
}

static void timer_started_by_a_callback_waits_for_the_next_run(void **state)
{
    (void)state;
    struct bench bench;
    struct timer again;
    struct timer other;
    bench_init(&bench);
    timer_init(&again, restart, &bench);
    timer_init(&other, record, &bench);
    timer_start(&bench.clock, &again, 0);
    timer_start(&bench.clock, &other, 0);
    run_at(&bench, 1000);
    assert_int_equal(bench.fired_count, 2);
    assert_ptr_equal(bench.fired[1], &other);
    run_at(&bench, 1000);
    assert_int_equal(bench.fired_count, 3);
    timer_stop(&bench.clock, &again);
    clock_free(&bench.clock);
}

struct stopping {
    struct bench *bench;
    struct timer *victim;
};

static void stop_victim(struct timer *timer, void *context)
{
    (void)timer;
    struct stopping *stopping = context;
    timer_stop(&stopping->bench->clock, stopping->victim);
}

static void callback_may_stop_a_timer_that_is_due_too(void **state)
{
    (void)state;
    struct bench bench;
    struct timer victim;
    struct timer stopper;
    struct stopping stopping = {.bench = &bench, .victim = &victim};
    bench_init(&bench);
    timer_init(&stopper, stop_victim, &stopping);
    timer_init(&victim, record, &bench);
    timer_start(&bench.clock, &stopper, 1);
    timer_start(&bench.clock, &victim, 1);
    run_at(&bench, 1001);
    assert_int_equal(bench.fired_count, 0);
    clock_free(&bench.clock);
}

/* Many starts, moves and stops at random; what fires is then exactly what is due, in order. */
static void random_use_keeps_the_order(void **state)
{
    (void)state;
    enum { TIMER_COUNT = 300, STEP_COUNT = 20000 };
    static struct timer timers[TIMER_COUNT];
    struct bench bench;
    struct prng prng;
    bench_init(&bench);
    prng_seed(&prng, 1);
    for (int i = 0; i < TIMER_COUNT; i++)
        timer_init(&timers[i], record, &bench);
    for (int step = 0; step < STEP_COUNT; step++) {
        struct timer *timer = &timers[prng_below(&prng, TIMER_COUNT)];
        if (prng_below(&prng, 3) == 0)
            timer_stop(&bench.clock, timer);
        else
            timer_start(&bench.clock, timer, prng_below(&prng, 500));
        if (prng_below(&prng, 50) != 0)
            continue;
        bench.fired_count = 0;
        run_at(&bench, bench.now_ms + prng_below(&prng, 100));
        for (size_t i = 1; i < bench.fired_count; i++)
            assert_true(bench.fired[i - 1]->deadline_ms <= bench.fired[i]->deadline_ms);
        size_t active_count = 0;
        for (int i = 0; i < TIMER_COUNT; i++) {
            active_count += timer_is_active(&timers[i]);
            assert_true(!timer_is_active(&timers[i]) || timers[i].deadline_ms > bench.now_ms);
        }
        assert_int_equal(active_count, bench.clock.count);
    }
    bench.fired_count = 0;
    run_at(&bench, bench.now_ms + 500);
    assert_int_equal(bench.clock.count, 0);
    clock_free(&bench.clock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timers_fire_in_the_order_of_deadline_then_start),
        cmocka_unit_test(stopped_timer_does_not_fire),
        cmocka_unit_test(started_timer_moves_both_ways),
        cmocka_unit_test(timer_started_by_a_callback_waits_for_the_next_run),
        cmocka_unit_test(callback_may_stop_a_timer_that_is_due_too),
        cmocka_unit_test(random_use_keeps_the_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
