#include "base/loop.h"

const struct metrics_bounds loop_turn_bounds_ns = {
    .count = 14,
    .values = {50000, 100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000, 25000000,
               50000000, 100000000, 250000000, 500000000, 1000000000},
};

static uint64_t loop_now_ms(void *context)
{
    const struct loop *loop = context;
    return uv_now(&loop->uv);
}

static void on_timer(uv_timer_t *timer)
{
    struct loop *loop = timer->data;
    (void)loop_turn_ns(loop);
    clock_run_due(&loop->clock);
}

static void on_idle(uv_idle_t *idle)
{
    uv_idle_stop(idle);
}

/* The one uv_timer follows the clock's earliest deadline. */
static void arm_timer(struct loop *loop)
{
    uint64_t deadline_ms = clock_next_deadline_ms(&loop->clock);
    if (deadline_ms == UINT64_MAX) {
        uv_timer_stop(&loop->timer);
        return;
    }
    uint64_t now_ms = uv_now(&loop->uv);
    uint64_t delay_ms = deadline_ms > now_ms ? deadline_ms - now_ms : 0;
    if (uv_is_active((uv_handle_t *)&loop->timer) && uv_timer_get_due_in(&loop->timer) == delay_ms)
        return;
    uv_timer_start(&loop->timer, on_timer, delay_ms, 0);
}

static void start_window(struct loop *loop, uint64_t now_ns)
{
    bool is_next = now_ns < loop->window_end_ns + LOOP_WINDOW_S * METRICS_NS_PER_S;
    loop->longest_before_ns = is_next ? loop->longest_ns : 0;
    loop->longest_ns = 0;
    loop->window_end_ns = now_ns + LOOP_WINDOW_S * METRICS_NS_PER_S;
}

static void measure_turn(struct loop *loop)
{
    if (loop->turn_ns == 0)
        return;
    uint64_t now_ns = uv_hrtime();
    uint64_t busy_ns = now_ns - loop->turn_ns;
    loop->turn_ns = 0;
    metrics_observe(&loop->metrics->turn_ns, &loop_turn_bounds_ns, busy_ns);
    if (now_ns >= loop->window_end_ns)
        start_window(loop, now_ns);
    if (busy_ns > loop->longest_ns)
        loop->longest_ns = busy_ns;
    bool is_longest = loop->longest_ns > loop->longest_before_ns;
    metrics_set(&loop->metrics->longest_turn_ns,
                is_longest ? loop->longest_ns : loop->longest_before_ns);
}

static void on_prepare(uv_prepare_t *prepare)
{
    struct loop *loop = prepare->data;
    for (int phase = 0; phase < LOOP_PHASE_COUNT; phase++) {
        LIST_EACH (node, &loop->hooks[phase]) {
            struct loop_hook *hook = LIST_ELEMENT(node, struct loop_hook, node);
            hook->callback(hook->context);
        }
    }
    arm_timer(loop);
    measure_turn(loop);
}

enum status loop_init(struct loop *loop, struct log *log)
{
    *loop = (struct loop){.log = log};
    loop->metrics = &loop->own_metrics;
    if (uv_loop_init(&loop->uv) != 0)
        return STATUS_SYSTEM;
    clock_init(&loop->clock, loop_now_ms, loop);
    for (int phase = 0; phase < LOOP_PHASE_COUNT; phase++)
        list_init(&loop->hooks[phase]);
    uv_prepare_init(&loop->uv, &loop->prepare);
    uv_timer_init(&loop->uv, &loop->timer);
    uv_idle_init(&loop->uv, &loop->idle);
    loop->prepare.data = loop;
    loop->timer.data = loop;
    uv_prepare_start(&loop->prepare, on_prepare);
    return STATUS_OK;
}

void loop_add_hook(struct loop *loop, enum loop_phase phase, struct loop_hook *hook,
                   loop_hook_cb *callback, void *context)
{
    *hook = (struct loop_hook){.callback = callback, .context = context};
    list_append(&loop->hooks[phase], &hook->node);
}

void loop_remove_hook(struct loop_hook *hook)
{
    list_remove(&hook->node);
}

void loop_wake(struct loop *loop)
{
    uv_idle_start(&loop->idle, on_idle);
}

void loop_run(struct loop *loop)
{
    uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop)
{
    uv_stop(&loop->uv);
}

enum status loop_close(struct loop *loop)
{
    uv_close((uv_handle_t *)&loop->prepare, NULL);
    uv_close((uv_handle_t *)&loop->timer, NULL);
    uv_close((uv_handle_t *)&loop->idle, NULL);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    clock_free(&loop->clock);
    return uv_loop_close(&loop->uv) == 0 ? STATUS_OK : STATUS_SYSTEM;
}
