#include "base/prng.h"

#include <assert.h>
#include <string.h>
#include <sys/random.h>

static uint64_t rotate_left(uint64_t value, int bits)
{
    return (value << bits) | (value >> (64 - bits));
}

void prng_seed(struct prng *prng, uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        seed += 0x9e3779b97f4a7c15U;
        uint64_t mixed = seed;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
        prng->state[i] = mixed ^ (mixed >> 31);
    }
}

enum status prng_seed_from_system(struct prng *prng)
{
    ssize_t got = getrandom(prng->state, sizeof prng->state, 0);
    return got == (ssize_t)sizeof prng->state ? STATUS_OK : STATUS_SYSTEM;
}

uint64_t prng_next(struct prng *prng)
{
    uint64_t *s = prng->state;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate_left(s[3], 45);
    return result;
}

uint64_t prng_below(struct prng *prng, uint64_t bound)
{
    assert(bound != 0);
    /* Numbers below 2^64 mod bound are drawn again, so that none is likelier than another. */
    uint64_t threshold = (0 - bound) % bound;
    uint64_t drawn;
    do {
        drawn = prng_next(prng);
    } while (drawn < threshold);
    return drawn % bound;
}

void prng_fill(struct prng *prng, void *bytes, size_t size)
{
    char *to = bytes;
    while (size != 0) {
        uint64_t drawn = prng_next(prng);
        size_t part = size < sizeof drawn ? size : sizeof drawn;
        memcpy(to, &drawn, part);
        to += part;
        size -= part;
    }
}
