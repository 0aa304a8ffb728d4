#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <endian.h>
#include <setjmp.h>

#include <cmocka.h>

#include "db/row.h"

/* A result whose only column holds the keys. */
static PGresult *make_result(const int64_t *keys, int count)
{
    PGresAttDesc column = {.name = "key", .format = 1, .typid = 20, .typlen = 8};
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    assert_int_equal(PQsetResultAttrs(result, 1, &column), 1);
    for (int row = 0; row < count; row++) {
        uint64_t bytes = htobe64((uint64_t)keys[row]);
        assert_int_equal(PQsetvalue(result, row, 0, (char *)&bytes, sizeof bytes), 1);
    }
    return result;
}

static void check_find(const struct db_row_index *index, int64_t key, int count, int first_row)
{
    struct db_rows rows = db_row_index_find(index, key);
    assert_int_equal(rows.count, count);
    for (int i = 0; i < count; i++)
        assert_true(db_row_int8(&rows, i, 0) == key);
    if (count != 0)
        assert_int_equal(rows.places[0].row, first_row);
}

static void test_rows_are_found_by_key_in_any_order(void **state)
{
    (void)state;
    const int64_t keys[] = {7, INT64_MAX, -1, 7, INT64_MIN, 0, 7};
    PGresult *result = make_result(keys, 7);
    struct db_row_index index;
    db_row_index_init(&index);
    db_row_index_build(&index, result);
    check_find(&index, 7, 3, 0);
    check_find(&index, -1, 1, 2);
    check_find(&index, INT64_MIN, 1, 4);
    check_find(&index, INT64_MAX, 1, 1);
    check_find(&index, 1, 0, 0);
    PQclear(result);
    db_row_index_free(&index);
}

/* The index is used for one result after another, of any size. */
static void test_index_is_used_again(void **state)
{
    (void)state;
    enum { LARGE = 1000 };
    int64_t keys[LARGE];
    struct db_row_index index;
    db_row_index_init(&index);
    for (int i = 0; i < LARGE; i++)
        keys[i] = LARGE - i;
    for (int count = 0; count <= LARGE; count += LARGE / 4) {
        PGresult *result = make_result(keys, count);
        db_row_index_build(&index, result);
        check_find(&index, LARGE, count == 0 ? 0 : 1, 0);
        check_find(&index, LARGE + 1, 0, 0);
        PQclear(result);
    }
    db_row_index_free(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_are_found_by_key_in_any_order),
        cmocka_unit_test(test_index_is_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
