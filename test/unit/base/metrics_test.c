#include "base/metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const struct metrics_bounds bounds = {.count = 2, .values = {10, 500}};

struct values {
    uint64_t plain;
    uint64_t level;
    uint64_t peak;
    uint64_t own_level;
    uint64_t duration_ns;
    uint64_t words[2];
    uint64_t pairs[2][2];
    struct metrics_histogram sizes;
    struct metrics_histogram rare[2];
};

static const char *const colours[] = {"colour=\"red\"", "colour=\"blue\""};
static const char *const forms[] = {"form=\"round\"", "form=\"flat\""};

#define AT(member) offsetof(struct values, member)
#define COLOURS(bytes)                                                                             \
    {                                                                                              \
        colours, 2, (bytes)                                                                        \
    }

static const struct metrics_family families[] = {
    {.name = "plain_total", .help = "A.", .kind = METRICS_COUNTER, .offset = AT(plain)},
    {.name = "level", .help = "B.", .kind = METRICS_GAUGE, .offset = AT(level)},
    {.name = "peak", .help = "C.", .kind = METRICS_GAUGE, .merge = METRICS_MAX, .offset = AT(peak)},
    {.name = "own",
     .help = "D.",
     .kind = METRICS_GAUGE,
     .merge = METRICS_EACH,
     .offset = AT(own_level)},
    {.name = "duration_seconds_total",
     .help = "E.",
     .kind = METRICS_COUNTER,
     .divisor = METRICS_NS_PER_S,
     .offset = AT(duration_ns)},
    {.name = "words_total",
     .help = "F.",
     .kind = METRICS_COUNTER,
     .is_sparse = true,
     .offset = AT(words),
     .labels = {COLOURS(sizeof(uint64_t))}},
    {.name = "pairs_total",
     .help = "G.",
     .kind = METRICS_COUNTER,
     .offset = AT(pairs),
     .labels = {COLOURS(2 * sizeof(uint64_t)), {forms, 2, sizeof(uint64_t)}}},
    {.name = "sizes",
     .help = "H.",
     .kind = METRICS_HISTOGRAM,
     .divisor = 1000,
     .offset = AT(sizes),
     .bounds = &bounds},
    {.name = "rare",
     .help = "I.",
     .kind = METRICS_HISTOGRAM,
     .is_sparse = true,
     .offset = AT(rare),
     .labels = {COLOURS(sizeof(struct metrics_histogram))},
     .bounds = &bounds},
};

static const struct metrics_group group = {
    .families = families,
    .family_count = sizeof families / sizeof families[0],
    .values_size = sizeof(struct values),
};

static struct values *be(struct metrics_registry *registry, int number)
{
    metrics_be_process(registry, number);
    return metrics_add_group(registry, &group);
}

static struct values *open_with(struct metrics_registry *registry, int process_count)
{
    assert_int_equal(metrics_open(registry, process_count), STATUS_OK);
    return be(registry, 1);
}

/* The lines that begin with `start`, each with its newline. */
static void expect_lines(struct metrics_registry *registry, const char *start, const char *lines)
{
    const struct buffer *text = metrics_write(registry);
    char found[4096];
    size_t size = 0;
    assert_non_null(text);
    const char *end = text->data + text->size;
    for (const char *line = text->data; line < end;) {
        const char *next = (const char *)memchr(line, '\n', (size_t)(end - line)) + 1;
        if (strncmp(line, start, strlen(start)) == 0) {
            memcpy(found + size, line, (size_t)(next - line));
            size += (size_t)(next - line);
        }
        line = next;
    }
    found[size] = '\0';
    assert_string_equal(found, lines);
}

