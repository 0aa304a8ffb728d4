/* LD_PRELOAD: the allocation number MALLOC_FAIL_AT fails once; 0 or none: all succeed. At the end
 * of the process the number of allocations goes to stderr. For single-threaded programs: a second
 * thread would only blur the counting. */
#include <dlfcn.h>
#include <errno.h>
#include <pwd.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static atomic_ulong allocation_count;
static unsigned long fail_at;
static bool is_exempt;

__attribute__((constructor)) static void read_settings(void)
{
    const char *text = getenv("MALLOC_FAIL_AT");
    fail_at = text != NULL ? strtoul(text, NULL, 10) : 0;
    atomic_store(&allocation_count, 0);
}

__attribute__((destructor)) static void report_count(void)
{
    unsigned long count = atomic_load(&allocation_count);
    fail_at = 0;
    fprintf(stderr, "malloc_fail: %lu allocations\n", count);
}

static bool must_fail(void)
{
    unsigned long number = atomic_fetch_add(&allocation_count, 1) + 1;
    if (fail_at == 0 || number != fail_at || is_exempt)
        return false;
    errno = ENOMEM;
    return true;
}

/* glibc's dlsym allocates nothing when it finds what it looks for. */
void *malloc(size_t size)
{
    static void *(*real)(size_t);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "malloc");
    return must_fail() ? NULL : real(size);
}

void *calloc(size_t nmemb, size_t size)
{
    static void *(*real)(size_t, size_t);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "calloc");
    return must_fail() ? NULL : real(nmemb, size);
}

void *realloc(void *ptr, size_t size)
{
    static void *(*real)(void *, size_t);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "realloc");
    return must_fail() ? NULL : real(ptr, size);
}

/* libpq asks for the user's name. glibc 2.36 crashes on its own if that finds no memory. */
int getpwuid_r(uid_t uid, struct passwd *resultbuf, char *buffer, size_t buflen,
               struct passwd **result)
{
    static int (*real)(uid_t, struct passwd *, char *, size_t, struct passwd **);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "getpwuid_r");
    is_exempt = true;
    int status = real(uid, resultbuf, buffer, buflen, result);
    is_exempt = false;
    return status;
}
