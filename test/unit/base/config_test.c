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

struct settings {
    const char *address;
    int64_t deadline_ms;
    int level;
    const char *token;
};

static const char *const level_names[] = {"debug", "info", NULL};

static const struct config_setting setting_rows[] = {
    {"TEST_ADDRESS", CONFIG_TEXT, offsetof(struct settings, address), "0.0.0.0:1", "where", 0, 0,
     NULL},
    {"TEST_DEADLINE_MS", CONFIG_NUMBER, offsetof(struct settings, deadline_ms), "5000",
     "how long, in milliseconds", 1, 60000, NULL},
    {"TEST_LEVEL", CONFIG_CHOICE, offsetof(struct settings, level), "info", "how much", 0, 0,
     level_names},
    {"TEST_TOKEN", CONFIG_SECRET, offsetof(struct settings, token), "", "who may call", 0, 0, NULL},
};

static const struct config_table table = {
    .program = "test-service",
    .summary = "Does nothing.",
    .version = "1.2.3",
    .settings = setting_rows,
    .count = sizeof setting_rows / sizeof *setting_rows,
};

enum { OUTPUT_SIZE_MAX = 4096 };

/* What one load gave, and what it printed on the descriptor given to load(). */
struct loaded {
    enum config_outcome outcome;
    struct settings settings;
    char output[OUTPUT_SIZE_MAX];
};

/* flag_1, flag_2: NULL where there are fewer. */
static void load(struct loaded *loaded, int descriptor, char *flag_1, char *flag_2)
{
    char program[] = "test-service";
    char *argv[] = {program, flag_1, flag_1 != NULL ? flag_2 : NULL, NULL};
    int argc = 1 + (flag_1 != NULL) + (flag_1 != NULL && flag_2 != NULL);
    FILE *file = tmpfile();
    assert_non_null(file);
    fflush(NULL);
    int saved = dup(descriptor);
    assert_true(saved >= 0);
    dup2(fileno(file), descriptor);
    loaded->outcome = config_load(&table, argc, argv, &loaded->settings);
    fflush(NULL);
    dup2(saved, descriptor);
    close(saved);
    rewind(file);
    size_t size = fread(loaded->output, 1, OUTPUT_SIZE_MAX - 1, file);
    loaded->output[size] = '\0';
    fclose(file);
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
    assert_int_equal(loaded->outcome, CONFIG_BAD);
    assert_non_null(strstr(loaded->output, named));
    assert_non_null(strstr(loaded->output, right));
}

static void defaults_apply_without_settings(void **state)
{
    (void)state;
    struct loaded loaded;
    load(&loaded, STDERR_FILENO, NULL, NULL);
    assert_int_equal(loaded.outcome, CONFIG_READY);
    assert_string_equal(loaded.output, "");
    assert_string_equal(loaded.settings.address, "0.0.0.0:1");
    assert_int_equal(loaded.settings.deadline_ms, 5000);
    assert_int_equal(loaded.settings.level, 1);
    assert_string_equal(loaded.settings.token, "");
}

static void flag_prevails_over_variable_over_default(void **state)
{
    (void)state;
    struct loaded loaded;
    setenv("TEST_DEADLINE_MS", "100", 1);
    setenv("TEST_LEVEL", "debug", 1);
    load(&loaded, STDERR_FILENO, "--test-deadline-ms", "200");
    assert_int_equal(loaded.outcome, CONFIG_READY);
    assert_int_equal(loaded.settings.deadline_ms, 200);
    assert_int_equal(loaded.settings.level, 0);
    assert_string_equal(loaded.settings.address, "0.0.0.0:1");
}

static void flag_takes_its_value_behind_an_equals_sign_too(void **state)
{
    (void)state;
    struct loaded loaded;
    load(&loaded, STDERR_FILENO, "--test-address=host:2=x", "--test-deadline-ms=60000");
    assert_int_equal(loaded.outcome, CONFIG_READY);
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
        load(&loaded, STDERR_FILENO, NULL, NULL);
        assert_bad(&loaded, "TEST_DEADLINE_MS", "from 1 to 60000");
    }
}

static void bad_choice_is_named_with_the_choices(void **state)
{
    (void)state;
    struct loaded loaded;
    setenv("TEST_LEVEL", "INFO", 1);
    load(&loaded, STDERR_FILENO, NULL, NULL);
    assert_bad(&loaded, "TEST_LEVEL", "debug info");
}

