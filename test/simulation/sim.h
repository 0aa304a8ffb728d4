/* sim - what all parts of one simulated world share: time, chance, faults, story, first failure.
 *
 * Place   twins, checker, clients, world -> [sim] -> sim_clock, story. */
#pragma once

#include <stdbool.h>

#include "base/log.h"
#include "base/prng.h"
#include "simulation/bugs.h"
#include "simulation/faults.h"
#include "simulation/sim_clock.h"
#include "simulation/story.h"

enum { SIM_FAILURE_SIZE_MAX = 256 };

struct checker;

struct sim {
    uint64_t seed;
    struct sim_time time;
    struct sim_clock clock; /* the world's own events: messages, arrivals, crashes */
    struct prng prng;       /* all chance of the world, the services' jitter included */
    struct sim_faults faults;
    enum sim_bug bug;
    unsigned key_per_mille;    /* of the orders, with an Idempotency-Key */
    unsigned poison_per_mille; /* of the orders, until the operator comes */
    struct log log;            /* of all hosts */
    struct story *story;
    struct checker *checker;
    bool is_failed;
    int64_t failed_order_id;
    char failure[SIM_FAILURE_SIZE_MAX];
};

bool sim_chance(struct sim *sim, unsigned per_mille);
/* Uniform in low .. high. */
uint64_t sim_between(struct sim *sim, uint64_t low, uint64_t high);

void sim_start(struct sim *sim, struct timer *timer, uint64_t delay_ms);
void sim_tell(struct sim *sim, int host, int64_t order_id, const char *what, const char *detail,
              int32_t number);

/* Only the first failure is kept; the world ends soon after it. */
void sim_fail(struct sim *sim, int64_t order_id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
