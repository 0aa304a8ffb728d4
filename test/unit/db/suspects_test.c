#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#include "db/suspects.h"

enum { UNIT_COUNT = 10 };

struct fixture {
    struct db_suspects suspects;
    struct db_unit units[UNIT_COUNT];
    struct db_unit *all[UNIT_COUNT];
};

static void set_up_keys(struct fixture *fixture, const int64_t keys[UNIT_COUNT])
{
    memset(fixture, 0, sizeof *fixture);
    db_suspects_init(&fixture->suspects);
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        fixture->units[i].key = keys[i];
        list_init(&fixture->units[i].node);
        fixture->all[i] = &fixture->units[i];
    }
}

static void check_groups(const struct fixture *fixture, const uint64_t expected[UNIT_COUNT])
{
    for (size_t i = 0; i < UNIT_COUNT; i++)
        assert_int_equal(fixture->units[i].group, expected[i]);
}

static void test_groups_have_their_size(void **state)
{
    (void)state;
    static const int64_t keys[UNIT_COUNT] = {1, 1, 2, 2, 2, 2, 2, 3, 4, 5};
    struct fixture fixture;
    set_up_keys(&fixture, keys);
    db_suspects_regroup(&fixture.suspects, fixture.all, UNIT_COUNT, 4, false);
    check_groups(&fixture, (uint64_t[]){1, 1, 1, 1, 2, 2, 2, 2, 3, 3});
}

static void test_units_of_a_key_can_be_kept_together(void **state)
{
    (void)state;
    static const int64_t keys[UNIT_COUNT] = {1, 1, 2, 2, 2, 2, 2, 3, 4, 5};
    struct fixture fixture;
    set_up_keys(&fixture, keys);
    db_suspects_regroup(&fixture.suspects, fixture.all, UNIT_COUNT, 3, true);
    check_groups(&fixture, (uint64_t[]){1, 1, 1, 1, 1, 1, 1, 2, 2, 2});
}

static void test_key_is_known_while_one_of_its_units_is_a_suspect(void **state)
{
    (void)state;
    static const int64_t keys[UNIT_COUNT] = {7, 7, -1, INT64_MIN, INT64_MAX - 2, 1, 2, 3, 4, 5};
    struct fixture fixture;
    set_up_keys(&fixture, keys);
    for (size_t i = 0; i < UNIT_COUNT; i++)
        assert_false(db_suspects_have_key(&fixture.suspects, keys[i]));
    db_suspects_regroup(&fixture.suspects, fixture.all, UNIT_COUNT, 5, false);
    db_suspects_regroup(&fixture.suspects, fixture.all, UNIT_COUNT, 1, false);
    assert_true(db_suspects_have_key(&fixture.suspects, 7));
    db_suspects_release(&fixture.suspects, fixture.all[0]);
    db_suspects_release(&fixture.suspects, fixture.all[0]);
    assert_true(db_suspects_have_key(&fixture.suspects, 7));
    db_suspects_release(&fixture.suspects, fixture.all[1]);
    assert_false(db_suspects_have_key(&fixture.suspects, 7));
    for (size_t i = 2; i < UNIT_COUNT; i++) {
        assert_true(db_suspects_have_key(&fixture.suspects, keys[i]));
        db_suspects_release(&fixture.suspects, fixture.all[i]);
        assert_false(db_suspects_have_key(&fixture.suspects, keys[i]));
        assert_int_equal(fixture.units[i].group, 0);
    }
}

/* 0 … 3 are suspects of two groups; 4 and 5 join, then 6 … 7 are refused too, then 8 and 9 join. */
static void test_who_joins_waits_behind_those_who_wait(void **state)
{
    (void)state;
    static const int64_t keys[UNIT_COUNT] = {1, 2, 3, 4, 1, 1, 6, 7, 6, 6};
    struct fixture fixture;
    set_up_keys(&fixture, keys);
    struct db_suspects *suspects = &fixture.suspects;
    db_suspects_regroup(suspects, fixture.all, 4, 2, false);
    for (size_t i = 0; i < 4; i++)
        list_append(&suspects->waiting, &fixture.units[i].node);
    db_suspects_join(suspects, fixture.all[4]);
    db_suspects_join(suspects, fixture.all[5]);
    db_suspects_regroup(suspects, fixture.all + 6, 2, 2, false);
    for (size_t i = 6; i < 8; i++)
        list_append(&suspects->waiting, &fixture.units[i].node);
    db_suspects_join(suspects, fixture.all[8]);
    db_suspects_join(suspects, fixture.all[9]);
    check_groups(&fixture, (uint64_t[]){1, 1, 2, 2, 3, 3, 4, 4, 5, 5});
    size_t i = 0;
    LIST_EACH (node, &suspects->waiting)
        assert_ptr_equal(LIST_ELEMENT(node, struct db_unit, node), &fixture.units[i++]);
    assert_int_equal(i, UNIT_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups_have_their_size),
        cmocka_unit_test(test_units_of_a_key_can_be_kept_together),
        cmocka_unit_test(test_key_is_known_while_one_of_its_units_is_a_suspect),
        cmocka_unit_test(test_who_joins_waits_behind_those_who_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
