#include "payment/fault_rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void open_rules(struct fault_rules *rules, const char *text, bool can_change)
{
    assert_true(fault_rules_open(rules, text, can_change));
}

static enum fault_action action_now(struct fault_rules *rules, int32_t amount)
{
    return faults_find(fault_rules_now(rules), amount).action;
}

static void those_of_the_settings_are_in_force(void **state)
{
    (void)state;
    struct fault_rules rules;
    for (int can_change = 0; can_change < 2; can_change++) {
        open_rules(&rules, "9999=500", can_change == 1);
        assert_int_equal(action_now(&rules, 9999), FAULT_ERROR);
        assert_int_equal(action_now(&rules, 100), FAULT_NONE);
        fault_rules_close(&rules);
    }
}

static void others_can_be_set(void **state)
{
    (void)state;
    struct fault_rules rules;
    struct faults_problem problem;
    open_rules(&rules, "9999=500", true);
    assert_string_equal(fault_rules_text(&rules), "9999=500");
    assert_true(fault_rules_set(&rules, "100=hang", &problem));
    assert_int_equal(action_now(&rules, 100), FAULT_HANG);
    assert_int_equal(action_now(&rules, 9999), FAULT_NONE);
    assert_string_equal(fault_rules_text(&rules), "100=hang");
    assert_true(fault_rules_set(&rules, "", &problem));
    assert_string_equal(fault_rules_text(&rules), "none");
    assert_int_equal(action_now(&rules, 100), FAULT_NONE);
    fault_rules_close(&rules);
}

static void what_makes_no_sense_changes_nothing(void **state)
{
    (void)state;
    struct fault_rules rules;
    struct faults_problem problem;
    open_rules(&rules, "9999=500", true);
    assert_false(fault_rules_set(&rules, "100=hang,1=what", &problem));
    assert_memory_equal(problem.rule, "1=what", problem.rule_size);
    assert_string_equal(fault_rules_text(&rules), "9999=500");
    assert_int_equal(action_now(&rules, 100), FAULT_NONE);
    fault_rules_close(&rules);
}

static void what_one_instance_sets_all_obey(void **state)
{
    (void)state;
    struct fault_rules rules;
    struct faults_problem problem;
    open_rules(&rules, "9999=500", true);
    assert_int_equal(action_now(&rules, 100), FAULT_NONE);
    pid_t child = fork();
    if (child == 0)
        _exit(fault_rules_set(&rules, "100=drop", &problem) ? 0 : 1);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(action_now(&rules, 100), FAULT_DROP);
    fault_rules_close(&rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(those_of_the_settings_are_in_force),
        cmocka_unit_test(others_can_be_set),
        cmocka_unit_test(what_makes_no_sense_changes_nothing),
        cmocka_unit_test(what_one_instance_sets_all_obey),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
