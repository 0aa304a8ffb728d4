#include "service/program.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uv.h>

#include "base/config_print.h"
#include "db/conninfo.h"
#include "http/head.h"
#include "service/probe.h"
#include "json/fields.h"

enum question {
    ASK_NOTHING,
    ASK_CONFIG,
    ASK_LIVE,
    ASK_READY,
    ASK_HELP,
    ASK_VERSION,
    QUESTION_COUNT
};

static const struct {
    const char *flag;
    const char *help;
} questions[QUESTION_COUNT] = {
    [ASK_CONFIG] = {"check-config", "Checks all settings without connecting to anything, prints "
                                    "them and where each comes from; secrets are masked"},
    [ASK_LIVE] = {"check-live", "Asks the service that runs on LISTEN whether it is alive"},
    [ASK_READY] = {"check-ready", "Asks the service that runs on LISTEN whether it is ready"},
    [ASK_HELP] = {"help", "This text"},
    [ASK_VERSION] = {"version", "This program's version, and those of its libraries"},
};

/* Takes the questions out of the arguments; of several the last in the enum prevails. */
static enum question take_question(int *argc, char **argv)
{
    enum question asked = ASK_NOTHING;
    int kept_count = 1;
    for (int i = 1; i < *argc; i++) {
        enum question found = ASK_NOTHING;
        for (int q = ASK_NOTHING + 1; q < QUESTION_COUNT; q++) {
            if (strncmp(argv[i], "--", 2) == 0 && strcmp(argv[i] + 2, questions[q].flag) == 0)
                found = (enum question)q;
        }
        if (found == ASK_NOTHING)
            argv[kept_count++] = argv[i];
        if (found > asked)
            asked = found;
    }
    argv[kept_count] = NULL;
    *argc = kept_count;
    return asked;
}

static int answer_help(const struct program *program)
{
    config_print_help(program->table);
    config_print_group("Instead of serving (exit code 0: good, 1: not)");
    for (int q = ASK_NOTHING + 1; q < QUESTION_COUNT; q++)
        config_print_flag(questions[q].flag, questions[q].help);
    return EXIT_SUCCESS;
}

static int answer_version(const struct program *program)
{
    int libpq = PQlibVersion();
    printf("%s %s\nlibuv %s, llhttp %d.%d.%d, libpq %d.%d, jansson %s\n", program->table->program,
           program->table->version, uv_version_string(), LLHTTP_VERSION_MAJOR, LLHTTP_VERSION_MINOR,
           LLHTTP_VERSION_PATCH, libpq / 10000, libpq % 10000, jansson_version_str());
    return EXIT_SUCCESS;
}

static int answer_health(const struct program *program, const char *path)
{
    char reason[PROBE_REASON_SIZE];
    if (probe_ask(*program->listen, path, reason))
        return EXIT_SUCCESS;
    fprintf(stderr, "%s: %s on %s is not well: %s\n", program->table->program, path,
            *program->listen, reason);
    return EXIT_FAILURE;
}

static int answer_with_settings(const struct program *program, enum question asked, int argc,
                                char **argv)
{
    struct config_source sources[CONFIG_COUNT_MAX];
    bool is_found = config_find(program->table, argc, argv, sources);
    if (asked == ASK_CONFIG)
        config_print_values(program->table, sources);
    fflush(stdout); /* before what stderr says of them */
    bool is_good = config_apply(program->table, sources, program->settings) && is_found;
    if (!is_good)
        return EXIT_FAILURE;
    switch (asked) {
    case ASK_CONFIG:
        printf("\n%s: all settings can be used\n", program->table->program);
        return EXIT_SUCCESS;
    case ASK_LIVE:
        return answer_health(program, "/healthz");
    case ASK_READY:
        return answer_health(program, "/readyz");
    default:
        return program->run(program->settings);
    }
}

/* Where whoever started it has closed one, the next socket would have its number, and be sent the
 * log. */
static void open_missing_streams(void)
{
    int opened = STDIN_FILENO;
    while (opened >= 0 && opened <= STDERR_FILENO)
        opened = open("/dev/null", O_RDWR);
    if (opened > STDERR_FILENO)
        close(opened);
}

int program_main(const struct program *program, int argc, char **argv)
{
    open_missing_streams();
    enum question asked = take_question(&argc, argv);
    switch (asked) {
    case ASK_HELP:
        return answer_help(program);
    case ASK_VERSION:
        return answer_version(program);
    default:
        return answer_with_settings(program, asked, argc, argv);
    }
}
