#include "simulation/sim_clock.h"

static uint64_t now_ms(void *context)
{
    const struct sim_clock *clock = context;
    return clock->time->now_ms + clock->offset_ms;
}

void sim_clock_init(struct sim_clock *clock, const struct sim_time *time, uint64_t offset_ms)
{
    clock->time = time;
    clock->offset_ms = offset_ms;
    clock_init(&clock->clock, now_ms, clock);
}

void sim_clock_free(struct sim_clock *clock)
{
    clock_free(&clock->clock);
}

uint64_t sim_clock_to_world_ms(const struct sim_clock *clock, uint64_t moment_ms)
{
    return moment_ms > clock->offset_ms ? moment_ms - clock->offset_ms : 0;
}

uint64_t sim_clock_next_ms(const struct sim_clock *clock)
{
    uint64_t deadline_ms = clock_next_deadline_ms(&clock->clock);
    return deadline_ms == UINT64_MAX ? UINT64_MAX : sim_clock_to_world_ms(clock, deadline_ms);
}
