/* metrics - counters, gauges and histograms for Prometheus, in memory that several processes share.
 *
 * Place      above base/buffer. A module counts into a struct of its own; the registry makes one
 *            text of all of them.
 * Thread     the loop thread only. A process writes its own values, and may read all others'.
 * Ownership  The registry owns the values. Groups, and all that they point to, are borrowed.
 * Errors     metrics_open() tells whether there is memory. More than the limits is our own bug.
 * Limits     METRICS_PROCESS_COUNT_MAX processes, METRICS_GROUP_COUNT_MAX groups,
 *            METRICS_VALUES_SIZE_MAX bytes of values each, METRICS_TEXT_SIZE_MAX bytes of text.
 * Units      A value is a whole number; its family tells what it is divided by in the text.
 *
 * A module's values are a struct of uint64_t and struct metrics_histogram and nothing else. Beside
 * it stands a table with a row for each of its metrics: the name, the help, and where the values
 * are. So counting is an addition at a known place, without a look-up, a lock or a format; names
 * and labels are only of use when the text is written.
 *
 * Where a service has several processes, whichever of them is asked answers for all: each has its
 * values in one mapping, made before they were forked. A process that is started again goes on with
 * the values of the one before it, so a counter never goes backwards; its gauges start at 0.
 *
 * Source     Text format 0.0.4: prometheus.io/docs/instrumenting/exposition_formats. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/status.h"

enum {
    METRICS_BOUND_COUNT_MAX = 15,
    METRICS_LABEL_COUNT_MAX = 2,
    METRICS_GROUP_COUNT_MAX = 8,
    METRICS_PROCESS_COUNT_MAX = 64,
    METRICS_VALUES_SIZE_MAX = 64 * 1024,
    METRICS_TEXT_SIZE_MAX = 2 * 1024 * 1024,
};

#define METRICS_NS_PER_S  UINT64_C(1000000000)
#define METRICS_NS_PER_MS UINT64_C(1000000)

/* ---- Counting ---- */

/* Upper bounds, rising; a value that equals one belongs below it. */
struct metrics_bounds {
    size_t count;
    uint64_t values[METRICS_BOUND_COUNT_MAX];
};

/* In nanoseconds: 0.5 ms to 10 s, for what a client or a neighbour waits for. */
extern const struct metrics_bounds metrics_latency_bounds_ns;

struct metrics_histogram {
    uint64_t counts[METRICS_BOUND_COUNT_MAX + 1]; /* by bound, each alone; then what is above all */
    uint64_t sum;
};

/* Another process may read at any time, and must see the old number or the new one. Only this one
 * writes, so no addition can be lost. */
static inline uint64_t metrics_get(const uint64_t *value)
{
    return __atomic_load_n(value, __ATOMIC_RELAXED);
}

/* (clang-tidy does not see that it writes.) */
/* NOLINTNEXTLINE(readability-non-const-parameter) */
static inline void metrics_set(uint64_t *gauge, uint64_t value)
{
    __atomic_store_n(gauge, value, __ATOMIC_RELAXED);
}

static inline void metrics_add(uint64_t *counter, uint64_t count)
{
    metrics_set(counter, metrics_get(counter) + count);
}

static inline void metrics_observe(struct metrics_histogram *histogram,
                                   const struct metrics_bounds *bounds, uint64_t value)
{
    size_t place = 0;
    while (place < bounds->count && value > bounds->values[place])
        place++;
    metrics_add(&histogram->counts[place], 1);
    metrics_add(&histogram->sum, value);
}

static inline void metrics_observe_ns(struct metrics_histogram *histogram, uint64_t duration_ns)
{
    metrics_observe(histogram, &metrics_latency_bounds_ns, duration_ns);
}

/* ---- What the values are called ---- */

enum metrics_kind { METRICS_COUNTER, METRICS_GAUGE, METRICS_HISTOGRAM };

/* What becomes of the values of several processes. */
enum metrics_merge {
    METRICS_SUM,
    METRICS_MAX,
    METRICS_EACH, /* a series for each, with the label process="1", "2", … */
};

/* One or more labels whose values a struct has in a row. */
struct metrics_labels {
    const char *const *texts; /* as they stand in the text: operation="charge" */
    size_t count;             /* 0: no such labels */
    size_t stride;            /* bytes from one to the next */
};

struct metrics_family {
    const char *name;
    const char *help; /* one line, without backslashes */
    enum metrics_kind kind;
    enum metrics_merge merge;
    bool is_sparse;   /* series that are 0 in all processes are left out */
    uint64_t divisor; /* of the values, for the text; 0 means 1 */
    size_t offset;    /* of the first value in the group's struct */
    struct metrics_labels labels[METRICS_LABEL_COUNT_MAX]; /* each with each */
    const struct metrics_bounds *bounds;                   /* of a histogram */
};

/* A module's table and the size of its struct. */
struct metrics_group {
    const struct metrics_family *families;
    size_t family_count;
    size_t values_size;
};

/* ---- The registry ---- */

struct metrics_registry {
    int process_count;
    int process; /* this one's number */
    bool has_ended[METRICS_PROCESS_COUNT_MAX + 1];
    char *values;
    size_t group_count;
    struct metrics_group groups[METRICS_GROUP_COUNT_MAX];
    size_t group_offsets[METRICS_GROUP_COUNT_MAX];
    size_t values_size;
    struct buffer text;
};

/* Before the processes are forked: they have the numbers 1 to process_count. 0 is their parent,
 * whose values count in sums only. */
enum status metrics_open(struct metrics_registry *registry, int process_count) STATUS_MUST_CHECK;
void metrics_close(struct metrics_registry *registry);

/* From here on the values are those of process `number`; groups are to be added anew. */
void metrics_be_process(struct metrics_registry *registry, int number);

/* This process's values; gauges are 0, all else goes on. All processes must add the same groups in
 * the same order. */
void *metrics_add_group(struct metrics_registry *registry, const struct metrics_group *group);

/* Another process's values of the n-th group added; for gauges that anybody can take. */
void *metrics_values_of(const struct metrics_registry *registry, size_t group, int process);

/* While a process does not run, its gauges are left out. */
void metrics_set_ended(struct metrics_registry *registry, int process, bool has_ended);

/* All metrics as text, in the registry's buffer until the next call. NULL: out of memory. */
const struct buffer *metrics_write(struct metrics_registry *registry);
