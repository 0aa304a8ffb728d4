#include "base/config_print.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"

enum { HELP_INDENT = 6, HELP_SIZE_MAX = 2048 };

/* Broken between words. */
static void print_wrapped(const char *text)
{
    size_t column = 0;
    while (*text != '\0') {
        size_t size = strcspn(text, " ");
        bool fits = column != 0 && column + 1 + size <= CONFIG_WIDTH_MAX;
        if (column != 0 && !fits)
            printf("\n");
        if (fits)
            column += (size_t)printf(" %.*s", (int)size, text);
        else
            column = (size_t)printf("%*s%.*s", HELP_INDENT, "", (int)size, text);
        text += size;
        text += strspn(text, " ");
    }
    printf("\n");
}

void config_print_group(const char *name)
{
    printf("\n%s\n", name);
}

void config_print_flag(const char *flag, const char *help)
{
    printf("  --%s\n", flag);
    print_wrapped(help);
}

static void append_range(struct buffer *to, const struct config_setting *setting)
{
    buffer_append_text(to, "; ");
    buffer_append_int(to, setting->minimum);
    buffer_append_text(to, " to ");
    buffer_append_int(to, setting->maximum);
    buffer_append_byte(to, ' ');
    buffer_append_text(to, setting->unit);
}

/* What it is for, what it may be, and what it is if nobody says so. */
static void append_help(struct buffer *to, const struct config_setting *setting)
{
    buffer_append_text(to, setting->help);
    for (int i = 0; setting->kind == CONFIG_CHOICE && setting->choices[i] != NULL; i++) {
        buffer_append_text(to, i == 0 ? ": " : ", ");
        buffer_append_text(to, setting->choices[i]);
    }
    buffer_append_text(to, " (default: ");
    buffer_append_text(to, setting->kind == CONFIG_SECRET ? "none" : setting->initial);
    if (setting->kind == CONFIG_NUMBER)
        append_range(to, setting);
    buffer_append_byte(to, ')');
    buffer_append_byte(to, '\0');
}

static bool begins_group(const struct config_table *table, size_t place)
{
    return place == 0 ||
           strcmp(table->settings[place].group, table->settings[place - 1].group) != 0;
}

static void print_setting(const struct config_setting *setting)
{
    char flag[CONFIG_FLAG_SIZE];
    struct buffer help;
    buffer_init(&help, HELP_SIZE_MAX);
    append_help(&help, setting);
    assert(!help.failed);
    config_flag_name(setting, flag);
    printf("  --%s, %s\n", flag, setting->variable);
    print_wrapped(help.data);
    buffer_free(&help);
}

void config_print_help(const struct config_table *table)
{
    printf(
        "Usage: %s [--flag value]...\n%s\n\n"
        "Each flag is also an environment variable; the flag prevails. A password or a token is\n"
        "better set by its variable, as every user of a machine can see the flags.\n",
        table->program, table->summary);
    for (size_t i = 0; i < table->count; i++) {
        if (begins_group(table, i))
            config_print_group(table->settings[i].group);
        print_setting(&table->settings[i]);
    }
}

void config_print_values(const struct config_table *table,
                         const struct config_source sources[CONFIG_COUNT_MAX])
{
    static const char *const origins[] = {
        [CONFIG_DEFAULT] = "default", [CONFIG_VARIABLE] = "variable", [CONFIG_FLAG] = "flag"};
    for (size_t i = 0; i < table->count; i++) {
        const struct config_setting *setting = &table->settings[i];
        char shown[CONFIG_SHOWN_SIZE];
        if (begins_group(table, i))
            config_print_group(setting->group);
        config_show_text(setting, sources[i].text, shown);
        printf("  %-28s %-8s  %s\n", setting->variable, origins[sources[i].origin], shown);
    }
}
