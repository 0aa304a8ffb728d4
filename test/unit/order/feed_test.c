/* The live feed: whom it tells what, and what it reads for that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "unit/order/history_world.h"

enum { HEAD = 1000, NEXT = 1010 };

/* A client whose request has been taken to the feed. */
static int ask_for_feed(struct history_world *world, const struct history_position *after)
{
    int client = connect_and_ask(world);
    const struct fixture *fixture = world->fixture;
    feed_answer(&world->feed, fixture->pending[fixture->pending_count - 1], after);
    return client;
}

static void expect_range(const struct history_world *world, int64_t after_tx, int64_t below_tx)
{
    assert_non_null(world->context);
    assert_true(world->range.after.tx == after_tx);
    assert_true(world->range.below_tx == below_tx);
}

/* Lines of these transactions, all of order 7. */
static void answer_lines(struct history_world *world, const int64_t *txs, size_t count,
                         int64_t end_tx)
{
    static struct history_line lines[HISTORY_PAGE_COUNT_MAX];
    for (size_t i = 0; i < count; i++)
        lines[i] = (struct history_line){.position = {.tx = txs[i], .order_id = 7, .step = 1}};
    struct history_page page = {.lines = lines, .count = count, .end_tx = end_tx, .next_tx = NEXT};
    answer_feed(world, STATUS_OK, &page);
}

static void answer_line(struct history_world *world, int64_t tx, int64_t end_tx)
{
    answer_lines(world, &tx, 1, end_tx);
}

static void answer_nothing(struct history_world *world, int64_t end_tx)
{
    answer_lines(world, NULL, 0, end_tx);
}

static void answer_too_much(struct history_world *world)
{
    struct history_page page = {.is_full = true, .end_tx = NEXT, .next_tx = NEXT};
    answer_feed(world, STATUS_OK, &page);
}

static void fail_read(struct history_world *world)
{
    answer_feed(world, STATUS_UNAVAILABLE, &(struct history_page){0});
}

/* The first one: the head is found for him. */
static int watch_from_now(struct history_world *world)
{
    int client = ask_for_feed(world, NULL);
    expect_range(world, history_now.tx, INT64_MAX);
    answer_nothing(world, HEAD);
    await_end(world->fixture, client, "id: 1000-0-0\n\n\r\n");
    return client;
}

static void pass_interval(struct history_world *world)
{
    advance(world->fixture, FEED_INTERVAL_MS);
}

static void lines_are_read_once_for_all(void **state)
{
    struct history_world *world = *state;
    int first = watch_from_now(world);
    assert_has(world->fixture, "retry: 1000\n\n");
    pass_interval(world);
    answer_nothing(world, HEAD + 2);
    int second = ask_for_feed(world, NULL);
    expect_range(world, HEAD + 2, INT64_MAX);
    answer_nothing(world, HEAD + 2);
    await_end(world->fixture, second, "id: 1002-0-0\n\n\r\n");
    int read_count = world->feed_read_count;
    pass_interval(world);
    expect_range(world, HEAD + 2, INT64_MAX);
    answer_line(world, HEAD + 3, HEAD + 4);
    assert_int_equal(world->feed_read_count, read_count + 1);
    await_end(world->fixture, first, "\n\n\r\n");
    assert_has(world->fixture, "id: 1003-7-1\nevent: order\n");
    await_end(world->fixture, second, "\n\n\r\n");
    assert_has(world->fixture, "id: 1003-7-1\nevent: order\n");
    pass_interval(world);
    expect_range(world, HEAD + 4, INT64_MAX);
    answer_nothing(world, HEAD + 4);
    close(first);
    close(second);
}

static void nothing_is_read_while_nobody_watches(void **state)
{
    struct history_world *world = *state;
    int client = watch_from_now(world);
    close(client);
    run_turns(world);
    int read_count = world->feed_read_count;
    for (int i = 0; i < 10; i++)
        pass_interval(world);
    assert_int_equal(world->feed_read_count, read_count);
    assert_null(world->context);
    close(watch_from_now(world)); /* the head is found anew */
}

