/* program - what a service's command line asks for: to serve, or an answer to a question.
 *
 * Place   a service's main -> [program] -> base/config, service/probe.
 * Thread  blocks until the process may end.
 * Errors  stderr says what is wrong. */
#pragma once

#include "base/config.h"

struct program {
    const struct config_table *table;
    void *settings;            /* filled from the table before anything else is used */
    const char *const *listen; /* that setting, within `settings` */
    int (*run)(void *settings);
};

/* The process's exit code: that of run(); or, for --help, --version, --check-config, --check-live
 * and --check-ready, 0 where the answer is good and 1 where it is not. Settings that can't be used
 * are 1, too. */
int program_main(const struct program *program, int argc, char **argv);
