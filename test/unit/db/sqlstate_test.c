#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "db/sqlstate.h"

static const struct {
    const char *sqlstate;
    enum db_action action;
} cases[] = {
    {"08006", DB_RECONNECT}, {"0A000", DB_RECONNECT}, {"21000", DB_HALVE},
    {"22001", DB_HALVE},     {"22021", DB_HALVE},     {"23503", DB_HALVE},
    {"23505", DB_HALVE},     {"23514", DB_HALVE},     {"25006", DB_RECONNECT},
    {"25P02", DB_RECONNECT}, {"26000", DB_RECONNECT}, {"28000", DB_RECONNECT},
    {"40001", DB_REPEAT},    {"40002", DB_HALVE},     {"40P01", DB_REPEAT},
    {"42501", DB_REFUSE},    {"42703", DB_REFUSE},    {"42P01", DB_REFUSE},
    {"44000", DB_HALVE},     {"53100", DB_REFUSE},    {"53200", DB_HALVE},
    {"53400", DB_REFUSE},    {"54000", DB_HALVE},     {"55006", DB_HALVE},
    {"55P03", DB_TIMED_OUT}, {"57014", DB_TIMED_OUT}, {"57P01", DB_RECONNECT},
    {"58030", DB_REFUSE},    {"P0001", DB_HALVE},     {"XX000", DB_HALVE},
    {"ZZZZZ", DB_HALVE},     {"", DB_HALVE},
};

static void test_each_class_has_its_action(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct db_verdict verdict = db_sqlstate_judge(cases[i].sqlstate);
        if (verdict.action != cases[i].action)
            fail_msg("%s: action %d, not %d", cases[i].sqlstate, verdict.action, cases[i].action);
        assert_non_null(verdict.meaning);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_class_has_its_action)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