static void too_many_lines_are_folded(void **state)
{
    struct history_world *world = *state;
    int client = watch_from_now(world);
    pass_interval(world);
    answer_too_much(world);
    expect_range(world, HEAD, INT64_MAX);
    answer_fold(world, 777, HEAD + 5);
    await_end(world->fixture, client, "\n\n\r\n");
    assert_has(world->fixture, "id: 1005-0-0\nevent: folded\ndata: {\"count\":777,");
    expect_range(world, HEAD + 5, INT64_MAX); /* at once, as the end is NEXT */
    answer_too_much(world);
    answer_fold(world, 700, NEXT);
    assert_null(world->context);
    pass_interval(world);
    expect_range(world, NEXT, INT64_MAX);
    answer_nothing(world, NEXT);
    close(client);
}

static void who_comes_back_is_read_for_up_to_the_head(void **state)
{
    struct history_world *world = *state;
    struct history_position position = {.tx = HEAD - 10, .order_id = 3, .step = 2};
    int current = watch_from_now(world);
    int client = ask_for_feed(world, &position);
    expect_range(world, HEAD, INT64_MAX);
    answer_line(world, HEAD, HEAD + 1);
    expect_range(world, HEAD - 10, HEAD + 1);
    assert_true(world->range.after.order_id == 3);
    assert_int_equal(world->range.after.step, 2);
    answer_lines(world, (int64_t[]){HEAD - 9, HEAD}, 2, HEAD + 1);
    await_end(world->fixture, client, "\n\n\r\n");
    assert_has(world->fixture, "retry: 1000\n\n\r\n");
    assert_has_not(world->fixture, "-0-0");
    assert_has(world->fixture, "id: 991-7-1\n");
    assert_has(world->fixture, "id: 1000-7-1\n");
    pass_interval(world);
    answer_line(world, HEAD + 1, HEAD + 2);
    await_end(world->fixture, client, "\n\n\r\n");
    assert_has(world->fixture, "id: 1001-7-1\n");
    await_end(world->fixture, current, "\n\n\r\n");
    assert_has(world->fixture, "id: 1001-7-1\n");
    close(client);
    close(current);
}

static void who_is_far_behind_is_told_folds(void **state)
{
    struct history_world *world = *state;
    struct history_position position = {.tx = 10};
    int client = ask_for_feed(world, &position);
    answer_nothing(world, HEAD);
    expect_range(world, 10, HEAD);
    answer_too_much(world);
    expect_range(world, 10, HEAD);
    answer_fold(world, 20000, 500);
    await_end(world->fixture, client, "\n\n\r\n");
    assert_has(world->fixture, "id: 500-0-0\n");
    expect_range(world, history_now.tx, INT64_MAX); /* at once; nobody is at the head */
    answer_nothing(world, HEAD + 1);
    expect_range(world, 500, HEAD + 1);
    answer_too_much(world);
    answer_fold(world, 15000, HEAD + 1);
    await_end(world->fixture, client, "\n\n\r\n");
    assert_has(world->fixture, "id: 1001-0-0\n");
    assert_null(world->context);
    pass_interval(world);
    expect_range(world, HEAD + 1, INT64_MAX);
    answer_nothing(world, HEAD + 1);
    close(client);
}

/* Another instance has seen more. */
static void who_is_ahead_waits_for_the_head(void **state)
{
    struct history_world *world = *state;
    struct history_position position = {.tx = HEAD + 2, .order_id = 9, .step = 4};
    int current = watch_from_now(world);
    int client = ask_for_feed(world, &position);
    answer_nothing(world, HEAD);
    await_end(world->fixture, client, "retry: 1000\n\n\r\n");
    pass_interval(world);
    answer_line(world, HEAD + 1, HEAD + 2); /* which he has seen */
    run_turns(world);
    assert_true(hears_nothing(client));
    pass_interval(world);
    answer_line(world, HEAD + 2, HEAD + 3);
    expect_range(world, HEAD + 2, HEAD + 3);
    assert_true(world->range.after.order_id == 9);
    answer_nothing(world, HEAD + 3);
    run_turns(world);
    assert_true(hears_nothing(client));
    pass_interval(world);
    answer_line(world, HEAD + 3, HEAD + 4);
    await_end(world->fixture, client, "\n\n\r\n");
    assert_has(world->fixture, "id: 1003-7-1\n");
    close(client);
    close(current);
}

