/* host - the process around a service: log, random numbers, loop, start, drain and stop.
 *
 * Place      a service's app -> [host] -> base, json.
 * Thread     host_run() blocks until the service has stopped.
 * Ownership  The caller owns the host; its parts are valid from open() until host_run() returns. */
#pragma once

#include "base/log.h"
#include "base/loop.h"
#include "base/prng.h"
#include "service/meter.h"
#include "service/shutdown.h"

/* An instance that is not ready refuses what others on its port could do: so it starts to listen
 * when it is ready. */
enum { HOST_READY_CHECK_MS = 2, HOST_READY_PATIENCE_MS = 1000 };

struct host_settings {
    const char *name; /* "order": what the log calls the service */
    const char *version;
    const char *listen_address; /* for the log only */
    enum log_level log_level;
    enum log_format log_format;
    uint64_t drain_timeout_ms;
    int instance_count; /* processes that do all of this, each for itself */
    /* Starts everything but to serve. False: something failed and was logged; close() follows. */
    bool (*open)(void *app);
    /* Can it do its work? Asked every HOST_READY_CHECK_MS from then on. */
    bool (*is_ready)(void *app);
    /* Accepts clients from now on: it is ready; or it is not after HOST_READY_PATIENCE_MS, and
     * tells so to whoever asks. False: it can't, and that was logged; the service ends. Once. */
    bool (*listen)(void *app);
    /* A signal asks the service to stop: take no new work. */
    void (*drain)(void *app);
    /* Draining: has all accepted work ended? */
    bool (*is_idle)(void *app);
    /* Closes whatever open() has opened so far. Once. */
    void (*close)(void *app);
    void *app;
};

struct host {
    const struct host_settings *settings;
    struct log log;
    struct meter meter;
    struct prng prng;
    struct loop loop;
    struct loop_hook log_hook;
    struct shutdown shutdown;
    struct timer ready_timer;
    uint64_t listen_at_ms; /* ready or not */
    bool has_failed;
};

/* The process's exit code: 0 after a stop by signal, 1 where the service could not start or stop
 * cleanly. Borrows settings. */
int host_run(struct host *host, const struct host_settings *settings);

/* For open(): a setting whose value turned out to be of no use. Returns false. */
bool host_refuse_setting(struct host *host, const char *variable);
