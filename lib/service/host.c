#include "service/host.h"

#include <signal.h>
#include <unistd.h>

#include "service/instances.h"
#include "json/fields.h"

/* Beyond the time to drain: an instance that still runs then does not work any more. */
enum { KILL_AFTER_MS = 2000 };

/* A client that has gone is an error of the write, and so is a log that may not grow any more. */
static void ignore_signals_of_writes(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL);
}

/* It has none itself, but as a container's first process it is given those whose parent has ended.
 */
static void leave_children_to_the_kernel(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGCHLD, &ignore, NULL);
}

static void flush_log(void *context)
{
    log_flush(context);
}

static void stop_serving(void *context)
{
    struct host *host = context;
    timer_stop(&host->loop.clock, &host->ready_timer);
    host->settings->close(host->settings->app);
}

static void drain(void *context)
{
    struct host *host = context;
    timer_stop(&host->loop.clock, &host->ready_timer);
    host->settings->drain(host->settings->app);
}

static bool is_idle(void *context)
{
    const struct host *host = context;
    return host->settings->is_idle(host->settings->app);
}

static bool start_shutdown(struct host *host)
{
    struct shutdown_steps steps = {
        .drain = drain,
        .is_idle = is_idle,
        .stop = stop_serving,
        .context = host,
    };
    return shutdown_init(&host->shutdown, &host->loop, &steps, host->settings->drain_timeout_ms) ==
           STATUS_OK;
}

static void listen_when_ready(struct timer *timer, void *context)
{
    struct host *host = context;
    const struct host_settings *settings = host->settings;
    struct clock *clock = &host->loop.clock;
    if (!settings->is_ready(settings->app) && clock_now_ms(clock) < host->listen_at_ms) {
        timer_start(clock, timer, HOST_READY_CHECK_MS);
        return;
    }
    if (settings->listen(settings->app)) {
        log_write(&host->log, LOG_INFO, NULL, "serving on %s", settings->listen_address);
        return;
    }
    host->has_failed = true;
    shutdown_now(&host->shutdown);
}

static bool serve(struct host *host)
{
    const struct host_settings *settings = host->settings;
    timer_init(&host->ready_timer, listen_when_ready, host);
    if (!settings->open(settings->app) || !start_shutdown(host)) {
        settings->close(settings->app);
        return false;
    }
    host->listen_at_ms = clock_now_ms(&host->loop.clock) + HOST_READY_PATIENCE_MS;
    timer_start(&host->loop.clock, &host->ready_timer, 0);
    loop_run(&host->loop);
    return !host->has_failed;
}

static int run_instance(void *context, int number)
{
    struct host *host = context;
    meter_be_instance(&host->meter, number);
    host->log.metrics = &host->meter.metrics->log;
    leave_children_to_the_kernel();
    if (prng_seed_from_system(&host->prng) != STATUS_OK ||
        loop_init(&host->loop, &host->log) != STATUS_OK) {
        log_write(&host->log, LOG_ERROR, NULL, "the system gives no random numbers or no loop");
        log_flush(&host->log);
        return 1;
    }
    host->loop.metrics = &host->meter.metrics->loop;
    json_seed_hashes(prng_next(&host->prng));
    loop_add_hook(&host->loop, LOOP_PHASE_LOG, &host->log_hook, flush_log, &host->log);
    bool has_served = serve(host);
    enum status closed = loop_close(&host->loop);
    if (closed != STATUS_OK)
        log_write(&host->log, LOG_ERROR, NULL, "a handle was left open: %s", status_text(closed));
    log_write(&host->log, LOG_INFO, NULL, has_served ? "stopped" : "not started");
    log_flush(&host->log);
    return has_served && closed == STATUS_OK ? 0 : 1;
}

int host_run(struct host *host, const struct host_settings *settings)
{
    host->settings = settings;
    ignore_signals_of_writes();
    log_init(&host->log, settings->name, settings->log_level, settings->log_format, STDERR_FILENO);
    int count = settings->instance_count;
    if (meter_open(&host->meter, settings->name, settings->version, count) != STATUS_OK) {
        log_write(&host->log, LOG_ERROR, NULL, "no memory for the metrics");
        log_free(&host->log);
        return 1;
    }
    host->log.metrics = &host->meter.metrics->log;
    uint64_t stop_timeout_ms = settings->drain_timeout_ms + KILL_AFTER_MS;
    int exit_code = count == 1
                        ? run_instance(host, 1)
                        : instances_run(count, stop_timeout_ms, &host->log, run_instance, host);
    log_free(&host->log);
    meter_close(&host->meter);
    return exit_code;
}

bool host_refuse_setting(struct host *host, const char *variable)
{
    log_write(&host->log, LOG_ERROR, NULL, "%s can't be used as it is set", variable);
    return false;
}
