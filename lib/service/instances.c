#include "service/instances.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct instances {
    int count;
    uint64_t stop_timeout_ms;
    struct log *log;
    instances_run_cb *run;
    void *context;
    sigset_t awaited;
    sigset_t original;
    pid_t pids[INSTANCES_COUNT_MAX]; /* 0: not running */
    uint64_t started_ms;
    uint64_t kill_at_ms;
    bool is_stopping;
    int exit_code;
};

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void tell(struct instances *instances, enum log_level level, const char *what, int number,
                 int detail)
{
    log_write(instances->log, level, NULL, "instance %d of %d %s %d", number + 1, instances->count,
              what, detail);
    log_flush(instances->log);
}

_Noreturn static void be_instance(struct instances *instances, pid_t parent, int number)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
    sigprocmask(SIG_SETMASK, &instances->original, NULL);
    exit(instances->run(instances->context, number + 1));
}

static void signal_all(const struct instances *instances, int signal_number)
{
    for (int i = 0; i < instances->count; i++) {
        if (instances->pids[i] != 0)
            kill(instances->pids[i], signal_number);
    }
}

static void begin_stop(struct instances *instances)
{
    if (!instances->is_stopping)
        instances->kill_at_ms = now_ms() + instances->stop_timeout_ms;
    instances->is_stopping = true;
}

/* Where none has ever worked, trying again is of no use. */
static void note_failure(struct instances *instances)
{
    if (!instances->is_stopping && now_ms() >= instances->started_ms + INSTANCES_START_MS)
        return;
    instances->exit_code = EXIT_FAILURE;
    if (instances->is_stopping)
        return;
    begin_stop(instances);
    signal_all(instances, SIGTERM);
}

static void start_instance(struct instances *instances, int number)
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        be_instance(instances, parent, number);
    if (pid < 0) {
        tell(instances, LOG_ERROR, "can't be started, error", number, errno);
        note_failure(instances);
        return;
    }
    instances->pids[number] = pid;
    tell(instances, LOG_INFO, "is process", number, (int)pid);
}

static int find_instance(const struct instances *instances, pid_t pid)
{
    for (int i = 0; i < instances->count; i++) {
        if (instances->pids[i] == pid)
            return i;
    }
    return -1;
}

/* Told to stop before it could have handlers, so before it had any work. */
static bool has_not_begun(const struct instances *instances, int status)
{
    return instances->is_stopping && WIFSIGNALED(status) &&
           (WTERMSIG(status) == SIGTERM || WTERMSIG(status) == SIGINT);
}

static void note_end(struct instances *instances, int number, int status)
{
    instances->pids[number] = 0;
    if (has_not_begun(instances, status))
        return;
    if (WIFSIGNALED(status)) {
        tell(instances, LOG_ERROR, "was ended by signal", number, WTERMSIG(status));
        if (instances->is_stopping)
            instances->exit_code = EXIT_FAILURE;
    } else if (WEXITSTATUS(status) != 0 || !instances->is_stopping) {
        tell(instances, LOG_ERROR, "ended with exit code", number, WEXITSTATUS(status));
        note_failure(instances);
    }
}

static void reap(struct instances *instances)
{
    int status;
    for (pid_t pid = waitpid(-1, &status, WNOHANG); pid > 0; pid = waitpid(-1, &status, WNOHANG)) {
        int number = find_instance(instances, pid);
        if (number >= 0)
            note_end(instances, number, status);
    }
}

static int running_count(const struct instances *instances)
{
    int count = 0;
    for (int i = 0; i < instances->count; i++)
        count += instances->pids[i] != 0 ? 1 : 0;
    return count;
}

static void start_missing(struct instances *instances)
{
    for (int i = 0; i < instances->count && !instances->is_stopping; i++) {
        if (instances->pids[i] == 0)
            start_instance(instances, i);
    }
}

static void on_signal(struct instances *instances, const siginfo_t *info)
{
    bool is_from_terminal = info->si_signo == SIGINT && info->si_code == SI_KERNEL;
    begin_stop(instances);
    if (!is_from_terminal)
        signal_all(instances, info->si_signo);
}

/* How long nothing needs to be done. An instance is not started again at once, so that one that
 * crashes at once does not keep the machine busy. */
static uint64_t patience_ms(const struct instances *instances)
{
    if (!instances->is_stopping)
        return running_count(instances) < instances->count ? INSTANCES_RESTART_MS : UINT32_MAX;
    uint64_t now = now_ms();
    return instances->kill_at_ms > now ? instances->kill_at_ms - now : 0;
}

static void on_patience_end(struct instances *instances)
{
    if (instances->is_stopping && now_ms() >= instances->kill_at_ms) {
        log_write(instances->log, LOG_ERROR, NULL, "killing %d instances that did not stop in time",
                  running_count(instances));
        log_flush(instances->log);
        signal_all(instances, SIGKILL);
        instances->kill_at_ms = now_ms() + instances->stop_timeout_ms + INSTANCES_RESTART_MS;
    } else {
        start_missing(instances);
    }
}

static void await_signal(struct instances *instances)
{
    uint64_t delay_ms = patience_ms(instances);
    struct timespec delay = {.tv_sec = (time_t)(delay_ms / 1000),
                             .tv_nsec = (long)(delay_ms % 1000) * 1000000L};
    siginfo_t info = {.si_signo = 0};
    int got = sigtimedwait(&instances->awaited, &info, &delay);
    if (got == SIGCHLD)
        reap(instances);
    else if (got > 0)
        on_signal(instances, &info);
    else if (errno == EAGAIN)
        on_patience_end(instances);
}

/* Ignored, as a starter may leave it, it would never come, and the kernel would reap by itself. */
static void receive_child_signals(void)
{
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigaction(SIGCHLD, &usual, NULL);
}

int instances_run(int count, uint64_t stop_timeout_ms, struct log *log, instances_run_cb *run,
                  void *context)
{
    assert(count > 0 && count <= INSTANCES_COUNT_MAX);
    struct instances instances = {
        .count = count,
        .stop_timeout_ms = stop_timeout_ms,
        .log = log,
        .run = run,
        .context = context,
        .started_ms = now_ms(),
    };
    receive_child_signals();
    sigemptyset(&instances.awaited);
    sigaddset(&instances.awaited, SIGTERM);
    sigaddset(&instances.awaited, SIGINT);
    sigaddset(&instances.awaited, SIGCHLD);
    sigprocmask(SIG_BLOCK, &instances.awaited, &instances.original);
    start_missing(&instances);
    while (!instances.is_stopping || running_count(&instances) != 0)
        await_signal(&instances);
    return instances.exit_code;
}
