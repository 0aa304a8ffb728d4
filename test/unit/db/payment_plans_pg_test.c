#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "payment/schema.h"
#include "payment/store_pg.h"
#include "unit/db/plan_check.h"

static void test_writes_go_by_index(void **state)
{
    (void)state;
    check_plans(payment_migrations, payment_migration_count, payment_write_statements,
                payment_write_statement_count);
}

static void test_reads_go_by_index(void **state)
{
    (void)state;
    check_plans(payment_migrations, payment_migration_count, payment_read_statements,
                payment_read_statement_count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writes_go_by_index),
        cmocka_unit_test(test_reads_go_by_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
