/* Traces that are taken over, started, stored and passed on. */
#include "base/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ID     "4bf92f3577b34da6a3ce929d0e0e4736"
#define HEADER "00-" ID "-00f067aa0ba902b7-00"

static struct prng prng;

static bool takes_over(const char *header)
{
    struct trace trace;
    bool is_taken_over = trace_take_over(&trace, &prng, header, strlen(header));
    assert_int_equal(strlen(trace.id), TRACE_ID_SIZE);
    assert_string_equal(trace.state, "");
    assert_int_equal(strcmp(trace.id, ID) == 0, is_taken_over);
    return is_taken_over;
}

static void valid_headers_are_taken_over(void **state)
{
    (void)state;
    assert_true(takes_over(HEADER));
    assert_true(takes_over("cc-" ID "-00f067aa0ba902b7-01-what-the-future-brings"));
    assert_false(takes_over(""));
    assert_false(takes_over(HEADER "-more"));
    assert_false(takes_over("ff-" ID "-00f067aa0ba902b7-00"));
    assert_false(takes_over("00-4BF92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"));
    assert_false(takes_over("00-00000000000000000000000000000000-00f067aa0ba902b7-00"));
    assert_false(takes_over("00-" ID "-0000000000000000-00"));
    assert_false(takes_over("00-" ID "-00f067aa0ba902b7_00"));
}

static void header_goes_on_with_id_and_flags_under_a_new_span(void **state)
{
    (void)state;
    struct trace trace;
    char first[TRACE_PARENT_SIZE + 1];
    char second[TRACE_PARENT_SIZE + 1];
    assert_true(trace_take_over(&trace, &prng, HEADER, strlen(HEADER)));
    trace_format_header(&trace, &prng, first);
    trace_format_header(&trace, &prng, second);
    assert_memory_equal(first, "00-" ID "-", 36);
    assert_string_equal(first + 52, "-00");
    assert_string_not_equal(first, second);
    assert_string_not_equal(first, HEADER);
}

static void flags_that_mean_nothing_are_not_passed_on(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        const char *flags;
    } cases[] = {
        {"00-" ID "-00f067aa0ba902b7-01", "01"},
        {"00-" ID "-00f067aa0ba902b7-03", "03"},
        {"00-" ID "-00f067aa0ba902b7-fe", "02"},
        {"cc-" ID "-00f067aa0ba902b7-fd-more", "01"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct trace trace;
        assert_true(trace_take_over(&trace, &prng, cases[i].header, strlen(cases[i].header)));
        assert_string_equal(trace.flags, cases[i].flags);
    }
}

static void states_of_one_request_are_one_list(void **state)
{
    (void)state;
    struct trace trace = trace_start(&prng);
    assert_true(trace_add_state(&trace, "a=1", 3));
    assert_true(trace_add_state(&trace, "", 0));
    assert_true(trace_add_state(&trace, "b=2,\tc=3", 8));
    assert_string_equal(trace.state, "a=1,b=2,\tc=3");
}

static void state_that_does_not_fit_is_dropped(void **state)
{
    (void)state;
    char longest[TRACE_STATE_SIZE_MAX + 1];
    memset(longest, 's', sizeof longest);
    struct trace trace = trace_start(&prng);
    assert_true(trace_add_state(&trace, longest, TRACE_STATE_SIZE_MAX));
    assert_int_equal(strlen(trace.state), TRACE_STATE_SIZE_MAX);
    assert_false(trace_add_state(&trace, "a", 1));
    assert_string_equal(trace.state, "");
    assert_false(trace_add_state(&trace, longest, TRACE_STATE_SIZE_MAX + 1));
    assert_true(trace_add_state(&trace, longest, TRACE_STATE_SIZE_MAX - 2));
    assert_true(trace_add_state(&trace, "b", 1));
    assert_string_equal(trace.state + TRACE_STATE_SIZE_MAX - 2, ",b");
    assert_false(trace_add_state(&trace, "\xc3\xa4", 2));
    assert_false(trace_add_state(&trace, "a\r\nb", 4));
    assert_string_equal(trace.state, "");
}

static void stored_id_comes_back(void **state)
{
    (void)state;
    uint8_t bytes[TRACE_ID_BYTE_COUNT];
    struct trace trace;
    assert_true(trace_take_over(&trace, &prng, HEADER, strlen(HEADER)));
    trace_get_id_bytes(&trace, bytes);
    assert_int_equal(bytes[0], 0x4b);
    assert_int_equal(bytes[TRACE_ID_BYTE_COUNT - 1], 0x36);
    assert_string_equal(trace_from_id_bytes(&prng, bytes).id, ID);
}

static void unknown_id_starts_a_new_trace(void **state)
{
    (void)state;
    const uint8_t bytes[TRACE_ID_BYTE_COUNT] = {0};
    struct trace first = trace_from_id_bytes(&prng, bytes);
    struct trace second = trace_from_id_bytes(&prng, bytes);
    assert_int_equal(strlen(first.id), TRACE_ID_SIZE);
    assert_string_equal(first.flags, "01");
    assert_string_not_equal(first.id, second.id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_headers_are_taken_over),
        cmocka_unit_test(header_goes_on_with_id_and_flags_under_a_new_span),
        cmocka_unit_test(flags_that_mean_nothing_are_not_passed_on),
        cmocka_unit_test(states_of_one_request_are_one_list),
        cmocka_unit_test(state_that_does_not_fit_is_dropped),
        cmocka_unit_test(stored_id_comes_back),
        cmocka_unit_test(unknown_id_starts_a_new_trace),
    };
    prng_seed(&prng, 1);
    return cmocka_run_group_tests_name("base/trace", tests, NULL, NULL);
}
