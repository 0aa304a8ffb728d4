/* tally - an event that strangers can cause in thousands, told in one line of the log now and then.
 *
 * Place      above base/clock and base/log.
 * Thread     the loop thread only.
 * Ownership  Borrows clock, log and text. The caller owns it; it must not move.
 * Limits     One line in TALLY_INTERVAL_MS: the first event at once, further ones as a sum. */
#pragma once

#include "base/clock.h"
#include "base/log.h"

enum { TALLY_INTERVAL_MS = 10 * 1000 };

struct tally {
    struct clock *clock;
    struct log *log;
    const char *text;
    struct timer timer; /* runs while the next event is not to be told at once */
    uint64_t untold_count;
};

void tally_init(struct tally *tally, struct clock *clock, struct log *log, const char *text);
void tally_count(struct tally *tally);

/* Tells what is untold; to be used no more. */
void tally_stop(struct tally *tally);
