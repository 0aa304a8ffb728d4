#include "base/log.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

enum { OUTPUT_SIZE_MAX = 65536 };

static bool says_all_is_writable;

/* Takes the place of the C library's. */
int poll(struct pollfd *fds, nfds_t nfds, int timeout)
{
    struct timespec none = {0};
    if (!says_all_is_writable)
        return (int)syscall(SYS_ppoll, fds, nfds, timeout == 0 ? &none : NULL, NULL, 0);
    for (nfds_t i = 0; i < nfds; i++)
        fds[i].revents = POLLOUT;
    return (int)nfds;
}

/* A log that writes into a pipe, and what came out of it. */
struct bench {
    struct log log;
    int read_end;
    int write_end;
    char output[OUTPUT_SIZE_MAX + 1];
    size_t output_size;
};

static void bench_open(struct bench *bench, enum log_level level, enum log_format format)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    bench->read_end = ends[0];
    bench->write_end = ends[1];
    log_init(&bench->log, "order", level, format, ends[1]);
}

static const char *bench_read(struct bench *bench)
{
    log_flush(&bench->log);
    ssize_t size = read(bench->read_end, bench->output, OUTPUT_SIZE_MAX);
    bench->output_size = size < 0 ? 0 : (size_t)size;
    bench->output[bench->output_size] = '\0';
    return bench->output;
}

static void bench_close(struct bench *bench)
{
    log_free(&bench->log);
    close(bench->write_end);
    close(bench->read_end);
}

/* What follows the time, whose form is checked on the way. */
static const char *skip_time(const char *line)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd.dddZ ";
    for (size_t i = 0; i < sizeof form - 1; i++) {
        if (form[i] == 'd')
            assert_in_range(line[i], '0', '9');
        else
            assert_int_equal(line[i], form[i]);
    }
    return line + sizeof form - 1;
}

static void text_line_names_order_and_trace(void **state)
{
    (void)state;
    struct bench bench;
    const struct log_fields fields = {.order_id = 7, .trace_id = "0af7"};
    bench_open(&bench, LOG_INFO, LOG_FORMAT_TEXT);
    log_write(&bench.log, LOG_INFO, &fields, "Order Created (%s)", "PENDING");
    assert_string_equal(skip_time(bench_read(&bench)),
                        "info order: Order Created (PENDING) order_id=7 trace_id=0af7\n");
    log_write(&bench.log, LOG_WARN, NULL, "alone");
    assert_string_equal(skip_time(bench_read(&bench)), "warn order: alone\n");
    bench_close(&bench);
}

static void json_line_is_one_object(void **state)
{
    (void)state;
    struct bench bench;
    const struct log_fields fields = {.order_id = 7, .trace_id = "0af7"};
    bench_open(&bench, LOG_DEBUG, LOG_FORMAT_JSON);
    log_write(&bench.log, LOG_ERROR, &fields, "bad \"body\"\\ \n%s", "\xc3\xa4");
    const char *line = bench_read(&bench);
    assert_int_equal(line[bench.output_size - 1], '\n');
    json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(object);
    assert_string_equal(json_string_value(json_object_get(object, "level")), "error");
    assert_string_equal(json_string_value(json_object_get(object, "service")), "order");
    assert_string_equal(json_string_value(json_object_get(object, "message")),
                        "bad \"body\"\\ \n\xc3\xa4");
    assert_int_equal(json_integer_value(json_object_get(object, "order_id")), 7);
    assert_string_equal(json_string_value(json_object_get(object, "trace_id")), "0af7");
    assert_int_equal(strlen(json_string_value(json_object_get(object, "time"))), 24);
    json_decref(object);
    bench_close(&bench);
}

static void level_decides_what_is_written(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, LOG_WARN, LOG_FORMAT_TEXT);
    assert_false(log_is_on(&bench.log, LOG_INFO));
    log_write(&bench.log, LOG_DEBUG, NULL, "debug");
    log_write(&bench.log, LOG_INFO, NULL, "info");
    assert_string_equal(bench_read(&bench), "");
    log_write(&bench.log, LOG_WARN, NULL, "warn");
    assert_string_equal(skip_time(bench_read(&bench)), "warn order: warn\n");
    log_write(&bench.log, LOG_ERROR, NULL, "error");
    assert_string_equal(skip_time(bench_read(&bench)), "error order: error\n");
    bench_close(&bench);
}

