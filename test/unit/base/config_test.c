#include "base/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/config_print.h"

struct settings {
    const char *address;
    const char *token;
    int64_t deadline_ms;
    int level;
};

static const char *const level_names[] = {"debug", "info", NULL};

static bool check_address(const char *text, char reason[CONFIG_REASON_SIZE])
{
    snprintf(reason, CONFIG_REASON_SIZE, "with a colon");
    return strchr(text, ':') != NULL;
}

static void show_address(const char *text, char shown[CONFIG_SHOWN_SIZE])
{
    snprintf(shown, CONFIG_SHOWN_SIZE, "***%s", strchr(text, '@') != NULL ? strchr(text, '@') : "");
}

static const struct config_setting setting_rows[] = {
    {.variable = "TEST_ADDRESS",
     .group = "Network",
     .kind = CONFIG_TEXT,
     .offset = offsetof(struct settings, address),
     .initial = "0.0.0.0:1",
     .help = "Where",
     .check = check_address,
     .show = show_address},
    {.variable = "TEST_TOKEN",
     .group = "Security",
     .kind = CONFIG_SECRET,
     .offset = offsetof(struct settings, token),
     .initial = "",
     .help = "Who"},
    {.variable = "TEST_DEADLINE_MS",
     .group = "Limits",
     .kind = CONFIG_NUMBER,
     .offset = offsetof(struct settings, deadline_ms),
     .initial = "5000",
     .help = "How long it may take, told at such length that the line has to be broken somewhere "
             "in here, or it would be too wide",
     .unit = "ms",
     .minimum = 1,
     .maximum = 60000},
    {.variable = "TEST_LEVEL",
     .group = "Limits",
     .kind = CONFIG_CHOICE,
     .offset = offsetof(struct settings, level),
     .initial = "info",
     .help = "How much",
     .choices = level_names},
};

static const struct config_table table = {
    .program = "test-service",
    .summary = "Does nothing.",
    .version = "1.2.3",
    .settings = setting_rows,
    .count = sizeof setting_rows / sizeof *setting_rows,
};

enum { OUTPUT_SIZE_MAX = 4096 };

/* What one load gave, and what it printed. */
struct loaded {
    bool is_good;
    struct settings settings;
    struct config_source sources[CONFIG_COUNT_MAX];
    char output[OUTPUT_SIZE_MAX];
};

struct capture {
    int descriptor;
    int saved;
    FILE *file;
};

static struct capture capture_begin(int descriptor)
{
    struct capture capture = {.descriptor = descriptor, .file = tmpfile()};
    assert_non_null(capture.file);
    fflush(NULL);
    capture.saved = dup(descriptor);
    assert_true(capture.saved >= 0);
    dup2(fileno(capture.file), descriptor);
    return capture;
}

static void capture_end(struct capture *capture, char output[OUTPUT_SIZE_MAX])
{
    fflush(NULL);
    dup2(capture->saved, capture->descriptor);
    close(capture->saved);
    rewind(capture->file);
    size_t size = fread(output, 1, OUTPUT_SIZE_MAX - 1, capture->file);
    output[size] = '\0';
    fclose(capture->file);
}

/* flag_1, flag_2: NULL where there are fewer. */
static void load(struct loaded *loaded, char *flag_1, char *flag_2)
{
    char program[] = "test-service";
    char *argv[] = {program, flag_1, flag_1 != NULL ? flag_2 : NULL, NULL};
    int argc = 1 + (flag_1 != NULL) + (flag_1 != NULL && flag_2 != NULL);
    struct capture capture = capture_begin(STDERR_FILENO);
    bool is_found = config_find(&table, argc, argv, loaded->sources);
    loaded->is_good = config_apply(&table, loaded->sources, &loaded->settings) && is_found;
    capture_end(&capture, loaded->output);
}

static int clear_environment(void **state)
{
    (void)state;
    for (size_t i = 0; i < table.count; i++)
        unsetenv(table.settings[i].variable);
    return 0;
}

static void assert_bad(struct loaded *loaded, const char *named, const char *right)
{
    assert_false(loaded->is_good);
    assert_non_null(strstr(loaded->output, named));
    assert_non_null(strstr(loaded->output, right));
}

