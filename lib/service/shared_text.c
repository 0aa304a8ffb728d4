#include "service/shared_text.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>

struct copy {
    size_t size;
    char bytes[SHARED_TEXT_SIZE_MAX];
};

/* The version tells which copy is the text. A new one is written into the other, so whoever dies
 * while he writes leaves the text as it was. */
struct shared_text {
    pthread_mutex_t mutex;
    uint64_t version;
    struct copy copies[2];
};

/* Robust: an instance that is killed inside does not lock out the others
 * (pthread_mutexattr_setrobust(3)). */
static bool init_mutex(pthread_mutex_t *mutex)
{
    pthread_mutexattr_t attributes;
    if (pthread_mutexattr_init(&attributes) != 0)
        return false;
    bool is_made = pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) == 0 &&
                   pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST) == 0 &&
                   pthread_mutex_init(mutex, &attributes) == 0;
    pthread_mutexattr_destroy(&attributes);
    return is_made;
}

struct shared_text *shared_text_open(void)
{
    struct shared_text *text =
        mmap(NULL, sizeof *text, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (text == MAP_FAILED)
        return NULL;
    if (!init_mutex(&text->mutex)) {
        munmap(text, sizeof *text);
        return NULL;
    }
    return text;
}

void shared_text_close(struct shared_text *text)
{
    pthread_mutex_destroy(&text->mutex);
    munmap(text, sizeof *text);
}

static void lock(struct shared_text *text)
{
    int result = pthread_mutex_lock(&text->mutex);
    if (result == EOWNERDEAD)
        result = pthread_mutex_consistent(&text->mutex);
    assert(result == 0);
}

bool shared_text_set(struct shared_text *text, const char *bytes, size_t size)
{
    if (size > SHARED_TEXT_SIZE_MAX)
        return false;
    lock(text);
    uint64_t version = text->version + 1;
    struct copy *copy = &text->copies[version % 2];
    memcpy(copy->bytes, bytes, size);
    copy->size = size;
    __atomic_store_n(&text->version, version, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&text->mutex);
    return true;
}

uint64_t shared_text_version(const struct shared_text *text)
{
    return __atomic_load_n(&text->version, __ATOMIC_ACQUIRE);
}

uint64_t shared_text_read(struct shared_text *text, struct buffer *to)
{
    lock(text);
    uint64_t version = text->version;
    const struct copy *copy = &text->copies[version % 2];
    buffer_append(to, copy->bytes, copy->size);
    pthread_mutex_unlock(&text->mutex);
    return version;
}