static void position_that_nobody_can_have_given_is_refused(void **state)
{
    struct history_world *world = *state;
    struct history_position position = {.tx = NEXT};
    int client = ask_for_feed(world, &position); /* the next one: all before is told */
    answer_nothing(world, HEAD);
    await_end(world->fixture, client, "retry: 1000\n\n\r\n");
    position.tx = NEXT + 1;
    int stranger = ask_for_feed(world, &position);
    answer_nothing(world, HEAD);
    await_end(world->fixture, stranger, "}");
    assert_has(world->fixture, "HTTP/1.1 409 ");
    close(stranger);
    close(client);
}

/* The read that is under way may see less than the one at another instance that gave the position.
 */
static void position_is_held_against_a_read_that_began_later(void **state)
{
    struct history_world *world = *state;
    struct history_position position = {.tx = NEXT + 1};
    int current = watch_from_now(world);
    pass_interval(world);
    int client = ask_for_feed(world, &position);
    answer_nothing(world, HEAD);
    expect_range(world, HEAD, INT64_MAX); /* at once */
    struct history_page page = {.end_tx = HEAD, .next_tx = NEXT + 1};
    answer_feed(world, STATUS_OK, &page);
    await_end(world->fixture, client, "retry: 1000\n\n\r\n");
    close(client);
    close(current);
}

/* The head that a server tells after it has lost commits. */
static void head_never_goes_back(void **state)
{
    struct history_world *world = *state;
    int client = watch_from_now(world);
    pass_interval(world);
    answer_nothing(world, HEAD - 5);
    pass_interval(world);
    expect_range(world, HEAD, INT64_MAX);
    answer_nothing(world, HEAD);
    close(client);
}

static void newcomer_during_a_read_waits_for_the_next(void **state)
{
    struct history_world *world = *state;
    int first = ask_for_feed(world, NULL);
    int second = ask_for_feed(world, NULL);
    assert_int_equal(world->feed_read_count, 1);
    answer_nothing(world, HEAD);
    assert_int_equal(world->feed_read_count, 2); /* at once: not after the interval */
    answer_nothing(world, HEAD + 1);
    await_end(world->fixture, first, "\n\n\r\n");
    await_end(world->fixture, second, "\n\n\r\n");
    assert_int_equal(world->feed_read_count, 2);
    close(first);
    close(second);
}

static void streams_outlive_a_database_that_is_away(void **state)
{
    struct history_world *world = *state;
    struct history_position position = {.tx = 10};
    int client = watch_from_now(world);
    int newcomer = ask_for_feed(world, &position);
    fail_read(world);
    await_end(world->fixture, newcomer, "}");
    assert_has(world->fixture, "HTTP/1.1 503 ");
    assert_has(world->fixture, "Retry-After: 1\r\n");
    pass_interval(world);
    assert_null(world->context);
    world->submit = STATUS_UNAVAILABLE;
    advance(world->fixture, FEED_RETRY_MS);
    assert_null(world->context);
    world->submit = STATUS_OK;
    advance(world->fixture, FEED_RETRY_MS);
    expect_range(world, HEAD, INT64_MAX);
    answer_line(world, HEAD, HEAD + 1);
    await_end(world->fixture, client, "\n\n\r\n");
    assert_has(world->fixture, "id: 1000-7-1\n");
    close(client);
    close(newcomer);
}

/* The turn goes on with whoever is left. */
static void client_may_leave_while_it_is_read_for(void **state)
{
    struct history_world *world = *state;
    struct history_position far = {.tx = 10};
    struct history_position near = {.tx = HEAD - 1};
    int client = ask_for_feed(world, &far);
    answer_nothing(world, HEAD);
    answer_too_much(world);
    answer_fold(world, 20000, 500);
    await_end(world->fixture, client, "\n\n\r\n");
    answer_nothing(world, HEAD);
    expect_range(world, 500, HEAD);
    int other = ask_for_feed(world, &near);
    close(client);
    run_turns(world);
    answer_line(world, 600, HEAD);
    answer_nothing(world, HEAD);
    expect_range(world, HEAD - 1, HEAD);
    answer_line(world, HEAD - 1, HEAD);
    await_end(world->fixture, other, "\n\n\r\n");
    assert_int_equal(world->watchers.count, 1);
    close(other);
}

