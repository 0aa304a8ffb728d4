#include "base/backoff.h"

uint64_t backoff_delay_ms(struct prng *prng, uint64_t base_ms, uint64_t cap_ms,
                          unsigned failure_count)
{
    uint64_t limit_ms = base_ms;
    for (unsigned i = 0; i < failure_count && limit_ms < cap_ms; i++)
        limit_ms *= 2;
    if (limit_ms > cap_ms)
        limit_ms = cap_ms;
    return 1 + prng_below(prng, limit_ms);
}