static void defaults_apply_without_settings(void **state)
{
    (void)state;
    struct loaded loaded;
    load(&loaded, NULL, NULL);
    assert_true(loaded.is_good);
    assert_string_equal(loaded.output, "");
    assert_string_equal(loaded.settings.address, "0.0.0.0:1");
    assert_int_equal(loaded.settings.deadline_ms, 5000);
    assert_int_equal(loaded.settings.level, 1);
}

static void flag_prevails_over_variable_over_default(void **state)
{
    (void)state;
    struct loaded loaded;
    setenv("TEST_DEADLINE_MS", "100", 1);
    setenv("TEST_LEVEL", "debug", 1);
    load(&loaded, "--test-deadline-ms", "200");
    assert_true(loaded.is_good);
    assert_int_equal(loaded.settings.deadline_ms, 200);
    assert_int_equal(loaded.settings.level, 0);
    assert_string_equal(loaded.settings.address, "0.0.0.0:1");
}

static void flag_takes_its_value_behind_an_equals_sign_too(void **state)
{
    (void)state;
    struct loaded loaded;
    load(&loaded, "--test-address=host:2=x", "--test-deadline-ms=60000");
    assert_true(loaded.is_good);
    assert_string_equal(loaded.settings.address, "host:2=x");
    assert_int_equal(loaded.settings.deadline_ms, 60000);
}

static void bad_number_is_named_with_its_limits(void **state)
{
    (void)state;
    const char *const bad[] = {
        "", "x", "5s", " 5", "5 ", "0x10", "-1", "0", "60001", "5.0", "99999999999999999999"};
    struct loaded loaded;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        setenv("TEST_DEADLINE_MS", bad[i], 1);
        load(&loaded, NULL, NULL);
        assert_bad(&loaded, "TEST_DEADLINE_MS", "from 1 to 60000");
    }
}

static void bad_choice_is_named_with_the_choices(void **state)
{
    (void)state;
    struct loaded loaded;
    setenv("TEST_LEVEL", "INFO", 1);
    load(&loaded, NULL, NULL);
    assert_bad(&loaded, "TEST_LEVEL", "debug info");
}

static void check_decides_on_a_text(void **state)
{
    (void)state;
    struct loaded loaded;
    setenv("TEST_ADDRESS", "", 1);
    load(&loaded, NULL, NULL);
    assert_bad(&loaded, "TEST_ADDRESS", "must be with a colon");
}

static void only_what_is_in_effect_must_be_good(void **state)
{
    (void)state;
    struct loaded loaded;
    setenv("TEST_LEVEL", "loud", 1);
    load(&loaded, "--test-level", "debug");
    assert_true(loaded.is_good);
    assert_string_equal(loaded.output, "");
}

static void all_that_is_bad_is_reported_at_once(void **state)
{
    (void)state;
    struct loaded loaded;
    setenv("TEST_ADDRESS", "", 1);
    setenv("TEST_LEVEL", "loud", 1);
    load(&loaded, "--test-deadline-ms=x", "--gone");
    assert_bad(&loaded, "TEST_ADDRESS", "TEST_LEVEL");
    assert_bad(&loaded, "TEST_DEADLINE_MS", "there is no flag --gone");
}

static void bad_flags_are_named(void **state)
{
    (void)state;
    struct loaded loaded;
    load(&loaded, "--test-adress", "x");
    assert_bad(&loaded, "no flag --test-adress;", "--help");
    assert_null(strstr(loaded.output, "argument 2"));
    load(&loaded, "--test-adress", "--test-level");
    assert_bad(&loaded, "no flag --test-adress;", "--test-level needs a value");
    load(&loaded, "--", NULL);
    assert_bad(&loaded, " --;", "--help");
    load(&loaded, "--test-level", NULL);
    assert_bad(&loaded, "--test-level", "needs a value");
    load(&loaded, "--test-level", "loud");
    assert_bad(&loaded, "TEST_LEVEL", "loud");
    load(&loaded, "--test-level=", NULL);
    assert_bad(&loaded, "TEST_LEVEL", "one of");
}

