#include "base/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
    struct log log;
    struct clock clock;
    struct tally tally;
    uint64_t now_ms;
};

static uint64_t now_ms(void *context)
{
    const uint64_t *now = context;
    return *now;
}

static int set_up(void **state)
{
    static struct world world;
    world = (struct world){0};
    log_init(&world.log, "test", LOG_INFO, LOG_FORMAT_TEXT, STDERR_FILENO);
    clock_init(&world.clock, now_ms, &world.now_ms);
    tally_init(&world.tally, &world.clock, &world.log, "too slow");
    *state = &world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    buffer_clear(&world->log.buffer);
    log_free(&world->log);
    clock_free(&world->clock);
    return 0;
}

static void count(struct world *world, int count)
{
    for (int i = 0; i < count; i++)
        tally_count(&world->tally);
}

static void advance(struct world *world, uint64_t delay_ms)
{
    world->now_ms += delay_ms;
    clock_run_due(&world->clock);
}

/* What was logged since the last time, behind the first line's time. */
static void assert_told(struct world *world, const char *told)
{
    buffer_append_byte(&world->log.buffer, '\0');
    const char *text = strstr(world->log.buffer.data, "warn test: ");
    assert_string_equal(text != NULL ? text : "", told);
    buffer_clear(&world->log.buffer);
}

static void the_first_is_told_at_once_and_the_others_as_a_sum(void **state)
{
    struct world *world = *state;
    count(world, 1);
    assert_told(world, "warn test: too slow\n");
    count(world, 999);
    advance(world, TALLY_INTERVAL_MS - 1);
    assert_told(world, "");
    advance(world, 1);
    assert_told(world, "warn test: too slow: 999 more times\n");
    count(world, 1);
    assert_told(world, "");
    advance(world, TALLY_INTERVAL_MS);
    assert_told(world, "warn test: too slow: 1 more times\n");
    advance(world, TALLY_INTERVAL_MS);
    assert_told(world, "");
    assert_int_equal(clock_next_deadline_ms(&world->clock), UINT64_MAX);
    count(world, 1);
    assert_told(world, "warn test: too slow\n");
    tally_stop(&world->tally);
}

static void the_end_tells_what_is_untold(void **state)
{
    struct world *world = *state;
    count(world, 3);
    buffer_clear(&world->log.buffer);
    tally_stop(&world->tally);
    assert_told(world, "warn test: too slow: 2 more times\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_is_told_at_once_and_the_others_as_a_sum, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_end_tells_what_is_untold, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("base/tally", tests, NULL, NULL);
}
