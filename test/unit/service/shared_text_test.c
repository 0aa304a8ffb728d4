#include "service/shared_text.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { KILL_COUNT = 50, SET_COUNT = 20 };

static void assert_text(struct shared_text *text, const char *expected)
{
    struct buffer read;
    buffer_init(&read, SHARED_TEXT_SIZE_MAX);
    assert_int_equal(shared_text_read(text, &read), shared_text_version(text));
    assert_int_equal(read.size, strlen(expected));
    assert_memory_equal(read.data, expected, read.size);
    buffer_free(&read);
}

static bool set(struct shared_text *text, const char *bytes)
{
    return shared_text_set(text, bytes, strlen(bytes));
}

static void the_last_one_counts(void **state)
{
    (void)state;
    struct shared_text *text = shared_text_open();
    assert_int_equal(shared_text_version(text), 0);
    assert_true(set(text, "one"));
    uint64_t first = shared_text_version(text);
    assert_int_not_equal(first, 0);
    assert_true(set(text, "another"));
    assert_int_not_equal(shared_text_version(text), first);
    assert_text(text, "another");
    shared_text_close(text);
}

static void a_longer_one_than_it_takes_changes_nothing(void **state)
{
    (void)state;
    static const char bytes[SHARED_TEXT_SIZE_MAX + 1];
    struct shared_text *text = shared_text_open();
    assert_true(set(text, "stays"));
    assert_false(shared_text_set(text, bytes, sizeof bytes));
    assert_text(text, "stays");
    assert_true(shared_text_set(text, bytes, sizeof bytes - 1));
    shared_text_close(text);
}

static void what_a_child_sets_its_parent_reads(void **state)
{
    (void)state;
    struct shared_text *text = shared_text_open();
    pid_t child = fork();
    if (child == 0)
        _exit(set(text, "from the child") ? 0 : 1);
    int end = 1;
    assert_int_equal(waitpid(child, &end, 0), child);
    assert_int_equal(end, 0);
    assert_text(text, "from the child");
    shared_text_close(text);
}

static void set_for_ever(struct shared_text *text)
{
    for (;;) {
        if (!set(text, "by one who is going to be killed"))
            _exit(1);
    }
}

static void one_who_is_killed_locks_out_nobody(void **state)
{
    (void)state;
    struct shared_text *text = shared_text_open();
    for (int i = 0; i < KILL_COUNT; i++) {
        uint64_t before = shared_text_version(text);
        pid_t child = fork();
        if (child == 0)
            set_for_ever(text);
        while (shared_text_version(text) < before + SET_COUNT)
            ; /* the child is at it */
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
        assert_true(set(text, "still here"));
        assert_text(text, "still here");
    }
    shared_text_close(text);
}

/* It dies in the midst of the copy: what it copies from ends in a page that must not be read. */
static void die_while_setting(struct shared_text *text)
{
    static const struct rlimit no_core = {0};
    size_t page_size = (size_t)sysconf(_SC_PAGESIZE);
    char *pages =
        mmap(NULL, 2 * page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || mprotect(pages + page_size, page_size, PROT_NONE) != 0)
        _exit(1);
    setrlimit(RLIMIT_CORE, &no_core);
    signal(SIGSEGV, SIG_DFL); /* no sanitizer's report */
    shared_text_set(text, pages + page_size - 100, 200);
    _exit(1);
}

static void one_who_dies_while_he_sets_changes_nothing(void **state)
{
    (void)state;
    struct shared_text *text = shared_text_open();
    assert_true(set(text, "stays"));
    uint64_t version = shared_text_version(text);
    pid_t child = fork();
    if (child == 0)
        die_while_setting(text);
    int end = 0;
    assert_int_equal(waitpid(child, &end, 0), child);
    assert_true(WIFSIGNALED(end) && WTERMSIG(end) == SIGSEGV);
    assert_true(shared_text_version(text) == version);
    assert_text(text, "stays");
    assert_true(set(text, "another"));
    assert_text(text, "another");
    shared_text_close(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_one_counts),
        cmocka_unit_test(a_longer_one_than_it_takes_changes_nothing),
        cmocka_unit_test(what_a_child_sets_its_parent_reads),
        cmocka_unit_test(one_who_is_killed_locks_out_nobody),
        cmocka_unit_test(one_who_dies_while_he_sets_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
