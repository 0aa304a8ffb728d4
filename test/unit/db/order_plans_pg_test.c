#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include "order/history_pg.h"
#include "order/schema.h"
#include "order/store_pg.h"
#include "unit/db/plan_check.h"

static void test_writes_go_by_index(void **state)
{
    (void)state;
    check_plans(order_migrations, order_migration_count, order_write_statements,
                order_write_statement_count);
}

static void test_reads_go_by_index(void **state)
{
    (void)state;
    check_plans(order_migrations, order_migration_count, order_read_statements,
                order_read_statement_count);
}

static void test_history_goes_by_index(void **state)
{
    (void)state;
    check_plans(order_migrations, order_migration_count, history_statements,
                history_statement_count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writes_go_by_index),
        cmocka_unit_test(test_reads_go_by_index),
        cmocka_unit_test(test_history_goes_by_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
