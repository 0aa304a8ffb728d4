#include "fuzz/pieces.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { PLAIN_SIZE_MAX = 127, LARGE_STEP = 256 };

struct pieces pieces_of(const uint8_t *input, size_t size)
{
    const char *text = (const char *)input;
    const char *end = size == 0 ? NULL : memchr(text, '\n', size);
    struct pieces pieces = {.plan = text, .plan_size = size};
    if (end != NULL) {
        pieces.plan_size = (size_t)(end - text);
        pieces.bytes = end + 1;
        pieces.size = size - pieces.plan_size - 1;
    }
    return pieces;
}

static size_t next_size(struct pieces *pieces)
{
    if (pieces->cutting == CUT_EVERYWHERE)
        return 1;
    if (pieces->cutting == CUT_NOWHERE || pieces->plan_size == 0)
        return pieces->size;
    unsigned char planned = (unsigned char)*pieces->plan++;
    pieces->plan_size--;
    size_t size =
        planned <= PLAIN_SIZE_MAX ? planned : (size_t)(planned - PLAIN_SIZE_MAX) * LARGE_STEP;
    return size < pieces->size ? size : pieces->size;
}

bool pieces_take(struct pieces *pieces, struct piece *piece)
{
    if (pieces->size == 0)
        return false;
    piece->size = next_size(pieces);
    piece->data = malloc(piece->size);
    assert(piece->data != NULL);
    if (piece->size != 0)
        memcpy(piece->data, pieces->bytes, piece->size);
    pieces->bytes += piece->size;
    pieces->size -= piece->size;
    return true;
}

void piece_drop(struct piece *piece)
{
    if (piece->size != 0)
        memset(piece->data, '?', piece->size);
    free(piece->data);
}
