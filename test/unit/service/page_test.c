#include "service/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const statuses[] = {"OPEN", "SHUT"};
static const struct page_words doors = {.path = "/doors",
                                        .items = "doors",
                                        .status_names = statuses,
                                        .status_count = 2,
                                        .flag = "locked"};
static const struct page_words gates = {
    .path = "/gates", .items = "gates", .status_names = statuses, .status_count = 2};

static struct page_query read_good(const char *text)
{
    struct page_query query;
    struct page_faults faults = {0};
    page_query_read(&doors, (struct http_text){text, strlen(text)}, &query, &faults);
    assert_int_equal(faults.count, 0);
    return query;
}

static void nothing_asks_for_the_newest(void **state)
{
    (void)state;
    struct page_query query = read_good("");
    assert_int_equal(query.limit, PAGE_LIMIT_DEFAULT);
    assert_int_equal(query.before_id, INT64_MAX);
    assert_int_equal(query.status, PAGE_ANY_STATUS);
    assert_false(query.has_flag);
}

static void good_parameters_are_read(void **state)
{
    (void)state;
    struct page_query query = read_good("limit=100&before=7&status=SHUT&locked=true");
    assert_int_equal(query.limit, 100);
    assert_int_equal(query.before_id, 7);
    assert_int_equal(query.status, 1);
    assert_true(query.has_flag);
    query = read_good("%6Cimit=%31&status=%4fPEN&before=9223372036854775807");
    assert_int_equal(query.limit, 1);
    assert_int_equal(query.status, 0);
    assert_int_equal(query.before_id, INT64_MAX);
    assert_int_equal(read_good("limit=007").limit, 7);
}

static void expect_faults(const struct page_words *words, const char *text, const char *expected)
{
    struct page_query query;
    struct page_faults faults = {0};
    struct buffer made;
    buffer_init(&made, 16384);
    page_query_read(words, (struct http_text){text, strlen(text)}, &query, &faults);
    page_faults_write(words, &faults, &made);
    assert_false(made.failed);
    assert_int_equal(made.size, strlen(expected));
    assert_memory_equal(made.data, expected, made.size);
    buffer_free(&made);
}

#define ONE_FAULT(name, msg, type)                                                                 \
    "{\"detail\":[{\"loc\":[\"query\",\"" name "\"],\"msg\":\"" msg "\",\"type\":\"" type "\"}]}"
#define NOT_INT(name) ONE_FAULT(name, "Input should be a valid integer", "int_parsing")
#define TOO_SMALL(name)                                                                            \
    ONE_FAULT(name, "Input should be greater than or equal to 1", "greater_than_equal")
#define TOO_GREAT(name, n)                                                                         \
    ONE_FAULT(name, "Input should be less than or equal to " n, "less_than_equal")
#define NO_STATUS     ONE_FAULT("status", "Input should be 'OPEN' or 'SHUT'", "enum")
#define UNKNOWN(name) ONE_FAULT(name, "There is no such parameter", "extra_forbidden")

static void bad_numbers_are_faults(void **state)
{
    static const char *const not_ints[] = {"limit=",   "limit",      "limit=x",   "limit=1x",
                                           "limit=+1", "limit=%201", "limit=1.0", "limit=-",
                                           "limit=%3", "limit=%001", "limit=0x1"};
    (void)state;
    for (size_t i = 0; i < sizeof not_ints / sizeof not_ints[0]; i++)
        expect_faults(&doors, not_ints[i], NOT_INT("limit"));
    expect_faults(&doors, "limit=0", TOO_SMALL("limit"));
    expect_faults(&doors, "limit=-5", TOO_SMALL("limit"));
    expect_faults(&doors, "limit=101", TOO_GREAT("limit", "100"));
    expect_faults(&doors, "limit=99999999999999999999999999", TOO_GREAT("limit", "100"));
    expect_faults(&doors, "before=9223372036854775808", TOO_GREAT("before", "9223372036854775807"));
    expect_faults(&doors, "before=184467440737095516170",
                  TOO_GREAT("before", "9223372036854775807"));
    expect_faults(&doors, "before=0", TOO_SMALL("before"));
    expect_faults(&doors, "before=-99999999999999999999", TOO_SMALL("before"));
}

static void bad_words_are_faults(void **state)
{
    (void)state;
    expect_faults(&doors, "status=open", NO_STATUS);
    expect_faults(&doors, "status=", NO_STATUS);
    expect_faults(&doors, "status=OPEN%00", NO_STATUS);
    expect_faults(&doors, "locked=false",
                  ONE_FAULT("locked", "Input should be 'true'", "literal_error"));
    expect_faults(&doors, "Limit=5", UNKNOWN("Limit"));
    expect_faults(&doors, "=5", UNKNOWN(""));
    expect_faults(&doors, "%\"=5", UNKNOWN("%\\\""));
    expect_faults(&doors, "%ff=5", UNKNOWN("%ff"));
    expect_faults(&gates, "locked=true", UNKNOWN("locked"));
}

static void long_names_are_cut(void **state)
{
    (void)state;
    char text[200];
    memset(text, 'n', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    expect_faults(&doors, text,
                  UNKNOWN("nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
                          "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"));
}

static void every_fault_is_told(void **state)
{
    (void)state;
    expect_faults(
        &doors, "limit=5&limit=6&status=x",
        "{\"detail\":[{\"loc\":[\"query\",\"limit\"],\"msg\":\"The parameter should stand "
        "once\",\"type\":\"repeated\"},{\"loc\":[\"query\",\"status\"],\"msg\":\"Input "
        "should be 'OPEN' or 'SHUT'\",\"type\":\"enum\"}]}");
}

static void faults_are_bounded(void **state)
{
    (void)state;
    char text[200];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = i % 2 == 0 ? 'x' : '&';
    struct page_query query;
    struct page_faults faults = {0};
    page_query_read(&doors, (struct http_text){text, sizeof text}, &query, &faults);
    assert_int_equal(faults.count, PAGE_FAULT_COUNT_MAX);
}

static void expect_page(const struct page_query *query, int64_t next, const char *expected)
{
    struct buffer made;
    buffer_init(&made, 1024);
    page_write_start(&doors, &made);
    page_write_end(&doors, query, next, &made);
    assert_false(made.failed);
    assert_int_equal(made.size, strlen(expected));
    assert_memory_equal(made.data, expected, made.size);
    buffer_free(&made);
}

static void the_next_page_has_the_same_filter(void **state)
{
    (void)state;
    struct page_query query = read_good("limit=5");
    expect_page(&query, 0, "{\"doors\":[],\"next\":null}");
    expect_page(&query, 17, "{\"doors\":[],\"next\":\"/doors?limit=5&before=17\"}");
    query = read_good("before=40&locked=true&status=SHUT");
    expect_page(&query, 17,
                "{\"doors\":[],\"next\":\"/doors?status=SHUT&locked=true&limit=20&before=17\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_asks_for_the_newest),
        cmocka_unit_test(good_parameters_are_read),
        cmocka_unit_test(bad_numbers_are_faults),
        cmocka_unit_test(bad_words_are_faults),
        cmocka_unit_test(long_names_are_cut),
        cmocka_unit_test(every_fault_is_told),
        cmocka_unit_test(faults_are_bounded),
        cmocka_unit_test(the_next_page_has_the_same_filter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
