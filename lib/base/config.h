/* config - settings from flags and environment variables, described once in a table.
 *
 * Place      service/program, a service's settings -> [config]; knows nobody.
 * Ownership  Text values point into argv, the environment or the table; none is copied.
 * Errors     Whatever is bad is reported on stderr, all of it: the setting's name, what may be
 *            shown of its value, and what it must be. Arguments that are no flags are counted, not
 *            quoted: one could be a password that has lost its flag.
 * Limits     CONFIG_COUNT_MAX settings in a table.
 *
 * The variable ORDER_DEADLINE_MS is also the flag --order-deadline-ms; the flag prevails. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CONFIG_COUNT_MAX = 64,
    CONFIG_FLAG_SIZE = 64,
    CONFIG_REASON_SIZE = 512,
    CONFIG_SHOWN_SIZE = 512
};

enum config_kind {
    CONFIG_TEXT,   /* const char * */
    CONFIG_SECRET, /* const char *, never shown; empty: not set */
    CONFIG_NUMBER, /* int64_t, between minimum and maximum */
    CONFIG_CHOICE, /* int: the place in `choices` */
};

/* Whether a text can be used; asks nobody outside the process. False: `reason` completes "…, but
 * must be", and quotes nothing that may be secret. */
typedef bool config_check(const char *text, char reason[CONFIG_REASON_SIZE]);

/* What may be shown of a text, also of one that can't be used. */
typedef void config_show(const char *text, char shown[CONFIG_SHOWN_SIZE]);

struct config_setting {
    const char *variable;
    const char *group; /* its heading in --help; those of one group stand together */
    enum config_kind kind;
    size_t offset;       /* of the value in the settings struct */
    const char *initial; /* the default, as a user would write it */
    const char *help;    /* a sentence without its full stop */
    const char *unit;    /* of a number: "ms", "connections" */
    int64_t minimum;
    int64_t maximum;
    const char *const *choices; /* ends with NULL */
    config_check *check;        /* of a text or a secret; NULL: a text must not be empty */
    config_show *show;          /* of a text that can hold a password; NULL: it can't */
};

struct config_table {
    const char *program; /* "order-service" */
    const char *summary; /* one line for --help */
    const char *version;
    const struct config_setting *settings;
    size_t count;
};

enum config_origin { CONFIG_DEFAULT, CONFIG_VARIABLE, CONFIG_FLAG };

/* Where a setting's value comes from. */
struct config_source {
    const char *text;
    enum config_origin origin;
};

/* One source for each row of the table. False: an argument is no flag, or has no value; the sources
 * are good all the same. */
bool config_find(const struct config_table *table, int argc, char *const *argv,
                 struct config_source sources[CONFIG_COUNT_MAX]);

/* Fills the struct at `settings`. False: some value is bad. */
bool config_apply(const struct config_table *table,
                  const struct config_source sources[CONFIG_COUNT_MAX], void *settings);

/* ORDER_DEADLINE_MS -> order-deadline-ms */
void config_flag_name(const struct config_setting *setting, char flag[CONFIG_FLAG_SIZE]);

/* What anybody may see of a value. */
void config_show_text(const struct config_setting *setting, const char *text,
                      char shown[CONFIG_SHOWN_SIZE]);
