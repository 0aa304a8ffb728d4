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
    struct log *log;
    instances_run_cb *run;
    void *context;
    sigset_t awaited;
    sigset_t original;
    pid_t pids[INSTANCES_COUNT_MAX]; /* 0: not running */
    bool is_stopping;
    int exit_code;
};

static void tell(struct instances *instances, enum log_level level, const char *what, int number,
                 int detail)
{
    log_write(instances->log, level, NULL, "instance %d of %d %s %d", number + 1, instances->count,
              what, detail);
    log_flush(instances->log);
}

_Noreturn static void be_instance(struct instances *instances, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
    sigprocmask(SIG_SETMASK, &instances->original, NULL);
    exit(instances->run(instances->context));
}

static void stop_all(struct instances *instances, int signal_number)
{
    instances->is_stopping = true;
    for (int i = 0; i < instances->count; i++) {
        if (instances->pids[i] != 0)
            kill(instances->pids[i], signal_number);
    }
}

static void fail(struct instances *instances)
{
    instances->exit_code = EXIT_FAILURE;
    if (!instances->is_stopping)
        stop_all(instances, SIGTERM);
}

static void start_instance(struct instances *instances, int number)
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        be_instance(instances, parent);
    if (pid < 0) {
        tell(instances, LOG_ERROR, "can't be started, error", number, errno);
        fail(instances);
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

static void note_end(struct instances *instances, int number, int status)
{
    instances->pids[number] = 0;
    if (WIFSIGNALED(status)) {
        tell(instances, LOG_ERROR, "was ended by signal", number, WTERMSIG(status));
        if (instances->is_stopping)
            instances->exit_code = EXIT_FAILURE;
    } else if (WEXITSTATUS(status) != 0 || !instances->is_stopping) {
        tell(instances, LOG_ERROR, "ended with exit code", number, WEXITSTATUS(status));
        fail(instances);
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

/* Waits for a signal; while an instance is missing no longer than until it is to be started again,
 * so that one that crashes at once does not keep the machine busy. */
static void await_signal(struct instances *instances)
{
    bool is_missing = !instances->is_stopping && running_count(instances) < instances->count;
    struct timespec delay = {.tv_sec = INSTANCES_RESTART_MS / 1000,
                             .tv_nsec = INSTANCES_RESTART_MS % 1000 * 1000000L};
    siginfo_t info = {.si_signo = 0};
    int got = is_missing ? sigtimedwait(&instances->awaited, &info, &delay)
                         : sigwaitinfo(&instances->awaited, &info);
    if (got == SIGCHLD) {
        reap(instances);
    } else if (got > 0) {
        bool is_from_terminal = got == SIGINT && info.si_code == SI_KERNEL;
        instances->is_stopping = true;
        if (!is_from_terminal)
            stop_all(instances, got);
    } else if (errno == EAGAIN) {
        start_missing(instances);
    }
}

int instances_run(int count, struct log *log, instances_run_cb *run, void *context)
{
    assert(count > 0 && count <= INSTANCES_COUNT_MAX);
    struct instances instances = {.count = count, .log = log, .run = run, .context = context};
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
