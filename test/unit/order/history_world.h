/* history_world - what shows history live, with real clients, on a history that a test answers by
 * hand.
 *
 * Place   feed_test, follow_test -> [history_world] -> order/feed, order/follow, http fixture. */
#pragma once

#include "order/feed.h"
#include "order/follow.h"
#include "unit/http/server_fixture.h"

enum { WATCHER_COUNT_MAX = 16, READ_COUNT_MAX = 8 };

/* A read of an order's story that is under way. */
struct story_read {
    int64_t order_id;
    int32_t after_step;
    history_page_cb *callback;
    void *context;
};

struct history_world {
    struct fixture *fixture;
    struct service_metrics service_metrics;
    struct meter meter;
    struct order_metrics metrics;
    struct replier replier;
    struct watchers watchers;
    struct history_port history;
    struct feed feed;
    struct follow follow;
    enum status submit; /* what the history's functions return */
    /* The feed's one read; context is NULL where nothing is under way. */
    int feed_read_count;
    bool is_fold;
    struct history_range range;
    history_page_cb *on_page;
    history_fold_cb *on_fold;
    void *context;
    /* Those of stories, oldest first. */
    struct story_read story_reads[READ_COUNT_MAX];
    int story_read_count;
};

int set_up_history(void **state);
int tear_down_history(void **state);

#define HISTORY_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_history, tear_down_history)

void run_turns(struct history_world *world);

/* Connects a client and lets its request come, which is then the last of fixture->pending. */
int connect_and_ask(struct history_world *world);

/* Ends the feed's read, or the oldest read of a story. */
void answer_feed(struct history_world *world, enum status status, const struct history_page *page);
void answer_fold(struct history_world *world, int64_t count, int64_t end_tx);
void answer_story(struct history_world *world, enum status status, const struct history_page *page);
