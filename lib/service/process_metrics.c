#include "service/process_metrics.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { PATH_SIZE_MAX = 64, LINE_SIZE_MAX = 256 };

void process_metrics_start(struct process_metrics *metrics)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    metrics_set(&metrics->pid, (uint64_t)getpid());
    metrics_set(&metrics->start_ns,
                (uint64_t)now.tv_sec * METRICS_NS_PER_S + (uint64_t)now.tv_nsec);
}

static void write_path(char path[PATH_SIZE_MAX], uint64_t pid, const char *name)
{
    snprintf(path, PATH_SIZE_MAX, "/proc/%" PRIu64 "/%s", pid, name);
}

/* False: it has ended. One that its parent has not looked after yet has a file, but no memory.
 * Where no more files can be opened, the values stay what they were. */
static bool take_memory(struct process_metrics *metrics, uint64_t pid)
{
    char path[PATH_SIZE_MAX];
    write_path(path, pid, "statm");
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return errno != ENOENT;
    char line[LINE_SIZE_MAX] = "";
    bool is_read = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    char *end;
    uint64_t page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t virtual_pages = strtoull(line, &end, 10);
    metrics_set(&metrics->virtual_bytes, virtual_pages * page_bytes);
    metrics_set(&metrics->resident_bytes, strtoull(end, NULL, 10) * page_bytes);
    return is_read && virtual_pages != 0;
}

static void take_open_files(struct process_metrics *metrics, uint64_t pid)
{
    char path[PATH_SIZE_MAX];
    write_path(path, pid, "fd");
    DIR *folder = opendir(path);
    if (folder == NULL)
        return;
    uint64_t count = 0;
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder))
        count += entry->d_name[0] != '.' ? 1 : 0;
    closedir(folder);
    bool is_own = pid == (uint64_t)getpid(); /* then the folder itself is among them */
    metrics_set(&metrics->open_files, is_own ? count - 1 : count);
}

static void take_cpu_time(struct process_metrics *metrics, pid_t pid)
{
    clockid_t cpu_clock;
    struct timespec used;
    if (clock_getcpuclockid(pid, &cpu_clock) == 0 && clock_gettime(cpu_clock, &used) == 0)
        metrics_set(&metrics->cpu_ns,
                    (uint64_t)used.tv_sec * METRICS_NS_PER_S + (uint64_t)used.tv_nsec);
}

bool process_metrics_take(struct process_metrics *metrics)
{
    uint64_t pid = metrics_get(&metrics->pid);
    if (pid == 0 || !take_memory(metrics, pid))
        return false;
    take_open_files(metrics, pid);
    take_cpu_time(metrics, (pid_t)pid);
    struct rlimit files;
    if (prlimit((pid_t)pid, RLIMIT_NOFILE, NULL, &files) == 0)
        metrics_set(&metrics->open_file_count_max, files.rlim_cur);
    return true;
}
