#include "base/admission.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { DELAY_MAX_MS = 250, COUNT_MAX = 16384, TICKET_COUNT = 1 << 17 };

/* A server that does so many pieces of work in a millisecond, one after the other. */
struct world {
    struct clock clock;
    uint64_t now_ms;
    struct admission admission;
    struct admission_metrics metrics;
    struct admission_ticket tickets[TICKET_COUNT]; /* a ring: taken, and not done yet */
    uint64_t taken_count;
    uint64_t done_count;
    uint64_t refused_count;
    uint64_t wait_max_ms; /* of what was done since the last look */
    double credit;
};

static uint64_t now_ms(void *context)
{
    const uint64_t *now = context;
    return *now;
}

static int set_up(void **state)
{
    static struct world world;
    world = (struct world){.now_ms = 1000};
    clock_init(&world.clock, now_ms, &world.now_ms);
    admission_init(&world.admission, &world.clock, DELAY_MAX_MS, COUNT_MAX, &world.metrics);
    *state = &world;
    return 0;
}

static void ask(struct world *world)
{
    if (!admission_admits(&world->admission)) {
        world->refused_count++;
        return;
    }
    struct admission_ticket *ticket = &world->tickets[world->taken_count++ % TICKET_COUNT];
    assert_true(world->taken_count - world->done_count <= TICKET_COUNT);
    admission_enter(&world->admission, ticket);
}

static void finish_oldest(struct world *world)
{
    struct admission_ticket *ticket = &world->tickets[world->done_count++ % TICKET_COUNT];
    uint64_t wait_ms = world->now_ms - ticket->entered_ms;
    if (wait_ms > world->wait_max_ms)
        world->wait_max_ms = wait_ms;
    admission_leave(&world->admission, ticket);
}

/* What is done comes out in lumps, as from a database. */
static void pass(struct world *world, uint64_t duration_ms, double asked_per_ms, double done_per_ms,
                 uint64_t lump_ms)
{
    double asked = 0;
    for (uint64_t ms = 0; ms < duration_ms; ms++) {
        world->now_ms++;
        asked += asked_per_ms;
        while (asked >= 1) {
            ask(world);
            asked--;
        }
        world->credit += done_per_ms;
        if (world->now_ms % lump_ms != 0)
            continue;
        while (world->credit >= 1 && world->done_count < world->taken_count) {
            finish_oldest(world);
            world->credit--;
        }
        if (world->credit > done_per_ms * (double)lump_ms) /* it had nothing to do */
            world->credit = done_per_ms * (double)lump_ms;
    }
}

static void forget(struct world *world)
{
    world->wait_max_ms = 0;
    world->refused_count = 0;
}

static void overload_is_refused_and_the_rest_done_in_time(void **state)
{
    static const double rates[] = {2, 10, 25};
    static const uint64_t lumps_ms[] = {1, 20, 60};
    struct world *world = *state;
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 3; j++) {
            set_up(state);
            pass(world, 3000, rates[i] / 2, rates[i], lumps_ms[j]);
            assert_int_equal(world->refused_count, 0);
            uint64_t done_before = world->done_count;
            pass(world, 10000, 4 * rates[i], rates[i], lumps_ms[j]);
            uint64_t done_count = world->done_count - done_before;
            /* The server was kept busy, and nobody had to wait for long: not even at the start,
             * when the limit was not known. */
            assert_true((double)done_count > 0.97 * 10000 * rates[i]);
            assert_true(world->wait_max_ms < UINT64_C(4) * DELAY_MAX_MS);
            world->wait_max_ms = 0;
            pass(world, 5000, 4 * rates[i], rates[i], lumps_ms[j]);
            assert_true(world->wait_max_ms < UINT64_C(2) * DELAY_MAX_MS);
            pass(world, 1000, rates[i] / 2, rates[i], lumps_ms[j]);
            forget(world);
            pass(world, 3000, rates[i] / 2, rates[i], lumps_ms[j]);
            assert_int_equal(world->refused_count, 0);
        }
    }
}

static void the_limit_follows_a_server_that_gets_slower_and_faster(void **state)
{
    struct world *world = *state;
    pass(world, 2000, 40, 20, 10);
    pass(world, 4000, 40, 2,
         10); /* what was inside is ten times too much, and must be done first */
    forget(world);
    pass(world, 5000, 40, 2, 10);
    assert_true(world->wait_max_ms < UINT64_C(2) * DELAY_MAX_MS);
    pass(world, 2000, 40, 20, 10);
    uint64_t done_before = world->done_count;
    pass(world, 2000, 40, 20, 10);
    assert_true(world->done_count - done_before > 39000);
}

