#include "service/logbook.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

enum { READ_LINE_COUNT = 20000 };

/* A log that goes nowhere but into the book. */
struct desk {
    struct logbook *logbook;
    struct log log;
    int descriptor;
    struct buffer text;
};

static void desk_open(struct desk *desk)
{
    desk->logbook = logbook_open();
    assert_non_null(desk->logbook);
    desk->descriptor = open("/dev/null", O_WRONLY);
    log_init(&desk->log, "order", LOG_INFO, LOG_FORMAT_TEXT, desk->descriptor);
    logbook_listen(desk->logbook, &desk->log);
    buffer_init(&desk->text, LOGBOOK_JSON_SIZE_MAX);
}

static void desk_close(struct desk *desk)
{
    buffer_free(&desk->text);
    log_free(&desk->log);
    close(desk->descriptor);
    logbook_close(desk->logbook);
}

static void write_line(struct desk *desk, int64_t order_id, const char *message)
{
    const struct log_fields fields = {.order_id = order_id, .trace_id = "0af7"};
    log_write(&desk->log, LOG_INFO, &fields, "%s", message);
    log_flush(&desk->log);
}

/* The lines about an order; the caller frees them. */
static json_t *read_lines(struct desk *desk, int64_t order_id)
{
    buffer_clear(&desk->text);
    logbook_write(desk->logbook, order_id, &desk->text);
    assert_false(desk->text.failed);
    json_t *lines = json_loadb(desk->text.data, desk->text.size, JSON_REJECT_DUPLICATES, NULL);
    assert_true(json_is_array(lines));
    return lines;
}

static const char *field(const json_t *lines, size_t place, const char *name)
{
    return json_string_value(json_object_get(json_array_get(lines, place), name));
}

static void an_orders_lines_are_kept_in_their_order(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk);
    write_line(&desk, 7, "first \"quoted\"");
    write_line(&desk, 8, "of another");
    log_write(&desk.log, LOG_INFO, NULL, "of none");
    write_line(&desk, 0, "of none either");
    log_write(&desk.log, LOG_DEBUG, &(struct log_fields){.order_id = 7}, "too quiet");
    write_line(&desk, 7, "second");
    json_t *lines = read_lines(&desk, 7);
    assert_int_equal(json_array_size(lines), 2);
    assert_string_equal(field(lines, 0, "message"), "first \"quoted\"");
    assert_string_equal(field(lines, 0, "level"), "info");
    assert_string_equal(field(lines, 0, "service"), "order");
    assert_string_equal(field(lines, 0, "trace_id"), "0af7");
    assert_int_equal(strlen(field(lines, 0, "time")), 27);
    assert_string_equal(field(lines, 1, "message"), "second");
    json_decref(lines);
    lines = read_lines(&desk, 0);
    assert_int_equal(json_array_size(lines), 0);
    json_decref(lines);
    desk_close(&desk);
}

static void what_a_child_logs_its_parent_reads(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk);
    pid_t child = fork();
    if (child == 0) {
        write_line(&desk, 7, "from the child");
        _exit(0);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    json_t *lines = read_lines(&desk, 7);
    assert_string_equal(field(lines, 0, "message"), "from the child");
    json_decref(lines);
    desk_close(&desk);
}

static void the_oldest_lines_make_room(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk);
    write_line(&desk, 7, "forgotten");
    write_line(&desk, 8, "kept");
    for (int i = 0; i < LOGBOOK_LINE_COUNT_MAX - 1; i++)
        write_line(&desk, 9, "crowd");
    json_t *lines = read_lines(&desk, 7);
    assert_int_equal(json_array_size(lines), 0);
    json_decref(lines);
    lines = read_lines(&desk, 8);
    assert_int_equal(json_array_size(lines), 1);
    json_decref(lines);
    lines = read_lines(&desk, 9);
    assert_int_equal(json_array_size(lines), LOGBOOK_ORDER_LINE_COUNT_MAX);
    json_decref(lines);
    desk_close(&desk);
}

/* The most that there can be fits the size that callers reserve; a character is not cut. */
static void long_lines_are_cut(void **state)
{
    (void)state;
    struct desk desk;
    char message[LOGBOOK_MESSAGE_SIZE_MAX + 2];
    desk_open(&desk);
    memset(message, '\x01', sizeof message - 1);
    message[sizeof message - 1] = '\0';
    for (int i = 0; i < LOGBOOK_ORDER_LINE_COUNT_MAX; i++)
        write_line(&desk, INT64_MAX, message);
    json_t *lines = read_lines(&desk, INT64_MAX);
    assert_int_equal(strlen(field(lines, 0, "message")), LOGBOOK_MESSAGE_SIZE_MAX);
    json_decref(lines);
    memset(message, 'a', LOGBOOK_MESSAGE_SIZE_MAX - 1);
    memcpy(message + LOGBOOK_MESSAGE_SIZE_MAX - 1, "\xc3\xa4", 3);
    write_line(&desk, 7, message);
    lines = read_lines(&desk, 7);
    assert_int_equal(strlen(field(lines, 0, "message")), LOGBOOK_MESSAGE_SIZE_MAX - 1);
    json_decref(lines);
    desk_close(&desk);
}

/* Each line of one letter; what stood in its place before was of another one. */
static void write_for_ever(struct desk *desk)
{
    char message[LOGBOOK_MESSAGE_SIZE_MAX + 1] = {0};
    for (size_t i = 0;; i++) {
        memset(message, 'a' + (int)(i / 1000 % 26), sizeof message - 1);
        write_line(desk, 7, message);
    }
}

static void assert_whole(const json_t *lines)
{
    for (size_t i = 0; i < json_array_size(lines); i++) {
        const char *message = field(lines, i, "message");
        assert_int_equal(strlen(message), LOGBOOK_MESSAGE_SIZE_MAX);
        assert_int_equal(strspn(message, (char[]){message[0], '\0'}), LOGBOOK_MESSAGE_SIZE_MAX);
    }
}

static void a_line_that_is_being_written_is_not_read(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk);
    pid_t child = fork();
    if (child == 0)
        write_for_ever(&desk);
    size_t line_count = 0;
    while (line_count < READ_LINE_COUNT) {
        json_t *lines = read_lines(&desk, 7);
        assert_whole(lines);
        line_count += json_array_size(lines);
        json_decref(lines);
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_orders_lines_are_kept_in_their_order),
        cmocka_unit_test(what_a_child_logs_its_parent_reads),
        cmocka_unit_test(the_oldest_lines_make_room),
        cmocka_unit_test(long_lines_are_cut),
        cmocka_unit_test(a_line_that_is_being_written_is_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
