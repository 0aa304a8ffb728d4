#include "http/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { REPLY_SIZE_MAX = 1024, COUNT_MAX = 512 };

static void id_finds_only_its_own_exchange(void **state)
{
    (void)state;
    struct http_exchange_table table;
    http_exchange_table_init(&table, COUNT_MAX, REPLY_SIZE_MAX);
    struct http_exchange *first = http_exchange_take(&table);
    http_exchange_id first_id = first->id;
    assert_int_not_equal(first_id, 0);
    assert_ptr_equal(http_exchange_find(&table, first_id), first);
    buffer_append_text(&first->reply, "left over");
    first->is_replied = true;
    http_exchange_put(&table, first);
    assert_null(http_exchange_find(&table, first_id));

    struct http_exchange *second = http_exchange_take(&table);
    assert_ptr_equal(second, first); /* the same slot, another generation */
    assert_int_not_equal(second->id, first_id);
    assert_null(http_exchange_find(&table, first_id));
    assert_ptr_equal(http_exchange_find(&table, second->id), second);
    assert_int_equal(second->reply.size, 0);
    assert_false(second->is_replied);
    http_exchange_put(&table, second);
    http_exchange_table_free(&table);
}

static void generation_never_becomes_zero(void **state)
{
    (void)state;
    struct http_exchange_table table;
    http_exchange_table_init(&table, COUNT_MAX, REPLY_SIZE_MAX);
    struct http_exchange *exchange = http_exchange_take(&table);
    exchange->id |= UINT64_C(0xffffffff) << 32;
    http_exchange_id last_id = exchange->id;
    http_exchange_put(&table, exchange);
    exchange = http_exchange_take(&table);
    assert_int_equal(exchange->id >> 32, 1);
    assert_null(http_exchange_find(&table, last_id));
    assert_ptr_equal(http_exchange_find(&table, exchange->id), exchange);
    http_exchange_put(&table, exchange);
    http_exchange_table_free(&table);
}

static void count_is_limited(void **state)
{
    (void)state;
    struct http_exchange_table table;
    struct http_exchange *taken[COUNT_MAX];
    http_exchange_table_init(&table, COUNT_MAX, REPLY_SIZE_MAX);
    for (size_t i = 0; i < COUNT_MAX; i++) {
        taken[i] = http_exchange_take(&table);
        assert_non_null(taken[i]);
    }
    assert_null(http_exchange_take(&table));
    for (size_t i = 0; i < COUNT_MAX; i++) {
        assert_ptr_equal(http_exchange_find(&table, taken[i]->id), taken[i]);
        http_exchange_put(&table, taken[i]);
    }
    http_exchange_table_free(&table);
}

static void foreign_ids_find_nothing(void **state)
{
    (void)state;
    struct http_exchange_table table;
    http_exchange_table_init(&table, COUNT_MAX, REPLY_SIZE_MAX);
    assert_null(http_exchange_find(&table, 0));
    assert_null(http_exchange_find(&table, UINT64_C(1) << 32));
    assert_null(http_exchange_find(&table, UINT64_MAX));
    http_exchange_table_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(id_finds_only_its_own_exchange),
        cmocka_unit_test(generation_never_becomes_zero),
        cmocka_unit_test(count_is_limited),
        cmocka_unit_test(foreign_ids_find_nothing),
    };
    return cmocka_run_group_tests_name("http/exchange", tests, NULL, NULL);
}