/* Those at the head are not kept waiting by many who are behind. */
static void few_are_served_between_two_reads_of_the_head(void **state)
{
    struct history_world *world = *state;
    enum { CLIENT_COUNT = 1 + FEED_SERVED_COUNT_MAX + 2 };
    struct history_position position = {.tx = 10};
    int clients[CLIENT_COUNT];
    int first = watch_from_now(world);
    for (int i = 0; i < CLIENT_COUNT; i++)
        clients[i] = ask_for_feed(world, &position);
    int served_count = 0;
    int turn_count_max = 1; /* the first one has begun the turn, and is alone in it */
    while (served_count < CLIENT_COUNT) {
        expect_range(world, HEAD, INT64_MAX);
        answer_nothing(world, HEAD);
        for (int i = 0; i < turn_count_max && served_count < CLIENT_COUNT; i++) {
            expect_range(world, 10, HEAD);
            answer_line(world, 11, HEAD);
            served_count++;
        }
        turn_count_max = FEED_SERVED_COUNT_MAX;
    }
    assert_null(world->context);
    for (int i = 0; i < CLIENT_COUNT; i++) {
        await_end(world->fixture, clients[i], "\n\n\r\n");
        close(clients[i]);
    }
    close(first);
}

static void places_are_limited(void **state)
{
    struct history_world *world = *state;
    int clients[WATCHER_COUNT_MAX];
    clients[0] = watch_from_now(world);
    for (int i = 1; i < WATCHER_COUNT_MAX; i++) {
        clients[i] = ask_for_feed(world, NULL);
        answer_nothing(world, HEAD);
    }
    int refused = ask_for_feed(world, NULL);
    await_end(world->fixture, refused, "}");
    assert_has(world->fixture, "HTTP/1.1 503 ");
    assert_has(world->fixture, "Too many clients are watching");
    close(refused);
    close(clients[0]);
    run_turns(world);
    clients[0] = ask_for_feed(world, NULL);
    answer_nothing(world, HEAD);
    await_end(world->fixture, clients[0], "\n\n\r\n");
    for (int i = 0; i < WATCHER_COUNT_MAX; i++)
        close(clients[i]);
}

static void heartbeats_are_sent_while_nothing_happens(void **state)
{
    struct history_world *world = *state;
    int client = watch_from_now(world);
    advance(world->fixture, WATCHER_HEARTBEAT_MS);
    await_end(world->fixture, client, "3\r\n:\n\n\r\n");
    assert_string_equal(world->fixture->received.data, "3\r\n:\n\n\r\n");
    answer_nothing(world, HEAD);
    close(client);
}

static void stop_ends_all_streams_though_a_read_is_under_way(void **state)
{
    struct history_world *world = *state;
    int client = watch_from_now(world);
    int newcomer = ask_for_feed(world, NULL);
    feed_stop(&world->feed);
    await_end(world->fixture, client, "0\r\n\r\n");
    await_end(world->fixture, newcomer, "}");
    assert_has(world->fixture, "HTTP/1.1 503 ");
    assert_int_equal(http_server_unfinished_count(world->fixture->server), 0);
    answer_line(world, HEAD, HEAD + 1);
    run_turns(world);
    assert_null(world->context);
    close(client);
    close(newcomer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HISTORY_TEST(lines_are_read_once_for_all),
        HISTORY_TEST(nothing_is_read_while_nobody_watches),
        HISTORY_TEST(too_many_lines_are_folded),
        HISTORY_TEST(who_comes_back_is_read_for_up_to_the_head),
        HISTORY_TEST(who_is_far_behind_is_told_folds),
        HISTORY_TEST(who_is_ahead_waits_for_the_head),
        HISTORY_TEST(position_that_nobody_can_have_given_is_refused),
        HISTORY_TEST(position_is_held_against_a_read_that_began_later),
        HISTORY_TEST(head_never_goes_back),
        HISTORY_TEST(newcomer_during_a_read_waits_for_the_next),
        HISTORY_TEST(streams_outlive_a_database_that_is_away),
        HISTORY_TEST(client_may_leave_while_it_is_read_for),
        HISTORY_TEST(few_are_served_between_two_reads_of_the_head),
        HISTORY_TEST(places_are_limited),
        HISTORY_TEST(heartbeats_are_sent_while_nothing_happens),
        HISTORY_TEST(stop_ends_all_streams_though_a_read_is_under_way),
    };
    return cmocka_run_group_tests_name("order/feed", tests, NULL, NULL);
}
