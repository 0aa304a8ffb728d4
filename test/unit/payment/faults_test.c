/* The table of faults: every action, what is found, and what is refused and why. */
#include "payment/faults.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct faults parse(const char *text)
{
    struct faults faults;
    struct faults_problem problem = {0};
    if (!faults_parse(text, &faults, &problem))
        fail_msg("\"%s\": %.*s: %s", text, (int)problem.rule_size, problem.rule, problem.reason);
    return faults;
}

static void every_action_has_its_word(void **state)
{
    (void)state;
    struct faults faults = parse("1=500,2=decline,3=hang,4=delay:300,5=commit-500,6=commit-drop,"
                                 "7=drop,0=delay:0,2147483647=delay:600000");
    static const enum fault_action expected[] = {
        FAULT_DELAY,        FAULT_ERROR,       FAULT_DECLINE, FAULT_HANG, FAULT_DELAY,
        FAULT_COMMIT_ERROR, FAULT_COMMIT_DROP, FAULT_DROP,    FAULT_NONE,
    };
    assert_int_equal(faults.count, 9);
    for (int32_t amount = 0; amount < 9; amount++)
        assert_int_equal(faults_find(&faults, amount).action, expected[amount]);
    assert_int_equal(faults_find(&faults, 0).delay_ms, 0);
    assert_int_equal(faults_find(&faults, 4).delay_ms, 300);
    assert_int_equal(faults_find(&faults, INT32_MAX).delay_ms, FAULT_DELAY_MS_MAX);
    assert_string_equal(fault_action_word(FAULT_COMMIT_ERROR), "commit-500");
}

static void only_the_named_amounts_fail(void **state)
{
    (void)state;
    struct faults faults = parse("9999=500");
    assert_int_equal(faults_find(&faults, 9999).action, FAULT_ERROR);
    assert_int_equal(faults_find(&faults, 9998).action, FAULT_NONE);
    assert_int_equal(faults_find(&faults, 10000).action, FAULT_NONE);
    assert_int_equal(faults_find(&faults, 0).action, FAULT_NONE);
    assert_int_equal(faults_find(&faults, INT32_MAX).action, FAULT_NONE);
}

static void nothing_and_none_are_no_faults(void **state)
{
    (void)state;
    assert_int_equal(parse("").count, 0);
    assert_int_equal(parse("none").count, 0);
}

static void bad_rules_are_named(void **state)
{
    static const struct {
        const char *text;
        const char *rule;
        const char *reason; /* its beginning */
    } bad[] = {
        {"1=500,2", "2", "a rule is"},
        {"1=500,", "", "a rule is"},
        {",1=500", "", "a rule is"},
        {"none,1=500", "none", "a rule is"},
        {" ", " ", "a rule is"},
        {"=500", "=500", "the amount is not"},
        {"x=500", "x=500", "the amount is not"},
        {"-1=500", "-1=500", "the amount is not"},
        {" 1=500", " 1=500", "the amount is not"},
        {"2147483648=500", "2147483648=500", "the amount is not"},
        {"99999999999999999999=500", "99999999999999999999=500", "the amount is not"},
        {"1=500,2=drop,1=drop", "1=drop", "the amount has a rule"},
        {"1=", "1=", "the action"},
        {"1=501,2=500", "1=501", "the action"},
        {"1=drop ", "1=drop ", "the action"},
        {"1=DROP", "1=DROP", "the action"},
        {"1=commit", "1=commit", "the action"},
        {"1=500:5", "1=500:5", "only delay"},
        {"1=hang:", "1=hang:", "only delay"},
        {"1=delay", "1=delay", "delay needs"},
        {"1=delay:", "1=delay:", "delay needs"},
        {"1=delay:5s", "1=delay:5s", "delay needs"},
        {"1=delay:-5", "1=delay:-5", "delay needs"},
        {"1=delay:600001", "1=delay:600001", "delay needs"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct faults faults;
        struct faults_problem problem = {0};
        if (faults_parse(bad[i].text, &faults, &problem))
            fail_msg("\"%s\" was taken", bad[i].text);
        assert_int_equal(problem.rule_size, strlen(bad[i].rule));
        assert_memory_equal(problem.rule, bad[i].rule, problem.rule_size);
        assert_int_equal(strncmp(problem.reason, bad[i].reason, strlen(bad[i].reason)), 0);
    }
}

static void the_table_has_a_limit(void **state)
{
    char text[1024] = "";
    size_t size = 0;
    (void)state;
    for (int i = 0; i < FAULT_RULE_COUNT_MAX; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "%s%d=drop", i ? "," : "", i);
    struct faults faults = parse(text);
    assert_int_equal(faults_find(&faults, FAULT_RULE_COUNT_MAX - 1).action, FAULT_DROP);
    snprintf(text + size, sizeof text - size, ",64=drop");
    struct faults_problem problem;
    assert_false(faults_parse(text, &faults, &problem));
    assert_memory_equal(problem.rule, "64=drop", strlen("64=drop"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_action_has_its_word),
        cmocka_unit_test(only_the_named_amounts_fail),
        cmocka_unit_test(nothing_and_none_are_no_faults),
        cmocka_unit_test(bad_rules_are_named),
        cmocka_unit_test(the_table_has_a_limit),
    };
    return cmocka_run_group_tests_name("payment/faults", tests, NULL, NULL);
}
