#include "unit/order/history_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void keep_feed_read(struct history_world *world, const struct history_range *range,
                           void *context)
{
    assert_null(world->context);
    world->feed_read_count++;
    world->range = *range;
    world->context = context;
}

static enum status twin_read_feed(void *history, const struct history_range *range,
                                  uint64_t deadline_ms, void *context, history_page_cb *callback)
{
    struct history_world *world = history;
    assert_true(deadline_ms > clock_now_ms(&world->fixture->loop.clock));
    if (world->submit != STATUS_OK)
        return world->submit;
    keep_feed_read(world, range, context);
    world->is_fold = false;
    world->on_page = callback;
    return STATUS_OK;
}

static enum status twin_fold_feed(void *history, const struct history_range *range,
                                  uint64_t deadline_ms, void *context, history_fold_cb *callback)
{
    struct history_world *world = history;
    (void)deadline_ms;
    keep_feed_read(world, range, context);
    world->is_fold = true;
    world->on_fold = callback;
    return STATUS_OK;
}

static enum status twin_read_order(void *history, int64_t order_id, int32_t after_step,
                                   uint64_t deadline_ms, void *context, history_page_cb *callback)
{
    struct history_world *world = history;
    (void)deadline_ms;
    if (world->submit != STATUS_OK)
        return world->submit;
    assert_true(world->story_read_count < READ_COUNT_MAX);
    world->story_reads[world->story_read_count++] = (struct story_read){
        .order_id = order_id,
        .after_step = after_step,
        .callback = callback,
        .context = context,
    };
    return STATUS_OK;
}

int set_up_history(void **state)
{
    static const struct history_operations operations = {
        .read_order = twin_read_order,
        .read_feed = twin_read_feed,
        .fold_feed = twin_fold_feed,
    };
    if (set_up(state) != 0)
        return -1;
    struct history_world *world = calloc(1, sizeof *world);
    world->fixture = *state;
    struct clock *clock = &world->fixture->loop.clock;
    world->history = (struct history_port){.operations = &operations, .history = world};
    world->meter.metrics = &world->service_metrics;
    if (replier_init(&world->replier, &world->meter) != STATUS_OK)
        return -1;
    world->replier.server = world->fixture->server;
    watchers_init(&world->watchers, clock, WATCHER_COUNT_MAX, &world->metrics);
    world->watchers.server = world->fixture->server;
    feed_init(&world->feed, clock, &world->history, &world->watchers, &world->replier);
    follow_init(&world->follow, clock, &world->history, &world->watchers, &world->replier);
    *state = world;
    return 0;
}

int tear_down_history(void **state)
{
    struct history_world *world = *state;
    void *fixture = world->fixture;
    feed_stop(&world->feed);
    follow_stop(&world->follow);
    while (world->story_read_count != 0)
        answer_story(world, STATUS_UNKNOWN, &(struct history_page){0});
    feed_free(&world->feed);
    follow_free(&world->follow);
    watchers_free(&world->watchers);
    replier_free(&world->replier);
    free(world);
    return tear_down(&fixture);
}

void run_turns(struct history_world *world)
{
    for (int i = 0; i < 10; i++)
        run_once(world->fixture);
}

int connect_and_ask(struct history_world *world)
{
    struct fixture *fixture = world->fixture;
    size_t count = fixture->pending_count;
    int client = connect_client(fixture);
    ask(client, "/later");
    await_pending(fixture, count + 1);
    return client;
}

void answer_feed(struct history_world *world, enum status status, const struct history_page *page)
{
    void *context = world->context;
    assert_non_null(context);
    assert_false(world->is_fold);
    world->context = NULL;
    world->on_page(context, status, page);
}

void answer_fold(struct history_world *world, int64_t count, int64_t end_tx)
{
    void *context = world->context;
    struct history_fold fold = {.count = count, .end_tx = end_tx};
    assert_non_null(context);
    assert_true(world->is_fold);
    world->context = NULL;
    world->on_fold(context, STATUS_OK, &fold);
}

void answer_story(struct history_world *world, enum status status, const struct history_page *page)
{
    assert_true(world->story_read_count != 0);
    struct story_read read = world->story_reads[0];
    world->story_read_count--;
    memmove(world->story_reads, world->story_reads + 1,
            (size_t)world->story_read_count * sizeof read);
    read.callback(read.context, status, page);
}
