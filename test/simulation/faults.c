#include "simulation/faults.h"

/* A third of the kinds is absent, a third is rare. */
static unsigned draw(struct prng *prng, unsigned most)
{
    switch (prng_below(prng, 3)) {
    case 0:
        return 0;
    case 1:
        return 1 + (unsigned)prng_below(prng, 1 + most / 8);
    default:
        return 1 + (unsigned)prng_below(prng, most);
    }
}

struct sim_faults faults_draw(struct prng *prng)
{
    struct sim_faults faults;
#define SIM_FAULT_DRAW(name, most) faults.name = draw(prng, most);
    SIM_FAULT_MAP(SIM_FAULT_DRAW)
#undef SIM_FAULT_DRAW
    return faults;
}
