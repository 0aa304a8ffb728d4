#include "net/deadline.h"

static void on_timer(struct timer *timer, void *context)
{
    (void)timer;
    struct deadline_queue *queue = context;
    uint64_t now_ms = clock_now_ms(queue->clock);
    while (!list_is_empty(&queue->running)) {
        struct deadline *first = LIST_ELEMENT(queue->running.next, struct deadline, node);
        if (first->end_ms > now_ms) {
            uint64_t rest_ms = first->end_ms - now_ms;
            timer_start(queue->clock, &queue->timer,
                        rest_ms < DEADLINE_SLACK_MS ? DEADLINE_SLACK_MS : rest_ms);
            return;
        }
        list_remove(&first->node);
        queue->callback(first);
    }
}

void deadline_queue_init(struct deadline_queue *queue, struct clock *clock, uint64_t delay_ms,
                         deadline_cb *callback)
{
    *queue = (struct deadline_queue){.clock = clock, .delay_ms = delay_ms, .callback = callback};
    list_init(&queue->running);
    timer_init(&queue->timer, on_timer, queue);
}

void deadline_queue_stop(struct deadline_queue *queue)
{
    timer_stop(queue->clock, &queue->timer);
}

void deadline_start(struct deadline_queue *queue, struct deadline *deadline)
{
    list_remove(&deadline->node);
    deadline->end_ms = clock_now_ms(queue->clock) + queue->delay_ms;
    list_append(&queue->running, &deadline->node);
    if (!timer_is_active(&queue->timer))
        timer_start(queue->clock, &queue->timer, queue->delay_ms);
}
