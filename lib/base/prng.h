/* prng - a seeded pseudo-random generator for jitter, uids and trace ids; not for secrets.
 *
 * Place   below everything; knows nobody.
 * Source  xoshiro256** by Blackman and Vigna, seeded through splitmix64 (prng.di.unimi.it). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct prng {
    uint64_t state[4];
};

/* The same seed gives the same numbers: how a simulation replays. */
void prng_seed(struct prng *prng, uint64_t seed);

/* All 256 bits of state from the system's generator. STATUS_SYSTEM where it has none to give. */
enum status prng_seed_from_system(struct prng *prng) STATUS_MUST_CHECK;

uint64_t prng_next(struct prng *prng);

/* Uniform in 0 .. bound-1; bound must not be 0. */
uint64_t prng_below(struct prng *prng, uint64_t bound);

void prng_fill(struct prng *prng, void *bytes, size_t size);
