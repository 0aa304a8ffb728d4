#include "base/log.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

enum { OUTPUT_SIZE_MAX = 65536 };

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
        cmocka_unit_test(long_message_is_cut),
        cmocka_unit_test(full_pipe_drops_whole_lines_and_tells_how_many),
        cmocka_unit_test(freeing_writes_what_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
