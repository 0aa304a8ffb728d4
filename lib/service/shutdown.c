#include "service/shutdown.h"

#include <signal.h>

/* libuv gives back a signal's default, which is to kill, when its handle is closed. Whatever comes
 * between that and the end of the process is dropped; blocked meanwhile, so that it meets no gap.
 */
static void ignore_further_signals(struct shutdown *shutdown)
{
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigset_t both;
    sigset_t before;
    sigemptyset(&both);
    sigaddset(&both, SIGTERM);
    sigaddset(&both, SIGINT);
    pthread_sigmask(SIG_BLOCK, &both, &before);
    uv_close((uv_handle_t *)&shutdown->on_term, NULL);
    uv_close((uv_handle_t *)&shutdown->on_int, NULL);
    sigaction(SIGTERM, &ignore, NULL);
    sigaction(SIGINT, &ignore, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void shutdown_now(struct shutdown *shutdown)
{
    if (shutdown->stopped)
        return;
    shutdown->stopped = true;
    timer_stop(&shutdown->loop->clock, &shutdown->timer);
    ignore_further_signals(shutdown);
    shutdown->steps.stop(shutdown->steps.context);
    loop_stop(shutdown->loop);
}

static void on_check(struct timer *timer, void *context)
{
    struct shutdown *shutdown = context;
    struct loop *loop = shutdown->loop;
    if (shutdown->steps.is_idle(shutdown->steps.context)) {
        shutdown_now(shutdown);
    } else if (clock_now_ms(&loop->clock) >= shutdown->deadline_ms) {
        log_write(loop->log, LOG_WARN, NULL,
                  "stopping with work unfinished: %llu ms were not enough to drain",
                  (unsigned long long)shutdown->patience_ms);
        shutdown_now(shutdown);
    } else {
        timer_start(&loop->clock, timer, SHUTDOWN_CHECK_MS);
    }
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct shutdown *shutdown = handle->data;
    struct loop *loop = shutdown->loop;
    uint64_t now_ms = clock_now_ms(&loop->clock);
    if (shutdown->repeat_from_ms != 0) {
        if (now_ms < shutdown->repeat_from_ms)
            return;
        log_write(loop->log, LOG_WARN, NULL, "signal %d again: stopping at once", number);
        shutdown_now(shutdown);
        return;
    }
    log_write(loop->log, LOG_INFO, NULL, "signal %d: draining", number);
    shutdown->repeat_from_ms = now_ms + SHUTDOWN_REPEAT_MS;
    shutdown->deadline_ms = now_ms + shutdown->patience_ms;
    shutdown->steps.drain(shutdown->steps.context);
    timer_start(&loop->clock, &shutdown->timer, 0);
}

enum status shutdown_init(struct shutdown *shutdown, struct loop *loop,
                          const struct shutdown_steps *steps, uint64_t patience_ms)
{
    *shutdown = (struct shutdown){.loop = loop, .steps = *steps, .patience_ms = patience_ms};
    timer_init(&shutdown->timer, on_check, shutdown);
    uv_signal_init(&loop->uv, &shutdown->on_term);
    uv_signal_init(&loop->uv, &shutdown->on_int);
    shutdown->on_term.data = shutdown;
    shutdown->on_int.data = shutdown;
    if (uv_signal_start(&shutdown->on_term, on_signal, SIGTERM) != 0 ||
        uv_signal_start(&shutdown->on_int, on_signal, SIGINT) != 0)
        return STATUS_SYSTEM;
    return STATUS_OK;
}
