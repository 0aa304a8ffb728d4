/* sim_clock - virtual time: a struct clock of lib/base whose "now" the simulation sets.
 *
 * Place   below all of the simulation; knows base only.
 * Units   *_ms: milliseconds of the world's time, or of a host's clock where it says so.
 *
 * All clocks of a world share one time; each has its own arbitrary start, as the monotonic clocks
 * of different machines have. Nothing sleeps: the world jumps to the next deadline. */
#pragma once

#include "base/clock.h"

struct sim_time {
    uint64_t now_ms;
};

struct sim_clock {
    struct clock clock;
    const struct sim_time *time;
    uint64_t offset_ms;
};

/* Borrows `time`; must stay where it is. */
void sim_clock_init(struct sim_clock *clock, const struct sim_time *time, uint64_t offset_ms);
/* Every timer must be stopped. */
void sim_clock_free(struct sim_clock *clock);

/* The world's moment of this clock's next deadline; UINT64_MAX without timers. */
uint64_t sim_clock_next_ms(const struct sim_clock *clock);

/* The world's moment of a moment of this clock. */
uint64_t sim_clock_to_world_ms(const struct sim_clock *clock, uint64_t moment_ms);