static void empty_text_is_bad(void **state)
{
    (void)state;
    struct loaded loaded;
    setenv("TEST_ADDRESS", "", 1);
    load(&loaded, STDERR_FILENO, NULL, NULL);
    assert_bad(&loaded, "TEST_ADDRESS", "not empty");
}

static void all_bad_variables_are_reported_at_once(void **state)
{
    (void)state;
    struct loaded loaded;
    setenv("TEST_ADDRESS", "", 1);
    setenv("TEST_LEVEL", "loud", 1);
    load(&loaded, STDERR_FILENO, NULL, NULL);
    assert_bad(&loaded, "TEST_ADDRESS", "TEST_LEVEL");
}

static void bad_flags_are_named(void **state)
{
    (void)state;
    struct loaded loaded;
    load(&loaded, STDERR_FILENO, "--test-adress", "x");
    assert_bad(&loaded, "--test-adress", "--help");
    load(&loaded, STDERR_FILENO, "x", NULL);
    assert_bad(&loaded, " x", "--help");
    load(&loaded, STDERR_FILENO, "--", NULL);
    assert_bad(&loaded, " --", "--help");
    load(&loaded, STDERR_FILENO, "--test-level", NULL);
    assert_bad(&loaded, "--test-level", "needs a value");
    load(&loaded, STDERR_FILENO, "--test-level", "loud");
    assert_bad(&loaded, "TEST_LEVEL", "loud");
    load(&loaded, STDERR_FILENO, "--test-level=", NULL);
    assert_bad(&loaded, "TEST_LEVEL", "one of");
}

static void help_lists_every_setting(void **state)
{
    (void)state;
    struct loaded loaded;
    setenv("TEST_LEVEL", "loud", 1); /* help comes all the same */
    load(&loaded, STDOUT_FILENO, "--help", NULL);
    assert_int_equal(loaded.outcome, CONFIG_ANSWERED);
    assert_non_null(strstr(loaded.output, "--test-address, TEST_ADDRESS"));
    assert_non_null(strstr(loaded.output, "--test-deadline-ms, TEST_DEADLINE_MS"));
    assert_non_null(strstr(loaded.output, "how much: debug, info (default: info)"));
}

static void secrets_are_taken_and_never_printed(void **state)
{
    (void)state;
    struct loaded loaded;
    setenv("TEST_TOKEN", "hush", 1);
    load(&loaded, STDOUT_FILENO, "--help", NULL);
    assert_non_null(strstr(loaded.output, "TEST_TOKEN\n      who may call (default: none)"));
    assert_null(strstr(loaded.output, "hush"));
    load(&loaded, STDERR_FILENO, "--test-token=hush-2", NULL);
    assert_int_equal(loaded.outcome, CONFIG_READY);
    assert_string_equal(loaded.settings.token, "hush-2");
    load(&loaded, STDERR_FILENO, "--test-tokn=hush", NULL);
    assert_bad(&loaded, "--test-tokn;", "--help");
    assert_null(strstr(loaded.output, "hush"));
}

static void version_is_printed(void **state)
{
    (void)state;
    struct loaded loaded;
    load(&loaded, STDOUT_FILENO, "--version", NULL);
    assert_int_equal(loaded.outcome, CONFIG_ANSWERED);
    assert_string_equal(loaded.output, "test-service 1.2.3\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(defaults_apply_without_settings, clear_environment),
        cmocka_unit_test_setup(flag_prevails_over_variable_over_default, clear_environment),
        cmocka_unit_test_setup(flag_takes_its_value_behind_an_equals_sign_too, clear_environment),
        cmocka_unit_test_setup(bad_number_is_named_with_its_limits, clear_environment),
        cmocka_unit_test_setup(bad_choice_is_named_with_the_choices, clear_environment),
        cmocka_unit_test_setup(empty_text_is_bad, clear_environment),
        cmocka_unit_test_setup(all_bad_variables_are_reported_at_once, clear_environment),
        cmocka_unit_test_setup(bad_flags_are_named, clear_environment),
        cmocka_unit_test_setup(help_lists_every_setting, clear_environment),
        cmocka_unit_test_setup(secrets_are_taken_and_never_printed, clear_environment),
        cmocka_unit_test_setup(version_is_printed, clear_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
