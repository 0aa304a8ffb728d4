#include "base/slab.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum { SLAB_CHUNK_OBJECT_COUNT = 64 };

struct slab_chunk {
    struct slab_chunk *next;
    alignas(max_align_t) char objects[];
};

void slab_init(struct slab *slab, size_t object_size, size_t count_max)
{
    size_t align = alignof(max_align_t);
    *slab = (struct slab){
        .object_size = (object_size + align - 1) / align * align,
        .count_max = count_max,
    };
}

void slab_free(struct slab *slab)
{
    assert(slab->taken_count == 0);
    struct slab_chunk *chunk = slab->chunk_first;
    while (chunk != NULL) {
        struct slab_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    slab_init(slab, slab->object_size, slab->count_max);
}

static void slab_link_free(struct slab *slab, void *object)
{
    memcpy(object, &slab->free_first, sizeof slab->free_first);
    slab->free_first = object;
}

static void slab_grow(struct slab *slab)
{
    struct slab_chunk *chunk = malloc(sizeof *chunk + slab->object_size * SLAB_CHUNK_OBJECT_COUNT);
    if (chunk == NULL)
        return;
    chunk->next = slab->chunk_first;
    slab->chunk_first = chunk;
    for (size_t i = 0; i < SLAB_CHUNK_OBJECT_COUNT; i++)
        slab_link_free(slab, chunk->objects + i * slab->object_size);
}

void *slab_take(struct slab *slab)
{
    if (slab->taken_count == slab->count_max)
        return NULL;
    if (slab->free_first == NULL)
        slab_grow(slab);
    void *object = slab->free_first;
    if (object == NULL)
        return NULL;
    memcpy(&slab->free_first, object, sizeof slab->free_first);
    memset(object, 0, slab->object_size);
    slab->taken_count++;
    return object;
}

void slab_put(struct slab *slab, void *object)
{
    assert(slab->taken_count != 0);
    slab->taken_count--;
    slab_link_free(slab, object);
}
