/* LD_PRELOAD for PostgreSQL: each flush of the WAL (fdatasync) takes FLUSH_DELAY_US longer, as on a
 * slower disk. Here sleeping is the purpose. */
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

enum { US_PER_S = 1000 * 1000, NS_PER_US = 1000 };

int fdatasync(int fildes)
{
    static int (*real)(int);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "fdatasync");
    const char *text = getenv("FLUSH_DELAY_US");
    long delay_us = text != NULL ? strtol(text, NULL, 10) : 0;
    struct timespec rest = {.tv_sec = delay_us / US_PER_S,
                            .tv_nsec = delay_us % US_PER_S * NS_PER_US};
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &rest, &rest) == EINTR)
        continue;
    return real(fildes);
}