static void few_are_always_taken(void **state)
{
    struct world *world = *state;
    pass(world, 10000, 100, 0, 1); /* nothing is ever done */
    set_up(state);
    for (int i = 0; i < 100; i++) {
        for (int j = 0; j < ADMISSION_COUNT_MIN; j++)
            ask(world);
        world->now_ms += 20; /* in all, too short to be late */
        if (i % 10 == 9)
            while (world->done_count < world->taken_count)
                finish_oldest(world);
    }
    assert_true(world->taken_count >= UINT64_C(10) * ADMISSION_COUNT_MIN);
}

/* Those few, anew whenever the last ones are late: so it is seen when the server goes on. */
static void a_server_that_stands_still_gets_little(void **state)
{
    struct world *world = *state;
    pass(world, 1000, 20, 20, 10);
    pass(world, 2000, 20, 0, 10);
    uint64_t taken_before = world->taken_count;
    uint64_t late_ms = (uint64_t)ADMISSION_LATE_FACTOR * DELAY_MAX_MS;
    pass(world, 10 * late_ms, 20, 0, 10);
    assert_true(world->taken_count - taken_before <= (uint64_t)11 * ADMISSION_COUNT_MIN);
    assert_true(world->taken_count - taken_before >= (uint64_t)9 * ADMISSION_COUNT_MIN);
    pass(world, 2000, 10, 20, 10);
    forget(world);
    pass(world, 1000, 10, 20, 10);
    assert_int_equal(world->refused_count, 0);
}

static void what_hangs_does_not_shut_out_the_rest(void **state)
{
    enum { HANGING_COUNT = 2000 };
    static struct admission_ticket hanging[HANGING_COUNT];
    struct world *world = *state;
    pass(world, 2000, 40, 20, 10); /* the limit is what can be done */
    pass(world, 1000, 1, 20, 10);
    for (int i = 0; i < HANGING_COUNT; i++)
        admission_enter(&world->admission, &hanging[i]);
    pass(world, (uint64_t)ADMISSION_LATE_FACTOR * DELAY_MAX_MS, 1, 20, 10);
    forget(world);
    pass(world, 10000, 10, 20, 10);
    assert_int_equal(world->refused_count, 0);
    for (int i = 0; i < HANGING_COUNT; i++)
        admission_leave(&world->admission, &hanging[i]); /* late: counts for nothing */
    assert_int_equal(world->admission.inside_count, world->taken_count - world->done_count);
}

static void little_demand_is_no_sign_of_weakness(void **state)
{
    struct world *world = *state;
    pass(world, 60000, 0.1, 20, 10);
    for (int i = 0; i < 2000; i++)
        ask(world);
    assert_int_equal(world->refused_count, 0);
}

static void a_long_silence_changes_nothing(void **state)
{
    struct world *world = *state;
    pass(world, 3000, 40, 20, 10);
    size_t limit = world->admission.limit;
    pass(world, 1000, 0, 20, 10);
    world->now_ms += UINT64_C(1) << 40;
    forget(world);
    pass(world, 1000, 10, 20, 10);
    assert_int_equal(world->refused_count, 0);
    assert_true(world->admission.limit > limit / 2);
}

static void the_count_has_its_limit(void **state)
{
    struct world *world = *state;
    pass(world, 2000, 300, 300, 1);
    assert_int_equal(world->admission.limit, COUNT_MAX);
    forget(world);
    for (int i = 0; i < COUNT_MAX + 100; i++)
        ask(world);
    assert_int_equal(world->admission.inside_count, COUNT_MAX);
    assert_true(world->refused_count >= 100);
    assert_true(world->metrics.refusals >= world->refused_count);
}

static void a_ticket_may_leave_twice_or_never_enter(void **state)
{
    struct world *world = *state;
    struct admission_ticket ticket;
    admission_ticket_init(&ticket);
    admission_leave(&world->admission, &ticket);
    admission_enter(&world->admission, &ticket);
    admission_leave(&world->admission, &ticket);
    admission_leave(&world->admission, &ticket);
    assert_int_equal(world->admission.inside_count, 0);
    assert_int_equal(world->admission.window_done_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(overload_is_refused_and_the_rest_done_in_time, set_up),
        cmocka_unit_test_setup(the_limit_follows_a_server_that_gets_slower_and_faster, set_up),
        cmocka_unit_test_setup(few_are_always_taken, set_up),
        cmocka_unit_test_setup(a_server_that_stands_still_gets_little, set_up),
        cmocka_unit_test_setup(what_hangs_does_not_shut_out_the_rest, set_up),
        cmocka_unit_test_setup(little_demand_is_no_sign_of_weakness, set_up),
        cmocka_unit_test_setup(a_long_silence_changes_nothing, set_up),
        cmocka_unit_test_setup(the_count_has_its_limit, set_up),
        cmocka_unit_test_setup(a_ticket_may_leave_twice_or_never_enter, set_up),
    };
    return cmocka_run_group_tests_name("base/admission", tests, NULL, NULL);
}
