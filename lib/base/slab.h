/* slab - a free list of equal objects, so that the hot path does not call malloc.
 *
 * Place      below everything; knows nobody.
 * Ownership  An object taken belongs to the caller until it is put back. slab_free() needs all
 *            back.
 * Limits     At most count_max objects live at once; beyond that slab_take() gives NULL. */
#pragma once

#include <stddef.h>

struct slab {
    size_t object_size;
    size_t count_max;
    size_t taken_count;
    void *free_first; /* each free object's first bytes point to the next one */
    void *chunk_first;
};

void slab_init(struct slab *slab, size_t object_size, size_t count_max);
void slab_free(struct slab *slab);

/* Zeroed memory, aligned for any type; NULL at the limit or out of memory. */
void *slab_take(struct slab *slab);
void slab_put(struct slab *slab, void *object);
