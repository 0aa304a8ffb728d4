#include "service/shutdown.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

struct service {
    struct log log;
    struct loop loop;
    struct shutdown shutdown;
    int drain_count;
    int stop_count;
    bool is_idle;
};

static void drain(void *context)
{
    struct service *service = context;
    service->drain_count++;
}

static bool is_idle(void *context)
{
    const struct service *service = context;
    return service->is_idle;
}

static void stop(void *context)
{
    struct service *service = context;
    service->stop_count++;
}

static int setup(void **state)
{
    static struct service service;
    service = (struct service){0};
    int descriptor = open("/dev/null", O_WRONLY | O_CLOEXEC);
    log_init(&service.log, "test", LOG_DEBUG, LOG_FORMAT_TEXT, descriptor);
    if (loop_init(&service.loop, &service.log) != STATUS_OK)
        return -1;
    const struct shutdown_steps steps = {
        .drain = drain, .is_idle = is_idle, .stop = stop, .context = &service};
    *state = &service;
    return shutdown_init(&service.shutdown, &service.loop, &steps, 60000) == STATUS_OK ? 0 : -1;
}

static int teardown(void **state)
{
    struct service *service = *state;
    enum status status = loop_close(&service->loop);
    close(service->log.descriptor);
    log_free(&service->log);
    return status == STATUS_OK ? 0 : -1;
}

static void one_signal_drains_and_then_stops(void **state)
{
    struct service *service = *state;
    raise(SIGTERM);
    while (service->drain_count == 0)
        uv_run(&service->loop.uv, UV_RUN_ONCE);
    assert_int_equal(service->stop_count, 0);
    service->is_idle = true;
    loop_run(&service->loop);
    assert_int_equal(service->drain_count, 1);
    assert_int_equal(service->stop_count, 1);
}

static bool is_repeat_time(const struct service *service)
{
    return clock_now_ms(&service->loop.clock) >= service->shutdown.repeat_from_ms;
}

static void second_signal_stops_and_further_ones_are_ignored(void **state)
{
    struct service *service = *state;
    raise(SIGTERM);
    raise(SIGINT);
    while (service->drain_count == 0 || !is_repeat_time(service)) {
        uv_run(&service->loop.uv, UV_RUN_ONCE);
        assert_int_equal(service->stop_count, 0); /* the stop of a group arrives twice */
    }
    raise(SIGTERM);
    loop_run(&service->loop);
    assert_int_equal(service->drain_count, 1);
    assert_int_equal(service->stop_count, 1);
    raise(SIGTERM);
    raise(SIGINT);
    uv_run(&service->loop.uv, UV_RUN_NOWAIT);
    raise(SIGTERM);
    assert_int_equal(service->stop_count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_signal_drains_and_then_stops),
        TEST(second_signal_stops_and_further_ones_are_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
