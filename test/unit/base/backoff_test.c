#include "base/backoff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { BASE_MS = 50, CAP_MS = 2000, DRAW_COUNT = 20000 };

static uint64_t most_ms(unsigned failure_count)
{
    return failure_count < 6 ? (uint64_t)BASE_MS << failure_count : CAP_MS;
}

/* The whole range is used, so that callers that failed together do not come again together. */
static void delays_fill_their_range(void **state)
{
    struct prng prng;
    (void)state;
    prng_seed(&prng, 1);
    for (unsigned failure_count = 0; failure_count < 8; failure_count++) {
        uint64_t least = UINT64_MAX;
        uint64_t most = 0;
        for (int i = 0; i < DRAW_COUNT; i++) {
            uint64_t delay_ms = backoff_delay_ms(&prng, BASE_MS, CAP_MS, failure_count);
            least = delay_ms < least ? delay_ms : least;
            most = delay_ms > most ? delay_ms : most;
        }
        assert_in_range(least, 1, most_ms(failure_count) / 20);
        assert_in_range(most, most_ms(failure_count) * 19 / 20, most_ms(failure_count));
    }
}

static void many_failures_stay_below_the_cap(void **state)
{
    static const unsigned failure_counts[] = {31, 32, 63, 64, 65, 1000, UINT32_MAX};
    struct prng prng;
    (void)state;
    prng_seed(&prng, 1);
    for (size_t i = 0; i < sizeof failure_counts / sizeof failure_counts[0]; i++) {
        for (int draw = 0; draw < 100; draw++)
            assert_in_range(backoff_delay_ms(&prng, BASE_MS, CAP_MS, failure_counts[i]), 1, CAP_MS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delays_fill_their_range),
        cmocka_unit_test(many_failures_stay_below_the_cap),
    };
    return cmocka_run_group_tests_name("base/backoff", tests, NULL, NULL);
}