static void one_message_stays_one_line(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, LOG_INFO, LOG_FORMAT_TEXT);
    log_write(&bench.log, LOG_INFO, NULL, "a\r\nb\x1b[0m\x7f");
    assert_string_equal(skip_time(bench_read(&bench)), "info order: a\\x0d\\x0ab\\x1b[0m\\x7f\n");
    bench_close(&bench);
}

/* A terminal obeys C1 controls too, and no JSON reader takes what is no UTF-8. */
static void what_is_no_text_is_escaped(void **state)
{
    static const struct {
        const char *message;
        const char *text;
        const char *json;
    } cases[] = {
        {"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x8d\x8e", "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x8d\x8e",
         "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x8d\x8e"},
        {"\xc2\x9b"
         "2J",
         "\\xc2\\x9b2J", "\\u00c2\\u009b2J"},
        {"\xff", "\\xff", "\\u00ff"},
        {"\xc3", "\\xc3", "\\u00c3"},
        {"\xc3(", "\\xc3(", "\\u00c3("},
        {"\xe2\x82", "\\xe2\\x82", "\\u00e2\\u0082"},
        {"\xc0\xaf", "\\xc0\\xaf", "\\u00c0\\u00af"},
        {"\xe0\x9f\xbf", "\\xe0\\x9f\\xbf", "\\u00e0\\u009f\\u00bf"},
        {"\xed\xa0\x80", "\\xed\\xa0\\x80", "\\u00ed\\u00a0\\u0080"},
        {"\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf", "\\u00f0\\u008f\\u00bf\\u00bf"},
        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", "\\u00f4\\u0090\\u0080\\u0080"},
        {"a\"\\b", "a\"\\b", "a\\\"\\\\b"},
    };
    struct bench bench;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char expected[128];
        bench_open(&bench, LOG_INFO, LOG_FORMAT_TEXT);
        log_write(&bench.log, LOG_INFO, NULL, "%s", cases[i].message);
        snprintf(expected, sizeof expected, "info order: %s\n", cases[i].text);
        assert_string_equal(skip_time(bench_read(&bench)), expected);
        bench_close(&bench);
        bench_open(&bench, LOG_INFO, LOG_FORMAT_JSON);
        log_write(&bench.log, LOG_INFO, NULL, "%s", cases[i].message);
        snprintf(expected, sizeof expected, "\"message\":\"%s\"}\n", cases[i].json);
        assert_non_null(strstr(bench_read(&bench), expected));
        json_t *object = json_loads(bench.output, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(object);
        json_decref(object);
        bench_close(&bench);
    }
}

/* Where a message is cut, a character may be cut too. */
static void cut_message_is_still_json(void **state)
{
    (void)state;
    struct bench bench;
    char message[LOG_MESSAGE_SIZE_MAX * 2] = "x";
    for (size_t i = 1; i + 3 < sizeof message; i += 3)
        memcpy(message + i, "\xe2\x82\xac", 4);
    for (size_t skipped = 0; skipped < 3; skipped++) {
        bench_open(&bench, LOG_INFO, LOG_FORMAT_JSON);
        log_write(&bench.log, LOG_INFO, NULL, "%.*s%s", (int)skipped, "xx", message);
        json_t *object = json_loads(bench_read(&bench), JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(object);
        json_decref(object);
        bench_close(&bench);
    }
}

static void terminal_gets_text_and_all_else_json(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, LOG_INFO, LOG_FORMAT_AUTO);
    log_write(&bench.log, LOG_INFO, NULL, "x");
    assert_int_equal(bench_read(&bench)[0], '{');
    bench_close(&bench);

    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
    int descriptor = open(ptsname(terminal), O_RDWR | O_NOCTTY);
    assert_true(descriptor >= 0);
    log_init(&bench.log, "order", LOG_INFO, LOG_FORMAT_AUTO, descriptor);
    log_write(&bench.log, LOG_INFO, NULL, "x");
    log_free(&bench.log);
    ssize_t size = read(terminal, bench.output, OUTPUT_SIZE_MAX);
    assert_true(size > 0);
    bench.output[size] = '\0';
    assert_string_equal(skip_time(bench.output), "info order: x\r\n");
    close(descriptor);
    close(terminal);
}

