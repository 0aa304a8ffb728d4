/* instances - several processes of one service that share its port; a parent watches over them.
 *
 * Place      host -> [instances]; knows no loop.
 * Thread     blocks the calling process, which must have one thread and nothing open but its log.
 * Errors     An instance that a signal ends (a crash) is started again, INSTANCES_RESTART_MS later.
 *            One that ends by itself could not start, and so could none: the others are stopped.
 * Limits     INSTANCES_COUNT_MAX.
 * Source     SO_REUSEPORT: socket(7), the kernel spreads new connections; PR_SET_PDEATHSIG:
 * prctl(2).
 *
 * SIGTERM and SIGINT are passed on. From a terminal SIGINT reaches every process by itself. */
#pragma once

#include "base/log.h"

enum { INSTANCES_COUNT_MAX = 64, INSTANCES_RESTART_MS = 1000 };

/* Runs one instance in a process of its own; returns its exit code. */
typedef int instances_run_cb(void *context);

/* Returns the exit code for the whole: 0 where every instance ended with 0 after a signal. */
int instances_run(int count, struct log *log, instances_run_cb *run, void *context);