static void the_whole_text(void **state)
{
    (void)state;
    struct metrics_registry registry;
    struct values *values = open_with(&registry, 1);
    metrics_add(&values->plain, 3);
    metrics_set(&values->level, 7);
    metrics_add(&values->words[1], 1);
    metrics_add(&values->pairs[0][1], 5);
    metrics_observe(&values->sizes, &bounds, 10);
    expect_lines(&registry, "",
                 "# HELP plain_total A.\n# TYPE plain_total counter\nplain_total 3\n"
                 "# HELP level B.\n# TYPE level gauge\nlevel 7\n"
                 "# HELP peak C.\n# TYPE peak gauge\npeak 0\n"
                 "# HELP own D.\n# TYPE own gauge\nown{process=\"1\"} 0\n"
                 "# HELP duration_seconds_total E.\n# TYPE duration_seconds_total counter\n"
                 "duration_seconds_total 0\n"
                 "# HELP words_total F.\n# TYPE words_total counter\n"
                 "words_total{colour=\"blue\"} 1\n"
                 "# HELP pairs_total G.\n# TYPE pairs_total counter\n"
                 "pairs_total{colour=\"red\",form=\"round\"} 0\n"
                 "pairs_total{colour=\"red\",form=\"flat\"} 5\n"
                 "pairs_total{colour=\"blue\",form=\"round\"} 0\n"
                 "pairs_total{colour=\"blue\",form=\"flat\"} 0\n"
                 "# HELP sizes H.\n# TYPE sizes histogram\n"
                 "sizes_bucket{le=\"0.01\"} 1\nsizes_bucket{le=\"0.5\"} 1\n"
                 "sizes_bucket{le=\"+Inf\"} 1\nsizes_sum 0.01\nsizes_count 1\n"
                 "# HELP rare I.\n# TYPE rare histogram\n");
    metrics_close(&registry);
}

static void a_bound_belongs_to_its_bucket(void **state)
{
    (void)state;
    struct metrics_histogram histogram = {0};
    static const uint64_t observed[] = {0, 9, 10, 11, 500, 501, UINT32_MAX};
    for (size_t i = 0; i < sizeof observed / sizeof observed[0]; i++)
        metrics_observe(&histogram, &bounds, observed[i]);
    assert_int_equal(histogram.counts[0], 3);
    assert_int_equal(histogram.counts[1], 2);
    assert_int_equal(histogram.counts[2], 2);
    assert_int_equal(histogram.sum, 0 + 9 + 10 + 11 + 500 + 501 + (uint64_t)UINT32_MAX);
}

static void buckets_are_told_as_sums(void **state)
{
    (void)state;
    struct metrics_registry registry;
    struct values *values = open_with(&registry, 1);
    metrics_observe(&values->rare[1], &bounds, 1);
    metrics_observe(&values->rare[1], &bounds, 100);
    metrics_observe(&values->rare[1], &bounds, 1000);
    expect_lines(
        &registry, "rare",
        "rare_bucket{colour=\"blue\",le=\"10\"} 1\nrare_bucket{colour=\"blue\",le=\"500\"} 2\n"
        "rare_bucket{colour=\"blue\",le=\"+Inf\"} 3\nrare_sum{colour=\"blue\"} 1101\n"
        "rare_count{colour=\"blue\"} 3\n");
    metrics_close(&registry);
}

static void the_bounds_of_latencies_rise(void **state)
{
    (void)state;
    const struct metrics_bounds *latency = &metrics_latency_bounds_ns;
    assert_in_range(latency->count, 1, METRICS_BOUND_COUNT_MAX);
    for (size_t i = 1; i < latency->count; i++)
        assert_true(latency->values[i - 1] < latency->values[i]);
}

static void numbers_are_exact(void **state)
{
    static const struct {
        uint64_t value;
        const char *line;
    } cases[] = {
        {1, "duration_seconds_total 0.000000001\n"},
        {1500000000, "duration_seconds_total 1.5\n"},
        {20000000000, "duration_seconds_total 20\n"},
        {1795730438371246730, "duration_seconds_total 1795730438.37124673\n"},
        {UINT64_MAX, "duration_seconds_total 18446744073.709551615\n"},
    };
    (void)state;
    struct metrics_registry registry;
    struct values *values = open_with(&registry, 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        metrics_set(&values->duration_ns, cases[i].value);
        expect_lines(&registry, "duration_seconds_total", cases[i].line);
    }
    metrics_set(&values->plain, UINT64_MAX);
    expect_lines(&registry, "plain", "plain_total 18446744073709551615\n");
    metrics_close(&registry);
}

