/* config_print - what a table of settings shows to a person: --help and --check-config.
 *
 * Place   service/program -> [config_print] -> base/config.
 * Limits  Lines of --help are at most CONFIG_WIDTH_MAX wide, as long as no word is longer. Of
 *         secrets only that they are set is shown. Prints to stdout. */
#pragma once

#include "base/config.h"

enum { CONFIG_WIDTH_MAX = 100 };

/* Every setting of the table, under the headings of its groups. */
void config_print_help(const struct config_table *table);

/* A group of --help, and a flag that is no setting. */
void config_print_group(const char *name);
void config_print_flag(const char *flag, const char *help);

/* Each setting's value, and where it comes from. */
void config_print_values(const struct config_table *table,
                         const struct config_source sources[CONFIG_COUNT_MAX]);
