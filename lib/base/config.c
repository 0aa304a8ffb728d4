#include "base/config.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FLAG_SIZE_MAX = 64 };

/* ORDER_DEADLINE_MS -> order-deadline-ms */
static void flag_name(const struct config_setting *setting, char flag[FLAG_SIZE_MAX])
{
    size_t i = 0;
    for (; setting->variable[i] != '\0' && i + 1 < FLAG_SIZE_MAX; i++) {
        char byte = setting->variable[i];
        flag[i] = byte == '_' ? '-' : (char)tolower((unsigned char)byte);
    }
    flag[i] = '\0';
}

static void print_help(const struct config_table *table)
{
    printf("Usage: %s [--flag value]...\n%s\n\nEach flag is also an environment variable; the "
           "flag prevails.\n\n",
           table->program, table->summary);
    for (size_t i = 0; i < table->count; i++) {
        const struct config_setting *setting = &table->settings[i];
        char flag[FLAG_SIZE_MAX];
        flag_name(setting, flag);
        printf("  --%s, %s\n      %s", flag, setting->variable, setting->help);
        for (int choice = 0; setting->kind == CONFIG_CHOICE && setting->choices[choice]; choice++)
            printf("%s%s", choice == 0 ? ": " : ", ", setting->choices[choice]);
        printf(" (default: %s)\n", setting->kind == CONFIG_SECRET ? "none" : setting->initial);
    }
    printf("  --help\n      this text\n  --version\n      the version\n");
}

static bool complain(const struct config_table *table, const struct config_setting *setting,
                     const char *value)
{
    fprintf(stderr, "%s: %s is \"%s\", but must be ", table->program, setting->variable, value);
    if (setting->kind == CONFIG_NUMBER) {
        fprintf(stderr, "a whole number from %lld to %lld", (long long)setting->minimum,
                (long long)setting->maximum);
    } else if (setting->kind == CONFIG_TEXT) {
        fprintf(stderr, "a text that is not empty");
    } else {
        fprintf(stderr, "one of:");
        for (int choice = 0; setting->choices[choice] != NULL; choice++)
            fprintf(stderr, " %s", setting->choices[choice]);
    }
    fprintf(stderr, ". %s.\n", setting->help);
    return false;
}

static bool parse_number(const char *value, int64_t *number)
{
    char *end = NULL;
    errno = 0;
    long long parsed = strtoll(value, &end, 10);
    *number = parsed;
    return errno == 0 && end != value && *end == '\0' && !isspace((unsigned char)*value);
}

static bool set_value(const struct config_table *table, const struct config_setting *setting,
                      const char *value, void *settings)
{
    void *target = (char *)settings + setting->offset;
    if (setting->kind == CONFIG_TEXT || setting->kind == CONFIG_SECRET) {
        if (setting->kind == CONFIG_TEXT && *value == '\0')
            return complain(table, setting, value);
        memcpy(target, &value, sizeof value);
        return true;
    }
    if (setting->kind == CONFIG_NUMBER) {
        int64_t number;
        if (!parse_number(value, &number) || number < setting->minimum || number > setting->maximum)
            return complain(table, setting, value);
        memcpy(target, &number, sizeof number);
        return true;
    }
    for (int choice = 0; setting->choices[choice] != NULL; choice++) {
        if (strcmp(setting->choices[choice], value) == 0) {
            memcpy(target, &choice, sizeof choice);
            return true;
        }
    }
    return complain(table, setting, value);
}

static const struct config_setting *find_flag(const struct config_table *table, const char *name,
                                              size_t size)
{
    for (size_t i = 0; i < table->count; i++) {
        char flag[FLAG_SIZE_MAX];
        flag_name(&table->settings[i], flag);
        if (strlen(flag) == size && memcmp(flag, name, size) == 0)
            return &table->settings[i];
    }
    return NULL;
}

static bool load_environment(const struct config_table *table, void *settings)
{
    bool good = true;
    for (size_t i = 0; i < table->count; i++) {
        const struct config_setting *setting = &table->settings[i];
        const char *value = getenv(setting->variable);
        if (value == NULL)
            value = setting->initial;
        good = set_value(table, setting, value, settings) && good;
    }
    return good;
}

static bool load_flags(const struct config_table *table, int argc, char *const *argv,
                       void *settings)
{
    for (int i = 1; i < argc; i++) {
        const char *argument = argv[i];
        const char *name = strncmp(argument, "--", 2) == 0 ? argument + 2 : "";
        const char *equals = strchr(name, '=');
        size_t size = equals != NULL ? (size_t)(equals - name) : strlen(name);
        const struct config_setting *setting = find_flag(table, name, size);
        if (setting == NULL) {
            /* Not what stands behind '=': it may be a secret behind a slip of the pen. */
            fprintf(stderr, "%s: unknown argument %.*s; see %s --help\n", table->program,
                    (int)(equals != NULL ? (size_t)(equals - argument) : strlen(argument)),
                    argument, table->program);
            return false;
        }
        const char *value = equals != NULL ? equals + 1 : argv[++i];
        if (value == NULL) {
            fprintf(stderr, "%s: %s needs a value\n", table->program, argument);
            return false;
        }
        if (!set_value(table, setting, value, settings))
            return false;
    }
    return true;
}

enum config_outcome config_load(const struct config_table *table, int argc, char *const *argv,
                                void *settings)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            print_help(table);
            return CONFIG_ANSWERED;
        }
        if (strcmp(argv[i], "--version") == 0) {
            printf("%s %s\n", table->program, table->version);
            return CONFIG_ANSWERED;
        }
    }
    bool good = load_environment(table, settings) && load_flags(table, argc, argv, settings);
    return good ? CONFIG_READY : CONFIG_BAD;
}