static void write_as(struct metrics_registry *registry, int number, uint64_t value)
{
    struct values *values = be(registry, number);
    metrics_add(&values->plain, value);
    metrics_set(&values->level, value);
    metrics_set(&values->peak, value);
    metrics_set(&values->own_level, value);
    metrics_observe(&values->sizes, &bounds, value);
}

static void processes_are_merged(void **state)
{
    (void)state;
    struct metrics_registry registry;
    open_with(&registry, 3);
    write_as(&registry, 0, 100); /* the parent */
    write_as(&registry, 1, 2);
    write_as(&registry, 2, 40);
    write_as(&registry, 3, 5);
    expect_lines(&registry, "plain", "plain_total 147\n");
    expect_lines(&registry, "level", "level 147\n");
    expect_lines(&registry, "peak", "peak 100\n");
    expect_lines(&registry, "own",
                 "own{process=\"1\"} 2\nown{process=\"2\"} 40\nown{process=\"3\"} 5\n");
    expect_lines(&registry, "sizes",
                 "sizes_bucket{le=\"0.01\"} 2\nsizes_bucket{le=\"0.5\"} 4\n"
                 "sizes_bucket{le=\"+Inf\"} 4\nsizes_sum 0.147\nsizes_count 4\n");
    metrics_close(&registry);
}

static void a_forked_process_is_seen(void **state)
{
    (void)state;
    struct metrics_registry registry;
    open_with(&registry, 2);
    write_as(&registry, 1, 1);
    pid_t pid = fork();
    if (pid == 0) {
        write_as(&registry, 2, 10);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    expect_lines(&registry, "plain", "plain_total 11\n");
    metrics_close(&registry);
}

static void a_process_that_starts_again_goes_on(void **state)
{
    (void)state;
    struct metrics_registry registry;
    open_with(&registry, 2);
    write_as(&registry, 2, 7);
    struct values *values = be(&registry, 2);
    assert_int_equal(values->plain, 7);
    assert_int_equal(values->sizes.sum, 7);
    assert_int_equal(values->level, 0);
    assert_int_equal(values->peak, 0);
    metrics_close(&registry);
}

static void gauges_of_one_that_has_ended_are_left_out(void **state)
{
    (void)state;
    struct metrics_registry registry;
    open_with(&registry, 2);
    write_as(&registry, 1, 1);
    write_as(&registry, 2, 7);
    metrics_set_ended(&registry, 2, true);
    expect_lines(&registry, "plain", "plain_total 8\n");
    expect_lines(&registry, "level", "level 1\n");
    expect_lines(&registry, "peak", "peak 1\n");
    expect_lines(&registry, "own", "own{process=\"1\"} 1\n");
    metrics_set_ended(&registry, 2, false);
    expect_lines(&registry, "level", "level 8\n");
    metrics_close(&registry);
}

static void groups_stand_beside_each_other(void **state)
{
    (void)state;
    struct metrics_registry registry;
    struct values *first = open_with(&registry, 2);
    struct values *second = metrics_add_group(&registry, &group);
    metrics_add(&first->plain, 1);
    metrics_add(&second->plain, 2);
    metrics_add(&((struct values *)metrics_values_of(&registry, 1, 2))->plain, 10);
    expect_lines(&registry, "plain", "plain_total 1\nplain_total 12\n");
    metrics_close(&registry);
}

static void a_text_without_room_is_none(void **state)
{
    (void)state;
    struct metrics_registry registry;
    open_with(&registry, 1);
    registry.text.size_max = 100;
    assert_null(metrics_write(&registry));
    registry.text.size_max = METRICS_TEXT_SIZE_MAX;
    assert_non_null(metrics_write(&registry));
    metrics_close(&registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_text),
        cmocka_unit_test(a_bound_belongs_to_its_bucket),
        cmocka_unit_test(buckets_are_told_as_sums),
        cmocka_unit_test(the_bounds_of_latencies_rise),
        cmocka_unit_test(numbers_are_exact),
        cmocka_unit_test(processes_are_merged),
        cmocka_unit_test(a_forked_process_is_seen),
        cmocka_unit_test(a_process_that_starts_again_goes_on),
        cmocka_unit_test(gauges_of_one_that_has_ended_are_left_out),
        cmocka_unit_test(groups_stand_beside_each_other),
        cmocka_unit_test(a_text_without_room_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
