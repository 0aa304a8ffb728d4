/* The story of one order, live. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "unit/order/history_world.h"

enum { ORDER_ID = 7 };

/* A client whose request has been taken to the follower of orders; his first read is under way. */
static int follow_from(struct history_world *world, int32_t after_step)
{
    int count = world->story_read_count;
    int client = connect_and_ask(world);
    const struct fixture *fixture = world->fixture;
    follow_answer(&world->follow, fixture->pending[fixture->pending_count - 1], ORDER_ID,
                  after_step);
    assert_int_equal(world->story_read_count, count + 1);
    assert_true(world->story_reads[count].order_id == ORDER_ID);
    assert_int_equal(world->story_reads[count].after_step, 0);
    return client;
}

/* The lines of these steps. */
static void answer_steps(struct history_world *world, int32_t first, int32_t last)
{
    struct history_line lines[4];
    struct history_page page = {.lines = lines};
    for (int32_t step = first; step <= last; step++)
        lines[page.count++] =
            (struct history_line){.position = {.order_id = ORDER_ID, .step = step}};
    answer_story(world, STATUS_OK, &page);
}

static void fail_story(struct history_world *world)
{
    answer_story(world, STATUS_UNAVAILABLE, &(struct history_page){0});
}

static void await_block(struct history_world *world, int client)
{
    await_end(world->fixture, client, "\n\n\r\n");
}

static void pass_interval(struct history_world *world)
{
    advance(world->fixture, FOLLOW_INTERVAL_MS);
}

static void order_without_a_line_is_unknown(void **state)
{
    struct history_world *world = *state;
    int client = follow_from(world, 0);
    answer_steps(world, 1, 0);
    await_end(world->fixture, client, "}");
    assert_has(world->fixture, "HTTP/1.1 404 ");
    assert_int_equal(world->watchers.count, 0);
    close(client);
}

static void story_is_told_then_each_further_line(void **state)
{
    struct history_world *world = *state;
    int client = follow_from(world, 0);
    answer_steps(world, 1, 1);
    await_block(world, client);
    assert_has(world->fixture, "retry: 1000\n\nid: 1\nevent: order\n");
    for (int i = 0; i < 3; i++) {
        pass_interval(world);
        assert_int_equal(world->story_read_count, 1);
        assert_int_equal(world->story_reads[0].after_step, 1);
        answer_steps(world, 1, 0);
    }
    pass_interval(world);
    answer_steps(world, 2, 2);
    await_block(world, client);
    assert_has(world->fixture, "id: 2\n");
    assert_has_not(world->fixture, "id: 1\n");
    pass_interval(world);
    assert_int_equal(world->story_reads[0].after_step, 2);
    answer_steps(world, 3, 4);
    await_block(world, client);
    assert_has(world->fixture, "id: 3\n");
    assert_has(world->fixture, "id: 4\n");
    pass_interval(world);
    assert_int_equal(world->story_read_count, 0); /* nothing follows */
    assert_int_equal(world->watchers.count, 1);
    close(client);
}

static void who_comes_back_is_told_what_he_has_missed(void **state)
{
    struct history_world *world = *state;
    int client = follow_from(world, 2);
    answer_steps(world, 1, 3);
    await_block(world, client);
    assert_has_not(world->fixture, "id: 2\n");
    assert_has(world->fixture, "id: 3\n");
    int late = follow_from(world, 4);
    answer_steps(world, 1, 4);
    await_block(world, late);
    assert_has_not(world->fixture, "id: ");
    close(client);
    close(late);
}

static void orders_are_read_together(void **state)
{
    struct history_world *world = *state;
    int first = follow_from(world, 0);
    answer_steps(world, 1, 1);
    int second = follow_from(world, 0);
    answer_steps(world, 1, 1);
    pass_interval(world);
    assert_int_equal(world->story_read_count, 2);
    pass_interval(world);
    assert_int_equal(world->story_read_count, 2); /* a read that takes long is not repeated */
    answer_steps(world, 2, 2);
    answer_steps(world, 2, 2);
    await_block(world, first);
    await_block(world, second);
    close(first);
    close(second);
    run_turns(world);
    pass_interval(world);
    assert_int_equal(world->story_read_count, 0); /* nobody watches any more */
}

static void stream_outlives_a_database_that_is_away(void **state)
{
    struct history_world *world = *state;
    int client = follow_from(world, 0);
    answer_steps(world, 1, 1);
    await_block(world, client);
    pass_interval(world);
    fail_story(world);
    world->submit = STATUS_UNAVAILABLE;
    pass_interval(world);
    int refused = connect_and_ask(world);
    follow_answer(&world->follow, world->fixture->pending[1], ORDER_ID, 0);
    await_end(world->fixture, refused, "}");
    assert_has(world->fixture, "HTTP/1.1 503 ");
    close(refused);
    world->submit = STATUS_OK;
    refused = follow_from(world, 0);
    fail_story(world);
    await_end(world->fixture, refused, "}");
    assert_has(world->fixture, "HTTP/1.1 503 ");
    close(refused);
    pass_interval(world);
    answer_steps(world, 2, 2);
    await_block(world, client);
    assert_has(world->fixture, "id: 2\n");
    close(client);
}

static void client_may_leave_during_a_read(void **state)
{
    struct history_world *world = *state;
    int client = follow_from(world, 0);
    answer_steps(world, 1, 1);
    await_block(world, client);
    pass_interval(world);
    close(client);
    run_turns(world);
    assert_int_equal(world->watchers.count, 0);
    answer_steps(world, 2, 2);
    client = follow_from(world, 0); /* and before it was told anything */
    close(client);
    run_turns(world);
    answer_steps(world, 1, 1);
    run_turns(world);
    assert_int_equal(world->watchers.count, 0);
}

static void stop_ends_all_streams_though_reads_are_under_way(void **state)
{
    struct history_world *world = *state;
    int client = follow_from(world, 0);
    answer_steps(world, 1, 1);
    await_block(world, client);
    pass_interval(world);
    int newcomer = follow_from(world, 0);
    follow_stop(&world->follow);
    await_end(world->fixture, client, "0\r\n\r\n");
    await_end(world->fixture, newcomer, "}");
    assert_has(world->fixture, "HTTP/1.1 503 ");
    assert_int_equal(http_server_unfinished_count(world->fixture->server), 0);
    answer_steps(world, 2, 2);
    answer_steps(world, 1, 2);
    close(client);
    close(newcomer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HISTORY_TEST(order_without_a_line_is_unknown),
        HISTORY_TEST(story_is_told_then_each_further_line),
        HISTORY_TEST(who_comes_back_is_told_what_he_has_missed),
        HISTORY_TEST(orders_are_read_together),
        HISTORY_TEST(stream_outlives_a_database_that_is_away),
        HISTORY_TEST(client_may_leave_during_a_read),
        HISTORY_TEST(stop_ends_all_streams_though_reads_are_under_way),
    };
    return cmocka_run_group_tests_name("order/follow", tests, NULL, NULL);
}
