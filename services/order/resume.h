/* resume - the operator lets a parked order be claimed again.
 *
 * Place      handler -> [resume] -> store (port), reply.
 * Thread     the loop thread only.
 * Ownership  Borrows everything given to resumes_init().
 * Limits     RESUME_COUNT_MAX calls under way. */
#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/slab.h"
#include "base/trace.h"
#include "order/reply.h"
#include "order/store.h"

enum { RESUME_COUNT_MAX = 64 };

struct resumes {
    struct clock *clock;
    struct log *log;
    const struct order_store *store;
    struct replier *replier;
    struct slab slab;
};

void resumes_init(struct resumes *resumes, struct clock *clock, struct log *log,
                  const struct order_store *store, struct replier *replier);
/* No call may be under way. */
void resumes_free(struct resumes *resumes);

/* Answers 200 with the order where it is unfinished, also where it was not parked and so is left
 * alone; 409 where it is final; 404 where there is none. */
void resume_answer(struct resumes *resumes, http_exchange_id exchange, int64_t id,
                   const struct trace *trace);
