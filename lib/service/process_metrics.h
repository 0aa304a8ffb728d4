/* process_metrics - what the system tells of one process of a service.
 *
 * Place   service/meter -> [process_metrics] -> base/metrics, /proc.
 * Source  proc(5), clock_getcpuclockid(3); the names are those of all Prometheus clients:
 *         prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics. */
#pragma once

#include "base/metrics.h"

struct process_metrics {
    uint64_t pid; /* not told */
    uint64_t cpu_ns;
    uint64_t resident_bytes;
    uint64_t virtual_bytes;
    uint64_t open_files;
    uint64_t open_file_count_max;
    uint64_t start_ns; /* since 1970 */
};

/* This process is the one that the values are of. */
void process_metrics_start(struct process_metrics *metrics);

/* Takes the values anew, those of another process of this user too. False: it has ended. Blocks for
 * some microseconds, and one more for ten open files or so. */
bool process_metrics_take(struct process_metrics *metrics);
