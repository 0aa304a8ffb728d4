/* sim_log - reads what the services of a world log: an error is a failure of the world.
 *
 * Place   world -> [sim_log] -> sim.
 *
 * What recovery writes out at once (log_flush) stays in memory too: the linker puts sim_log between
 * (--wrap). */
#pragma once

#include "simulation/sim.h"

/* Reads all that was logged since the last time; prints it too if asked. */
void sim_log_check(struct sim *sim, bool is_verbose);
