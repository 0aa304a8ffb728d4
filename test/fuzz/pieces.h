/* pieces - an input as the bytes of a connection, and how they are cut.
 *
 * Place      the HTTP fuzzers -> [pieces].
 * Ownership  Borrows the input. A piece is the taker's until it is dropped; it ends where its
 *            memory ends, and its bytes change when it is dropped, so that whatever reads too far,
 *            or still points there, shows.
 *
 * The input's first line is the plan, what follows are the bytes. Each byte of the plan is the size
 * of a piece: up to 127 as it is, the others count 256 bytes each, from 128 as the first. A piece
 * of size 0 is a pause. What the plan leaves is the last piece, so an empty line cuts nothing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cutting { CUT_NOWHERE, CUT_AS_PLANNED, CUT_EVERYWHERE };

struct pieces {
    const char *plan;
    size_t plan_size;
    const char *bytes;
    size_t size;
    enum cutting cutting; /* may be set until the first piece is taken */
};

struct piece {
    char *data;
    size_t size;
};

/* CUT_NOWHERE. */
struct pieces pieces_of(const uint8_t *input, size_t size);

/* False where nothing is left. */
bool pieces_take(struct pieces *pieces, struct piece *piece);
void piece_drop(struct piece *piece);
