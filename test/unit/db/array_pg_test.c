#include "unit/db/pg_fixture.h"

#include <stdlib.h>
#include <string.h>

/* Every type in and out again, and what the server itself makes of the values as text. */
static const struct db_statement echo = {
    .name = "echo",
    .sql = "SELECT * FROM unnest($1::int8[], $2::int4[], $3::text[], $4::uuid[])"
           " AS t(key, small, words, id)",
    .column_count = 4,
    .columns = {DB_INT8, DB_INT4, DB_TEXT, DB_UUID},
};

static const struct db_statement store = {
    .name = "store",
    .sql = "INSERT INTO stored SELECT * FROM unnest($1::int8[], $2::int4[], $3::text[], $4::uuid[])"
           " RETURNING key",
    .column_count = 4,
    .columns = {DB_INT8, DB_INT4, DB_TEXT, DB_UUID},
};

static const struct db_statement *const statements[] = {&echo, &store};

static const uint8_t low_uuid[DB_UUID_SIZE] = {0};
static const uint8_t high_uuid[DB_UUID_SIZE] = {0xff, 0xee, 0xdd, 0xcc, 0xbb, 0xaa, 0x99, 0x88,
                                                0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0x00};

static const struct row {
    int64_t key;
    int32_t small;
    const char *words; /* NULL: the three columns are null */
    const uint8_t *id;
} rows[] = {
    {INT64_MIN, INT32_MIN, "", low_uuid},
    {-1, -1, "plain", high_uuid},
    {0, 0, NULL, NULL},
    {1, 1, "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x8d\x8e '\"\\ \n\t{},NULL", low_uuid},
    {4294967296, 65536, "NULL", high_uuid},
    {INT64_MAX, INT32_MAX, "{}", high_uuid},
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

struct echo_probe {
    struct db_unit unit;
    const struct row *row;
    int *answer_count;
};

static void check_echo(struct db_unit *unit, enum status status, const struct db_rows *found)
{
    struct echo_probe *probe = unit->context;
    const struct row *row = probe->row;
    uint32_t size;
    ++*probe->answer_count;
    assert_int_equal(status, STATUS_OK);
    assert_int_equal(found->count, 1);
    assert_true(db_row_int8(found, 0, 0) == row->key);
    for (int column = 1; column < 4; column++)
        assert_int_equal(db_row_is_null(found, 0, column), row->words == NULL);
    if (row->words == NULL)
        return;
    assert_int_equal(db_row_int4(found, 0, 1), row->small);
    const char *words = db_row_text(found, 0, 2, &size);
    assert_int_equal(size, strlen(row->words));
    assert_memory_equal(words, row->words, size);
    assert_memory_equal(db_row_uuid(found, 0, 3), row->id, DB_UUID_SIZE);
}

static void count_ok(struct db_unit *unit, enum status status, const struct db_rows *found)
{
    struct echo_probe *probe = unit->context;
    (void)found;
    ++*probe->answer_count;
    assert_int_equal(status, STATUS_OK);
}

static bool all_came(void *context)
{
    return *(int *)context == ROW_COUNT;
}

static void send_rows(struct pg_fixture *fixture, const struct db_statement *statement,
                      db_unit_cb *callback)
{
    struct echo_probe probes[ROW_COUNT];
    int answer_count = 0;
    for (int i = 0; i < ROW_COUNT; i++) {
        const struct row *row = &rows[i];
        bool is_null = row->words == NULL;
        probes[i] = (struct echo_probe){.row = row, .answer_count = &answer_count};
        probes[i].unit = (struct db_unit){
            .statement = statement,
            .key = row->key,
            .values = {value_integer(row->key),
                       is_null ? value_null() : value_integer(row->small),
                       is_null ? value_null() : value_text(row->words),
                       {.bytes = row->id, .byte_count = DB_UUID_SIZE, .is_null = is_null}},
            .deadline_ms = UINT64_MAX,
            .callback = callback,
            .context = &probes[i],
        };
        assert_int_equal(db_batch_submit(fixture->batch, &probes[i].unit), STATUS_OK);
    }
    pg_fixture_run_until(fixture, all_came, &answer_count);
}

static void test_values_come_back(void **state)
{
    send_rows(*state, &echo, check_echo);
}

static void test_server_reads_the_same_values(void **state)
{
    struct pg_fixture *fixture = *state;
    send_rows(fixture, &store, count_ok);
    assert_int_equal(
        pg_number(
            fixture,
            "SELECT count(*) FROM stored JOIN (VALUES"
            " (-9223372036854775808, -2147483648, '', '"
            "00000000-0000-0000-0000-000000000000'),"
            " (-1, -1, 'plain', 'ffeeddcc-bbaa-9988-7766-554433221100'),"
            " (1, 1, E'gr\\u00fc\\u00df \\u20ac \\U0001F34E \\'\"\\\\ \\n\\t{},NULL',"
            " '00000000-0000-0000-0000-000000000000'),"
            " (4294967296, 65536, 'NULL', 'ffeeddcc-bbaa-9988-7766-554433221100'),"
            " (9223372036854775807, 2147483647, '{}', 'ffeeddcc-bbaa-9988-7766-554433221100'))"
            " AS wanted(key, small, words, id) ON stored.key = wanted.key"
            " AND stored.small = wanted.small AND stored.words = wanted.words"
            " AND stored.id = wanted.id::uuid"),
        ROW_COUNT - 1);
    assert_int_equal(pg_number(fixture,
                               "SELECT count(*) FROM stored WHERE key = 0 AND small IS NULL"
                               " AND words IS NULL AND id IS NULL"),
                     1);
}

static int set_up(void **state)
{
    struct pg_fixture *fixture = malloc(sizeof *fixture);
    pg_fixture_init(fixture, "CREATE TABLE stored (key int8, small int4, words text, id uuid)",
                    statements, 2);
    pg_fixture_open(fixture);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    pg_fixture_close(*state);
    free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_values_come_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_server_reads_the_same_values, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
