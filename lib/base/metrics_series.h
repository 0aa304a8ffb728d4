/* metrics_series - the series of a family: one for each value of its labels, each with each.
 *
 * Place   metrics, metrics_text -> [metrics_series]. For these two only. */
#pragma once

#include "base/metrics.h"

_Static_assert(METRICS_LABEL_COUNT_MAX == 2, "the last one's values change fastest");

/* Without labels there is one series. */
static inline size_t metrics_label_values(const struct metrics_family *family, size_t label)
{
    return family->labels[label].count != 0 ? family->labels[label].count : 1;
}

static inline size_t metrics_series_count(const struct metrics_family *family)
{
    return metrics_label_values(family, 0) * metrics_label_values(family, 1);
}

/* Which of the label's values the n-th series has. */
static inline size_t metrics_series_place(const struct metrics_family *family, size_t n,
                                          size_t label)
{
    size_t last_count = metrics_label_values(family, 1);
    return label == 0 ? n / last_count : n % last_count;
}

/* Of its values in the group's struct. */
static inline size_t metrics_series_offset(const struct metrics_family *family, size_t n)
{
    return family->offset + metrics_series_place(family, n, 0) * family->labels[0].stride +
           metrics_series_place(family, n, 1) * family->labels[1].stride;
}
