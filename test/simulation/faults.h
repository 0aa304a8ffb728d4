/* faults - how bad the weather is in one world: the chance of each fault, a part in a thousand.
 *
 * Place   below the twins; knows base only.
 *
 * Each world draws its own: most kinds of fault are absent, rare or frequent by chance, so that
 * also what only happens among few other faults is seen. */
#pragma once

#include <stdint.h>

#include "base/prng.h"

/* name, the most that a world may have of it, of 1000 */
#define SIM_FAULT_MAP(X)                                                                           \
    X(database_refused, 40)          /* refused at submit */                                       \
    X(database_surely_not, 60)       /* accepted, and surely not done */                           \
    X(database_request_lost, 60)     /* not done, outcome unknown */                               \
    X(database_answer_lost, 100)     /* done, outcome unknown */                                   \
    X(database_late, 40)             /* outcome unknown, and done some time later */               \
    X(database_slow, 100)            /* takes seconds */                                           \
    X(database_row_locked, 100)      /* a sweep skips the row */                                   \
    X(payment_overloaded, 20)        /* refused at submit */                                       \
    X(payment_not_sent, 120)         /* the connection is refused */                               \
    X(payment_request_lost, 200)     /* never arrives */                                           \
    X(payment_answer_lost, 200)      /* is done, and nobody hears of it */                         \
    X(payment_duplicated, 200)       /* arrives twice or three times */                            \
    X(payment_slow, 200)             /* takes seconds */                                           \
    X(payment_very_late, 60)         /* takes up to a minute, when nobody waits any more */        \
    X(payment_reset, 60)             /* the connection breaks while waiting */                     \
    X(payment_error_before, 100)     /* 500, and nothing recorded */                               \
    X(payment_error_after, 100)      /* 500, but recorded */                                       \
    X(payment_unavailable_after, 60) /* 503, but recorded */                                       \
    X(payment_busy, 200)             /* says so, and nothing recorded by this message */           \
    X(host_crash, 4)                 /* in place of the delivery of an answer */

struct sim_faults {
#define SIM_FAULT_FIELD(name, most) unsigned name;
    SIM_FAULT_MAP(SIM_FAULT_FIELD)
#undef SIM_FAULT_FIELD
};

struct sim_faults faults_draw(struct prng *prng);
