/* LD_PRELOAD: counts the calls of malloc, calloc and realloc in a file, for others to read while
 * the program runs. The file is named by MALLOC_COUNT_FILE and has room for one 64-bit number. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static _Atomic uint64_t count_before_file;
static _Atomic uint64_t *allocation_count = &count_before_file;

__attribute__((constructor)) static void map_count_file(void)
{
    const char *path = getenv("MALLOC_COUNT_FILE");
    int file = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *mapped =
        mmap(NULL, sizeof *allocation_count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (mapped != MAP_FAILED)
        allocation_count = mapped;
}

static void count_allocation(void)
{
    atomic_fetch_add_explicit(allocation_count, 1, memory_order_relaxed);
}

/* glibc's dlsym allocates nothing when it finds what it looks for. */
void *malloc(size_t size)
{
    static void *(*real)(size_t);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "malloc");
    count_allocation();
    return real(size);
}

void *calloc(size_t nmemb, size_t size)
{
    static void *(*real)(size_t, size_t);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "calloc");
    count_allocation();
    return real(nmemb, size);
}

void *realloc(void *ptr, size_t size)
{
    static void *(*real)(void *, size_t);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "realloc");
    count_allocation();
    return real(ptr, size);
}
