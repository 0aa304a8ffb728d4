#include "base/prng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { DRAW_COUNT = 10000 };

/* The first numbers of the authors' xoshiro256starstar.c for the state {1, 2, 3, 4}. */
static void numbers_are_those_of_the_reference(void **state)
{
    (void)state;
    struct prng prng = {.state = {1, 2, 3, 4}};
    const uint64_t expected[] = {
        11520U, 0U, 1509978240U, 1215971899390074240U, 1216172134540287360U, 607988272756665600U};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_true(prng_next(&prng) == expected[i]);
}

/* The first numbers of the authors' splitmix64.c for seed 1234567. */
static void seed_is_spread_by_splitmix64(void **state)
{
    (void)state;
    struct prng prng;
    prng_seed(&prng, 1234567);
    assert_true(prng.state[0] == 6457827717110365317U);
    assert_true(prng.state[1] == 3203168211198807973U);
    assert_true(prng.state[2] == 9817491932198370423U);
    assert_true(prng.state[3] == 4593380528125082431U);
}

static void seed_replays(void **state)
{
    (void)state;
    struct prng first;
    struct prng second;
    struct prng other;
    prng_seed(&first, 42);
    prng_seed(&second, 42);
    prng_seed(&other, 43);
    int same_as_other = 0;
    for (int i = 0; i < DRAW_COUNT; i++) {
        uint64_t drawn = prng_next(&first);
        assert_true(drawn == prng_next(&second));
        same_as_other += drawn == prng_next(&other);
    }
    assert_int_equal(same_as_other, 0);
}

static void bounded_numbers_are_below_and_even(void **state)
{
    (void)state;
    struct prng prng;
    prng_seed(&prng, 7);
    const uint64_t bounds[] = {1, 2, 3, 10};
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        uint64_t bound = bounds[i];
        int counts[10] = {0};
        for (int draw = 0; draw < DRAW_COUNT; draw++) {
            uint64_t drawn = prng_below(&prng, bound);
            assert_true(drawn < bound);
            counts[drawn]++;
        }
        int expected = DRAW_COUNT / (int)bound;
        for (uint64_t value = 0; value < bound; value++)
            assert_in_range(counts[value], expected * 8 / 10, expected * 12 / 10);
    }
    assert_true(prng_below(&prng, UINT64_MAX) < UINT64_MAX);
}

static void fill_writes_exactly_the_bytes_asked_for(void **state)
{
    (void)state;
    struct prng prng;
    prng_seed(&prng, 7);
    for (size_t size = 0; size <= 20; size++) {
        unsigned char bytes[32];
        unsigned char seen[32] = {0};
        /* Every byte must change in one of many fills; none beyond may change in any. */
        for (int round = 0; round < 50; round++) {
            memset(bytes, 0xa5, sizeof bytes);
            prng_fill(&prng, bytes, size);
            for (size_t i = 0; i < sizeof bytes; i++)
                seen[i] |= bytes[i] != 0xa5;
        }
        for (size_t i = 0; i < sizeof bytes; i++)
            assert_int_equal(seen[i], i < size);
    }
}

static void system_seeds_differ(void **state)
{
    (void)state;
    struct prng first;
    struct prng second;
    assert_int_equal(prng_seed_from_system(&first), STATUS_OK);
    assert_int_equal(prng_seed_from_system(&second), STATUS_OK);
    assert_memory_not_equal(first.state, second.state, sizeof first.state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_those_of_the_reference),
        cmocka_unit_test(seed_is_spread_by_splitmix64),
        cmocka_unit_test(seed_replays),
        cmocka_unit_test(bounded_numbers_are_below_and_even),
        cmocka_unit_test(fill_writes_exactly_the_bytes_asked_for),
        cmocka_unit_test(system_seeds_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
