/* backoff - how long to wait before the next attempt: exponential, capped, with full jitter.
 *
 * Place   above base/prng; knows nobody else.
 * Source  "Exponential Backoff And Jitter", AWS Architecture Blog, 2015: full jitter spreads
 *         callers best after a common failure.
 * Units   *_ms: milliseconds. */
#pragma once

#include <stdint.h>

#include "base/prng.h"

/* Uniform in 1 .. min(cap_ms, base_ms * 2^failure_count). */
uint64_t backoff_delay_ms(struct prng *prng, uint64_t base_ms, uint64_t cap_ms,
                          unsigned failure_count);
