/* instances - several processes of one service that share its port; a parent watches over them.
 *
 * Place      host -> [instances]; knows no loop.
 * Thread     blocks the calling process, which must have one thread and nothing open but its log.
 * Errors     An instance that ends is started again, INSTANCES_RESTART_MS later. But one that ends
 *            by itself within INSTANCES_START_MS of the first start could not start, and so could
 *            none: the others are stopped. What is left stop_timeout_ms after a signal is killed.
 * Limits     INSTANCES_COUNT_MAX.
 * Source     SO_REUSEPORT: socket(7), the kernel spreads new connections; PR_SET_PDEATHSIG:
 *            prctl(2).
 *
 * SIGTERM and SIGINT are passed on. From a terminal SIGINT reaches every process by itself. */
#pragma once

#include "base/log.h"

enum { INSTANCES_COUNT_MAX = 64, INSTANCES_RESTART_MS = 1000, INSTANCES_START_MS = 5000 };

/* Runs instance `number`, from 1 on, in a process of its own; returns its exit code. */
typedef int instances_run_cb(void *context, int number);

/* Returns the exit code for the whole: 0 where every instance ended with 0 after a signal. */
int instances_run(int count, uint64_t stop_timeout_ms, struct log *log, instances_run_cb *run,
                  void *context);
