/* trouble - what befalls a world now and then: crashes, stops, freezes and outages.
 *
 * Place   world -> [trouble] -> instance, sim_store, sim_payment. */
#pragma once

#include "simulation/world.h"

/* From now on, until trouble_end(). */
void trouble_start(struct world *world);

/* The calm: no fault of any kind, and everybody is up again. */
void trouble_end(struct world *world);
