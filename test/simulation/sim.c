#include "simulation/sim.h"

#include <stdarg.h>
#include <stdio.h>

bool sim_chance(struct sim *sim, unsigned per_mille)
{
    return per_mille != 0 && prng_below(&sim->prng, 1000) < per_mille;
}

uint64_t sim_between(struct sim *sim, uint64_t low, uint64_t high)
{
    return low + prng_below(&sim->prng, high - low + 1);
}

void sim_start(struct sim *sim, struct timer *timer, uint64_t delay_ms)
{
    timer_start(&sim->clock.clock, timer, delay_ms);
}

void sim_tell(struct sim *sim, int host, int64_t order_id, const char *what, const char *detail,
              int32_t number)
{
    story_tell(sim->story, (struct story_line){
                               .at_ms = sim->time.now_ms,
                               .order_id = order_id,
                               .host = host,
                               .number = number,
                               .what = what,
                               .detail = detail,
                           });
}

void sim_fail(struct sim *sim, int64_t order_id, const char *format, ...)
{
    if (sim->is_failed)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sim->failure, sizeof sim->failure, format, arguments);
    va_end(arguments);
    sim->is_failed = true;
    sim->failed_order_id = order_id;
}
