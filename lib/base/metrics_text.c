/* The text of the metrics: each family's help and type, then a line for each of its numbers. */
#include <assert.h>
#include <stdio.h>

#include "base/metrics_series.h"

enum { NUMBER_SIZE_MAX = 48 };

/* One series of a family, before the processes' values are merged. */
struct series {
    const struct metrics_registry *registry;
    const struct metrics_family *family;
    size_t offset; /* of its values within a process's */
    const char *texts[METRICS_LABEL_COUNT_MAX];
    int process; /* METRICS_EACH: whose values; 0: all processes' */
};

static const char *const kind_names[] = {"counter", "gauge", "histogram"};

static uint64_t value_of(const struct series *series, int process, size_t at)
{
    const char *values =
        series->registry->values + (size_t)process * METRICS_VALUES_SIZE_MAX + series->offset;
    return metrics_get((const uint64_t *)(const void *)(values + at));
}

static bool is_left_out(const struct metrics_registry *registry,
                        const struct metrics_family *family, int process)
{
    return family->kind == METRICS_GAUGE && registry->has_ended[process];
}

/* at: bytes from the start of the series' values. */
static uint64_t merge(const struct series *series, size_t at)
{
    if (series->process != 0)
        return value_of(series, series->process, at);
    const struct metrics_registry *registry = series->registry;
    const struct metrics_family *family = series->family;
    uint64_t merged = 0;
    for (int process = 0; process <= registry->process_count; process++) {
        if (is_left_out(registry, family, process))
            continue;
        uint64_t value = value_of(series, process, at);
        if (family->merge == METRICS_SUM)
            merged += value;
        else if (value > merged)
            merged = value;
    }
    return merged;
}

/* Exactly, as far as a fraction of nine digits goes. */
static void format_number(char text[NUMBER_SIZE_MAX], uint64_t value, uint64_t divisor)
{
    if (divisor <= 1) {
        snprintf(text, NUMBER_SIZE_MAX, "%llu", (unsigned long long)value);
        return;
    }
    uint64_t fraction = value % divisor * (METRICS_NS_PER_S / divisor);
    int length = snprintf(text, NUMBER_SIZE_MAX, "%llu.%09llu",
                          (unsigned long long)(value / divisor), (unsigned long long)fraction);
    while (text[length - 1] == '0')
        text[--length] = '\0';
    if (text[length - 1] == '.')
        text[--length] = '\0';
}

static void append_label(struct buffer *to, bool *has_one, const char *text)
{
    buffer_append_byte(to, *has_one ? ',' : '{');
    buffer_append_text(to, text);
    *has_one = true;
}

/* le: the bucket's upper bound, or NULL. */
static void append_line(struct buffer *to, const struct series *series, const char *suffix,
                        const char *le, uint64_t value, uint64_t divisor)
{
    char text[NUMBER_SIZE_MAX];
    bool has_one = false;
    buffer_append_text(to, series->family->name);
    buffer_append_text(to, suffix);
    if (series->process != 0) {
        snprintf(text, sizeof text, "process=\"%d\"", series->process);
        append_label(to, &has_one, text);
    }
    for (size_t i = 0; i < METRICS_LABEL_COUNT_MAX; i++) {
        if (series->texts[i] != NULL)
            append_label(to, &has_one, series->texts[i]);
    }
    if (le != NULL) {
        append_label(to, &has_one, "le=\"");
        buffer_append_text(to, le);
        buffer_append_byte(to, '"');
    }
    buffer_append_text(to, has_one ? "} " : " ");
    format_number(text, value, divisor);
    buffer_append_text(to, text);
    buffer_append_byte(to, '\n');
}

/* The count is that of the buckets just read, so that the lines fit each other while another
 * process counts. */
static void append_histogram(struct buffer *to, const struct series *series)
{
    const struct metrics_family *family = series->family;
    const struct metrics_bounds *bounds = family->bounds;
    uint64_t counts[METRICS_BOUND_COUNT_MAX + 1];
    uint64_t total = 0;
    for (size_t i = 0; i <= bounds->count; i++) {
        total += merge(series, offsetof(struct metrics_histogram, counts) + i * sizeof(uint64_t));
        counts[i] = total;
    }
    if (total == 0 && family->is_sparse)
        return;
    for (size_t i = 0; i < bounds->count; i++) {
        char le[NUMBER_SIZE_MAX];
        format_number(le, bounds->values[i], family->divisor);
        append_line(to, series, "_bucket", le, counts[i], 1);
    }
    append_line(to, series, "_bucket", "+Inf", total, 1);
    append_line(to, series, "_sum", NULL, merge(series, offsetof(struct metrics_histogram, sum)),
                family->divisor);
    append_line(to, series, "_count", NULL, total, 1);
}

static void append_series(struct buffer *to, const struct series *series)
{
    const struct metrics_family *family = series->family;
    if (family->kind == METRICS_HISTOGRAM) {
        append_histogram(to, series);
        return;
    }
    uint64_t value = merge(series, 0);
    if (value != 0 || !family->is_sparse)
        append_line(to, series, "", NULL, value, family->divisor);
}

/* process: METRICS_EACH: whose; 0: all processes'. */
static void append_all_series(struct buffer *to, const struct metrics_registry *registry,
                              size_t group_offset, const struct metrics_family *family, int process)
{
    for (size_t i = 0; i < metrics_series_count(family); i++) {
        struct series series = {
            .registry = registry,
            .family = family,
            .offset = group_offset + metrics_series_offset(family, i),
            .process = process,
        };
        for (size_t label = 0; label < METRICS_LABEL_COUNT_MAX; label++) {
            if (family->labels[label].count != 0)
                series.texts[label] =
                    family->labels[label].texts[metrics_series_place(family, i, label)];
        }
        append_series(to, &series);
    }
}

static void append_help(struct buffer *to, const struct metrics_family *family)
{
    buffer_append_text(to, "# HELP ");
    buffer_append_text(to, family->name);
    buffer_append_byte(to, ' ');
    buffer_append_text(to, family->help);
    buffer_append_text(to, "\n# TYPE ");
    buffer_append_text(to, family->name);
    buffer_append_byte(to, ' ');
    buffer_append_text(to, kind_names[family->kind]);
    buffer_append_byte(to, '\n');
}

static void append_family(struct buffer *to, const struct metrics_registry *registry,
                          size_t group_offset, const struct metrics_family *family)
{
    append_help(to, family);
    if (family->merge != METRICS_EACH) {
        append_all_series(to, registry, group_offset, family, 0);
        return;
    }
    for (int process = 1; process <= registry->process_count; process++) {
        if (!is_left_out(registry, family, process))
            append_all_series(to, registry, group_offset, family, process);
    }
}

const struct buffer *metrics_write(struct metrics_registry *registry)
{
    struct buffer *text = &registry->text;
    buffer_clear(text);
    for (size_t i = 0; i < registry->group_count; i++) {
        const struct metrics_group *group = &registry->groups[i];
        for (size_t family = 0; family < group->family_count; family++)
            append_family(text, registry, registry->group_offsets[i], &group->families[family]);
    }
    return text->failed ? NULL : text;
}
