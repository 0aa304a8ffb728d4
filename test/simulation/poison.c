#include "simulation/poison.h"

static bool draw(const struct sim *sim, int64_t order_id, enum poison_moment *moment)
{
    if (sim->poison_per_mille == 0)
        return false;
    struct prng prng;
    prng_seed(&prng, sim->seed + ((uint64_t)order_id << 32));
    *moment = prng_below(&prng, 2) == 0 ? POISON_CALLING : POISON_ANSWERED;
    return prng_below(&prng, 1000) < sim->poison_per_mille;
}

bool poison_is_in(const struct sim *sim, int64_t order_id)
{
    enum poison_moment moment;
    return draw(sim, order_id, &moment);
}

bool poison_strikes(struct sim_host *host, int64_t order_id, enum poison_moment moment)
{
    enum poison_moment own;
    if (!draw(host->sim, order_id, &own) || own != moment)
        return false;
    host->is_crash_due = true;
    sim_tell(host->sim, host->number, order_id, "is crashed by the order", NULL, 0);
    return true;
}
