/* Positions as text, and lines of history as JSON and as server-sent events. */
#include "order/history_codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define TEXT(literal)                                                                              \
    {                                                                                              \
        .data = (literal), .size = sizeof(literal) - 1                                             \
    }

static const struct history_line line = {
    .position = {.tx = 8123, .order_id = 4001, .step = 2},
    .at = TEXT("2026-01-02T03:04:05.678Z"),
    .from = TEXT("PENDING"),
    .status = TEXT("COMPLETED"),
    .reason = TEXT("pa\"id"),
    .trace_id = {0x4b, 0xf9, [15] = 0x36},
};

/* The first of its order, from before the traces. */
static const struct history_line bare_line = {
    .position = {.tx = 8122, .order_id = 4001, .step = 1},
    .at = TEXT("2026-01-02T03:04:05.000Z"),
    .status = TEXT("PENDING"),
    .reason = TEXT("created"),
};

static void expect(struct buffer *made, const char *expected)
{
    assert_false(made->failed);
    buffer_append_byte(made, '\0');
    assert_string_equal(made->data, expected);
    buffer_free(made);
}

static struct buffer empty(void)
{
    struct buffer made;
    buffer_init(&made, 4096);
    return made;
}

static void lines_are_written_as_json(void **state)
{
    (void)state;
    struct buffer made = empty();
    history_write_line(&line, &made);
    expect(&made, "{\"at\":\"2026-01-02T03:04:05.678Z\",\"status\":\"COMPLETED\","
                  "\"reason\":\"pa\\\"id\",\"trace_id\":\"4bf90000000000000000000000000036\"}");
    made = empty();
    history_write_line(&bare_line, &made);
    expect(&made, "{\"at\":\"2026-01-02T03:04:05.000Z\",\"status\":\"PENDING\","
                  "\"reason\":\"created\",\"trace_id\":null}");
}

static void blocks_have_the_form_of_server_sent_events(void **state)
{
    (void)state;
    struct buffer made = empty();
    history_write_feed_block(&line, &made);
    history_write_story_block(&bare_line, &made);
    expect(&made,
           "id: 8123-4001-2\nevent: order\ndata: {\"order_id\":4001,"
           "\"at\":\"2026-01-02T03:04:05.678Z\",\"from\":\"PENDING\",\"status\":\"COMPLETED\","
           "\"reason\":\"pa\\\"id\",\"trace_id\":\"4bf90000000000000000000000000036\"}\n\n"
           "id: 1\nevent: order\ndata: {\"order_id\":4001,"
           "\"at\":\"2026-01-02T03:04:05.000Z\",\"from\":null,\"status\":\"PENDING\","
           "\"reason\":\"created\",\"trace_id\":null}\n\n");
    made = empty();
    history_write_retry_block(&made);
    history_write_position_block(&(struct history_position){.tx = 77}, &made);
    expect(&made, "retry: 1000\n\nid: 77-0-0\n\n");
}

static void folds_are_one_event(void **state)
{
    (void)state;
    const struct history_edge edges[] = {
        {.status = TEXT("PENDING"), .reason = TEXT("created"), .count = 600},
        {.from = TEXT("PENDING"), .status = TEXT("COMPLETED"), .reason = TEXT("paid"), .count = 1},
    };
    struct history_fold fold = {.edges = edges, .edge_count = 2, .count = 601, .end_tx = 90};
    struct buffer made = empty();
    history_write_fold_block(&fold, &(struct history_position){.tx = 90}, &made);
    expect(&made, "id: 90-0-0\nevent: folded\ndata: {\"count\":601,\"edges\":["
                  "{\"from\":null,\"status\":\"PENDING\",\"reason\":\"created\",\"count\":600},"
                  "{\"from\":\"PENDING\",\"status\":\"COMPLETED\",\"reason\":\"paid\",\"count\":1}"
                  "]}\n\n");
}

static bool is_position(const char *text)
{
    struct history_position position;
    return history_parse_position((struct http_text){text, strlen(text)}, &position);
}

static void positions_are_read_as_they_are_written(void **state)
{
    (void)state;
    struct history_position position;
    static const char text[] = "9223372036854775806-9223372036854775807-9";
    assert_true(history_parse_position((struct http_text){text, sizeof text - 1}, &position));
    assert_true(position.tx == INT64_MAX - 1);
    assert_true(position.order_id == INT64_MAX);
    assert_int_equal(position.step, 9);
    assert_true(is_position("0-0-0"));
    const char *const wrong[] = {"",       "1",      "1-2",    "1-2-",   "-1-2-3",
                                 "1--2-3", "1-2-3-", "1-2-10", "01-2-3", "1-2-03",
                                 " 1-2-3", "1-2-3 ", "+1-2-3", "a-2-3",  "1-2-\xb2"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(is_position(wrong[i]));
    assert_false(is_position("9223372036854775807-0-0")); /* our own "now" */
    assert_false(is_position("1-9223372036854775808-0"));
    assert_false(is_position("99999999999999999999999-0-0"));
}

static void steps_are_read(void **state)
{
    (void)state;
    int32_t step = 0;
    assert_true(history_parse_step((struct http_text){"4", 1}, &step));
    assert_int_equal(step, 4);
    assert_false(history_parse_step((struct http_text){"10", 2}, &step));
    assert_false(history_parse_step((struct http_text){"4-", 2}, &step));
    assert_false(history_parse_step((struct http_text){"", 0}, &step));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_written_as_json),
        cmocka_unit_test(blocks_have_the_form_of_server_sent_events),
        cmocka_unit_test(folds_are_one_event),
        cmocka_unit_test(positions_are_read_as_they_are_written),
        cmocka_unit_test(steps_are_read),
    };
    return cmocka_run_group_tests_name("order/history_codec", tests, NULL, NULL);
}