/* Whatever it stands behind. */
static void secret_is_never_quoted(void **state)
{
    (void)state;
    struct loaded loaded;
    load(&loaded, "x-secret", "-p=x-secret");
    assert_bad(&loaded, "argument 1 is no flag", "argument 2 is no flag");
    assert_null(strstr(loaded.output, "secret"));
    load(&loaded, "--test-tokn=x-secret", "--test-tokn");
    assert_bad(&loaded, "no flag --test-tokn;", "--help");
    assert_null(strstr(loaded.output, "secret"));
    load(&loaded, "--test-tokn", "x-secret");
    assert_bad(&loaded, "no flag --test-tokn;", "--help");
    assert_null(strstr(loaded.output, "secret"));
    load(&loaded, "--test-address", "x-secret@host");
    assert_bad(&loaded, "TEST_ADDRESS is \"***@host\"", "must be with a colon");
    assert_null(strstr(loaded.output, "secret"));
}

static void secret_may_be_empty(void **state)
{
    (void)state;
    struct loaded loaded;
    load(&loaded, NULL, NULL);
    assert_true(loaded.is_good);
    assert_string_equal(loaded.settings.token, "");
    load(&loaded, "--test-token", "x-secret");
    assert_true(loaded.is_good);
    assert_string_equal(loaded.settings.token, "x-secret");
}

static void help_lists_every_setting(void **state)
{
    (void)state;
    char output[OUTPUT_SIZE_MAX];
    setenv("TEST_LEVEL", "loud", 1); /* help comes all the same */
    setenv("TEST_TOKEN", "x-secret", 1);
    struct capture capture = capture_begin(STDOUT_FILENO);
    config_print_help(&table);
    capture_end(&capture, output);
    assert_non_null(strstr(output, "\nNetwork\n  --test-address, TEST_ADDRESS\n"
                                   "      Where (default: 0.0.0.0:1)\n"));
    assert_non_null(strstr(output, "\nSecurity\n  --test-token, TEST_TOKEN\n"
                                   "      Who (default: none)\n"));
    assert_non_null(strstr(output, "\nLimits\n  --test-deadline-ms, TEST_DEADLINE_MS\n"));
    assert_non_null(strstr(output, "(default: 5000; 1 to 60000 ms)\n"));
    assert_non_null(strstr(output, "      How much: debug, info (default: info)\n"));
    assert_null(strstr(output, "secret"));
    size_t size_max = 0;
    for (const char *line = output; *line != '\0'; line += strcspn(line, "\n") + 1)
        size_max = strcspn(line, "\n") > size_max ? strcspn(line, "\n") : size_max;
    assert_in_range(size_max, CONFIG_WIDTH_MAX - 10, CONFIG_WIDTH_MAX);
}

static void values_are_printed_with_their_origin(void **state)
{
    (void)state;
    struct loaded loaded;
    char output[OUTPUT_SIZE_MAX];
    setenv("TEST_TOKEN", "x-secret", 1);
    load(&loaded, "--test-address", "x-secret@host:1");
    struct capture capture = capture_begin(STDOUT_FILENO);
    config_print_values(&table, loaded.sources);
    capture_end(&capture, output);
    assert_string_equal(output, "\nNetwork\n"
                                "  TEST_ADDRESS                 flag      ***@host:1\n"
                                "\nSecurity\n"
                                "  TEST_TOKEN                   variable  ***\n"
                                "\nLimits\n"
                                "  TEST_DEADLINE_MS             default   5000\n"
                                "  TEST_LEVEL                   default   info\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(defaults_apply_without_settings, clear_environment),
        cmocka_unit_test_setup(flag_prevails_over_variable_over_default, clear_environment),
        cmocka_unit_test_setup(flag_takes_its_value_behind_an_equals_sign_too, clear_environment),
        cmocka_unit_test_setup(bad_number_is_named_with_its_limits, clear_environment),
        cmocka_unit_test_setup(bad_choice_is_named_with_the_choices, clear_environment),
        cmocka_unit_test_setup(check_decides_on_a_text, clear_environment),
        cmocka_unit_test_setup(only_what_is_in_effect_must_be_good, clear_environment),
        cmocka_unit_test_setup(all_that_is_bad_is_reported_at_once, clear_environment),
        cmocka_unit_test_setup(bad_flags_are_named, clear_environment),
        cmocka_unit_test_setup(secret_is_never_quoted, clear_environment),
        cmocka_unit_test_setup(secret_may_be_empty, clear_environment),
        cmocka_unit_test_setup(help_lists_every_setting, clear_environment),
        cmocka_unit_test_setup(values_are_printed_with_their_origin, clear_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