static void long_message_is_cut(void **state)
{
    (void)state;
    struct bench bench;
    char message[LOG_MESSAGE_SIZE_MAX * 2];
    memset(message, 'x', sizeof message - 1);
    message[sizeof message - 1] = '\0';
    bench_open(&bench, LOG_INFO, LOG_FORMAT_TEXT);
    log_write(&bench.log, LOG_INFO, NULL, "%s", message);
    const char *rest = skip_time(bench_read(&bench)) + strlen("info order: ");
    assert_int_equal(strspn(rest, "x"), LOG_MESSAGE_SIZE_MAX - 1);
    assert_string_equal(rest + LOG_MESSAGE_SIZE_MAX - 1, "\n");
    bench_close(&bench);
}

/* Reads everything that can still come out. Each line has one time, whose end is the only Z. */
static size_t count_whole_lines(struct bench *bench)
{
    size_t line_count = 0;
    size_t time_count = 0;
    while (*bench_read(bench) != '\0') {
        for (size_t i = 0; i < bench->output_size; i++) {
            line_count += bench->output[i] == '\n';
            time_count += bench->output[i] == 'Z';
            if (line_count > time_count)
                fail_msg("line %zu has no beginning", line_count);
        }
    }
    assert_int_equal(line_count, time_count);
    return line_count;
}

static void full_pipe_drops_whole_lines_and_tells_how_many(void **state)
{
    (void)state;
    enum { WRITTEN_COUNT = 40000 };
    struct bench *bench = malloc(sizeof *bench);
    assert_non_null(bench);
    bench_open(bench, LOG_INFO, LOG_FORMAT_TEXT);
    for (int i = 0; i < WRITTEN_COUNT; i++) {
        log_write(&bench->log, LOG_INFO, NULL, "line %d", i);
        log_flush(&bench->log);
    }
    uint64_t dropped_count = bench->log.dropped_count;
    assert_true(dropped_count > 0);
    size_t line_count = count_whole_lines(bench);
    assert_int_equal(line_count, WRITTEN_COUNT - dropped_count + 1);
    assert_int_equal(bench->log.dropped_count, 0);

    log_write(&bench->log, LOG_INFO, NULL, "again");
    assert_string_equal(skip_time(bench_read(bench)), "info order: again\n");
    bench_close(bench);
    free(bench);
}

/* Instances of one service share their parent's descriptor: the room that one of them has seen
 * there is taken by another. So a full one is said to have room, and no write may block. */
static void assert_never_blocks(const int ends[2])
{
    enum { WRITTEN_COUNT = 40000 };
    struct log log;
    log_init(&log, "order", LOG_INFO, LOG_FORMAT_TEXT, ends[1]);
    says_all_is_writable = true;
    for (int i = 0; i < WRITTEN_COUNT; i++) {
        log_write(&log, LOG_INFO, NULL, "line %d", i);
        log_flush(&log);
    }
    says_all_is_writable = false;
    assert_true(log.dropped_count > 0);
    assert_int_equal(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0); /* it is not only ours */
    log_free(&log);
    assert_int_equal(write(ends[1], "", 0), 0); /* and still open */
    close(ends[0]);
    close(ends[1]);
}

static void room_that_another_process_takes_blocks_nobody(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_never_blocks(ends);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_never_blocks(ends);
}

static void freeing_writes_what_is_left(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, LOG_INFO, LOG_FORMAT_TEXT);
    log_write(&bench.log, LOG_INFO, NULL, "last");
    log_free(&bench.log);
    ssize_t size = read(bench.read_end, bench.output, OUTPUT_SIZE_MAX);
    assert_true(size > 0);
    bench.output[size] = '\0';
    assert_string_equal(skip_time(bench.output), "info order: last\n");
    close(bench.write_end);
    close(bench.read_end);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_line_names_order_and_trace),
        cmocka_unit_test(json_line_is_one_object),
        cmocka_unit_test(level_decides_what_is_written),
        cmocka_unit_test(one_message_stays_one_line),
        cmocka_unit_test(what_is_no_text_is_escaped),
        cmocka_unit_test(cut_message_is_still_json),
        cmocka_unit_test(terminal_gets_text_and_all_else_json),
        cmocka_unit_test(long_message_is_cut),
        cmocka_unit_test(full_pipe_drops_whole_lines_and_tells_how_many),
        cmocka_unit_test(room_that_another_process_takes_blocks_nobody),
        cmocka_unit_test(freeing_writes_what_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
