#include "base/tally.h"

#include <inttypes.h>

static void tell_sum(struct tally *tally)
{
    if (tally->untold_count != 0)
        log_write(tally->log, LOG_WARN, NULL, "%s: %" PRIu64 " more times", tally->text,
                  tally->untold_count);
    tally->untold_count = 0;
}

static void on_timer(struct timer *timer, void *context)
{
    struct tally *tally = context;
    if (tally->untold_count != 0)
        timer_start(tally->clock, timer, TALLY_INTERVAL_MS);
    tell_sum(tally);
}

void tally_init(struct tally *tally, struct clock *clock, struct log *log, const char *text)
{
    *tally = (struct tally){.clock = clock, .log = log, .text = text};
    timer_init(&tally->timer, on_timer, tally);
}

void tally_count(struct tally *tally)
{
    if (timer_is_active(&tally->timer)) {
        tally->untold_count++;
        return;
    }
    log_write(tally->log, LOG_WARN, NULL, "%s", tally->text);
    timer_start(tally->clock, &tally->timer, TALLY_INTERVAL_MS);
}

void tally_stop(struct tally *tally)
{
    timer_stop(tally->clock, &tally->timer);
    tell_sum(tally);
}
