/* config - settings from flags and environment variables, described once in a table.
 *
 * Place      below everything; knows nobody.
 * Ownership  Text values point into argv, the environment or the table; none is copied.
 * Errors     A bad value is reported on stderr with the setting's name and what would be right.
 *
 * The variable ORDER_DEADLINE_MS is also the flag --order-deadline-ms; the flag prevails. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum config_kind {
    CONFIG_TEXT,   /* const char *; not empty */
    CONFIG_NUMBER, /* int64_t, between minimum and maximum */
    CONFIG_CHOICE, /* int: the place in `choices` */
    CONFIG_SECRET, /* const char *; empty: none. Its value is never printed */
};

struct config_setting {
    const char *variable;
    enum config_kind kind;
    size_t offset;       /* of the value in the settings struct */
    const char *initial; /* the default, as a user would write it */
    const char *help;    /* one line, with the unit */
    int64_t minimum;
    int64_t maximum;
    const char *const *choices; /* ends with NULL */
};

struct config_table {
    const char *program; /* "order-service" */
    const char *summary; /* one line for --help */
    const char *version;
    const struct config_setting *settings;
    size_t count;
};

enum config_outcome {
    CONFIG_READY,    /* all values are set */
    CONFIG_ANSWERED, /* --help or --version was printed: exit 0 */
    CONFIG_BAD,      /* reported on stderr: exit with failure */
};

/* Fills the struct at `settings`. */
enum config_outcome config_load(const struct config_table *table, int argc, char *const *argv,
                                void *settings);
