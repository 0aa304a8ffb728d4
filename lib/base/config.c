#include "base/config.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void config_flag_name(const struct config_setting *setting, char flag[CONFIG_FLAG_SIZE])
{
    size_t i = 0;
    for (; setting->variable[i] != '\0' && i + 1 < CONFIG_FLAG_SIZE; i++) {
        char byte = setting->variable[i];
        flag[i] = byte == '_' ? '-' : (char)tolower((unsigned char)byte);
    }
    flag[i] = '\0';
}

void config_show_text(const struct config_setting *setting, const char *text,
                      char shown[CONFIG_SHOWN_SIZE])
{
    if (setting->kind == CONFIG_SECRET)
        snprintf(shown, CONFIG_SHOWN_SIZE, "%s", *text == '\0' ? "(not set)" : "***");
    else if (setting->show != NULL)
        setting->show(text, shown);
    else
        snprintf(shown, CONFIG_SHOWN_SIZE, "%s", text);
}

static size_t find_flag(const struct config_table *table, const char *name, size_t size)
{
    for (size_t i = 0; i < table->count; i++) {
        char flag[CONFIG_FLAG_SIZE];
        config_flag_name(&table->settings[i], flag);
        if (strlen(flag) == size && memcmp(flag, name, size) == 0)
            return i;
    }
    return table->count;
}

/* The place of the last argument that belongs to the one at `place`. */
static int end_of_unknown(int argc, char *const *argv, int place)
{
    bool has_value = strchr(argv[place], '=') != NULL;
    bool is_flag_next = place + 1 < argc && strncmp(argv[place + 1], "--", 2) == 0;
    return has_value || is_flag_next || place + 1 == argc ? place : place + 1;
}

static bool read_flags(const struct config_table *table, int argc, char *const *argv,
                       struct config_source *sources)
{
    bool is_good = true;
    for (int i = 1; i < argc; i++) {
        const char *argument = argv[i];
        int size = (int)strcspn(argument, "=");
        size_t found = table->count;
        if (strncmp(argument, "--", 2) == 0)
            found = find_flag(table, argument + 2, (size_t)size - 2);
        if (found != table->count && (argument[size] == '=' || i + 1 < argc)) {
            const char *text = argument[size] == '=' ? argument + size + 1 : argv[++i];
            sources[found] = (struct config_source){text, CONFIG_FLAG};
            continue;
        }
        is_good = false;
        if (found != table->count) {
            fprintf(stderr, "%s: %s needs a value\n", table->program, argument);
        } else if (strncmp(argument, "--", 2) == 0) {
            fprintf(stderr, "%s: there is no flag %.*s; see %s --help\n", table->program, size,
                    argument, table->program);
            i = end_of_unknown(argc, argv, i);
        } else {
            fprintf(stderr, "%s: argument %d is no flag, as they begin with --; see %s --help\n",
                    table->program, i, table->program);
        }
    }
    return is_good;
}

bool config_find(const struct config_table *table, int argc, char *const *argv,
                 struct config_source sources[CONFIG_COUNT_MAX])
{
    assert(table->count <= CONFIG_COUNT_MAX);
    for (size_t i = 0; i < table->count; i++) {
        const char *text = getenv(table->settings[i].variable);
        sources[i].text = text != NULL ? text : table->settings[i].initial;
        sources[i].origin = text != NULL ? CONFIG_VARIABLE : CONFIG_DEFAULT;
    }
    return read_flags(table, argc, argv, sources);
}

static bool read_number(const struct config_setting *setting, const char *text, int64_t *number,
                        char reason[CONFIG_REASON_SIZE])
{
    char *end = NULL;
    errno = 0;
    *number = strtoll(text, &end, 10);
    bool is_number = errno == 0 && end != text && *end == '\0' && !isspace((unsigned char)*text);
    if (is_number && *number >= setting->minimum && *number <= setting->maximum)
        return true;
    snprintf(reason, CONFIG_REASON_SIZE, "a whole number from %lld to %lld",
             (long long)setting->minimum, (long long)setting->maximum);
    return false;
}

static bool read_choice(const struct config_setting *setting, const char *text, int *place,
                        char reason[CONFIG_REASON_SIZE])
{
    size_t size = (size_t)snprintf(reason, CONFIG_REASON_SIZE, "one of:");
    for (*place = 0; setting->choices[*place] != NULL; ++*place) {
        if (strcmp(setting->choices[*place], text) == 0)
            return true;
        size += (size_t)snprintf(reason + size, CONFIG_REASON_SIZE - size, " %s",
                                 setting->choices[*place]);
        assert(size < CONFIG_REASON_SIZE);
    }
    return false;
}

static bool check_text(const struct config_setting *setting, const char *text,
                       char reason[CONFIG_REASON_SIZE])
{
    if (setting->check != NULL)
        return setting->check(text, reason);
    snprintf(reason, CONFIG_REASON_SIZE, "a text that is not empty");
    return setting->kind == CONFIG_SECRET || *text != '\0';
}

static bool apply(const struct config_setting *setting, const char *text, void *settings,
                  char reason[CONFIG_REASON_SIZE])
{
    void *target = (char *)settings + setting->offset;
    int64_t number;
    int place;
    switch (setting->kind) {
    case CONFIG_NUMBER:
        if (!read_number(setting, text, &number, reason))
            return false;
        memcpy(target, &number, sizeof number);
        return true;
    case CONFIG_CHOICE:
        if (!read_choice(setting, text, &place, reason))
            return false;
        memcpy(target, &place, sizeof place);
        return true;
    default:
        if (!check_text(setting, text, reason))
            return false;
        memcpy(target, &text, sizeof text);
        return true;
    }
}

bool config_apply(const struct config_table *table,
                  const struct config_source sources[CONFIG_COUNT_MAX], void *settings)
{
    bool is_good = true;
    for (size_t i = 0; i < table->count; i++) {
        const struct config_setting *setting = &table->settings[i];
        char reason[CONFIG_REASON_SIZE];
        char shown[CONFIG_SHOWN_SIZE];
        if (apply(setting, sources[i].text, settings, reason))
            continue;
        is_good = false;
        config_show_text(setting, sources[i].text, shown);
        fprintf(stderr, "%s: %s is \"%s\", but must be %s. %s.\n", table->program,
                setting->variable, shown, reason, setting->help);
    }
    return is_good;
}
