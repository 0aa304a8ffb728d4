#include "base/admission.h"

/* INITIAL: as long as nothing is known. */
enum { LIMIT_INITIAL = 2048, WINDOWS_REMEMBERED = 2 };

void admission_init(struct admission *admission, const struct clock *clock, uint64_t delay_max_ms,
                    size_t count_max, struct admission_metrics *metrics)
{
    *admission = (struct admission){
        .clock = clock,
        .delay_max_ms = delay_max_ms,
        .count_max = count_max,
        .limit = LIMIT_INITIAL < count_max ? LIMIT_INITIAL : count_max,
        .window_start_ms = clock_now_ms(clock),
        .metrics = metrics,
    };
    metrics_set(&metrics->limit, admission->limit);
    list_init(&admission->inside);
}

void admission_ticket_init(struct admission_ticket *ticket)
{
    list_init(&ticket->node);
}

static void take_out(struct admission *admission, struct admission_ticket *ticket)
{
    list_remove(&ticket->node);
    admission->inside_count--;
    metrics_set(&admission->metrics->inside, admission->inside_count);
    if (admission->inside_count < admission->window_inside_min)
        admission->window_inside_min = admission->inside_count;
}

static void forget_late(struct admission *admission, uint64_t now_ms)
{
    uint64_t late_ms = ADMISSION_LATE_FACTOR * admission->delay_max_ms;
    while (!list_is_empty(&admission->inside)) {
        struct admission_ticket *oldest =
            LIST_ELEMENT(admission->inside.next, struct admission_ticket, node);
        if (now_ms < oldest->entered_ms + late_ms)
            return;
        take_out(admission, oldest);
    }
}

/* The mean of what the last windows allow; a long one counts for several. */
static double follow(const struct admission *admission, double allowed, uint64_t elapsed_ms)
{
    double weight = (double)elapsed_ms / (ADMISSION_WINDOW_MS * WINDOWS_REMEMBERED);
    double limit = (double)admission->limit;
    return weight < 1 ? limit + weight * (allowed - limit) : allowed;
}

static void close_window(struct admission *admission, uint64_t now_ms)
{
    uint64_t elapsed_ms = now_ms - admission->window_start_ms;
    if (elapsed_ms < ADMISSION_WINDOW_MS)
        return;
    double done_per_ms = (double)admission->window_done_count / (double)elapsed_ms;
    double limit = done_per_ms * (double)admission->delay_max_ms;
    if (admission->window_inside_min >= ADMISSION_COUNT_MIN)
        limit = follow(admission, limit, elapsed_ms);
    else if (limit < (double)admission->limit)
        limit = (double)admission->limit;
    if (limit < (double)ADMISSION_COUNT_MIN)
        limit = ADMISSION_COUNT_MIN;
    admission->limit = limit < (double)admission->count_max ? (size_t)limit : admission->count_max;
    metrics_set(&admission->metrics->limit, admission->limit);
    admission->window_start_ms = now_ms;
    admission->window_done_count = 0;
    admission->window_inside_min = admission->inside_count;
}

static void update(struct admission *admission)
{
    uint64_t now_ms = clock_now_ms(admission->clock);
    close_window(admission, now_ms);
    forget_late(admission, now_ms);
}

bool admission_admits(struct admission *admission)
{
    update(admission);
    if (admission->inside_count < admission->limit)
        return true;
    metrics_add(&admission->metrics->refusals, 1);
    return false;
}

void admission_enter(struct admission *admission, struct admission_ticket *ticket)
{
    ticket->entered_ms = clock_now_ms(admission->clock);
    list_init(&ticket->node);
    list_append(&admission->inside, &ticket->node);
    admission->inside_count++;
    metrics_set(&admission->metrics->inside, admission->inside_count);
}

void admission_leave(struct admission *admission, struct admission_ticket *ticket)
{
    if (!list_is_linked(&ticket->node))
        return;
    update(admission);
    if (!list_is_linked(&ticket->node))
        return; /* it was late */
    take_out(admission, ticket);
    admission->window_done_count++;
}
