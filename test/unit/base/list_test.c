#include "base/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct item {
    int number;
    struct list_node node;
};

enum { ITEM_COUNT = 4 };

static struct item *item_of(struct list_node *node)
{
    return LIST_ELEMENT(node, struct item, node);
}

static void make_items(struct item items[ITEM_COUNT])
{
    for (int i = 0; i < ITEM_COUNT; i++) {
        items[i].number = i;
        list_init(&items[i].node);
    }
}

/* The numbers of the list, forward, as decimal digits; backward they must read the other way. */
static int read_list(struct list_node *list)
{
    int forward = 0;
    int backward = 0;
    int place = 1;
    LIST_EACH (node, list) {
        forward = forward * 10 + item_of(node)->number;
        assert_ptr_equal(node->next->previous, node);
        assert_ptr_equal(node->previous->next, node);
    }
    for (struct list_node *node = list->previous; node != list; node = node->previous) {
        backward += place * item_of(node)->number;
        place *= 10;
    }
    assert_int_equal(forward, backward);
    return forward;
}

static void new_list_is_empty(void **state)
{
    (void)state;
    struct list_node list;
    list_init(&list);
    assert_true(list_is_empty(&list));
    assert_null(list_take_first(&list));
}

static void nodes_keep_their_order(void **state)
{
    (void)state;
    struct list_node list;
    struct item items[ITEM_COUNT];
    list_init(&list);
    make_items(items);
    list_append(&list, &items[2].node);
    list_append(&list, &items[3].node);
    list_prepend(&list, &items[1].node);
    assert_int_equal(read_list(&list), 123);
    list_remove(&items[3].node);
    list_insert_before(&items[2].node, &items[3].node);
    assert_int_equal(read_list(&list), 132);
    assert_ptr_equal(list_take_first(&list), &items[1].node);
    assert_int_equal(read_list(&list), 32);
}

static void removed_node_is_unlinked_and_may_be_removed_again(void **state)
{
    (void)state;
    struct list_node list;
    struct item items[ITEM_COUNT];
    list_init(&list);
    make_items(items);
    assert_false(list_is_linked(&items[1].node));
    list_append(&list, &items[1].node);
    list_append(&list, &items[2].node);
    assert_true(list_is_linked(&items[1].node));
    list_remove(&items[1].node);
    list_remove(&items[1].node);
    assert_false(list_is_linked(&items[1].node));
    assert_int_equal(read_list(&list), 2);
}

static void visited_node_may_be_removed(void **state)
{
    (void)state;
    struct list_node list;
    struct item items[ITEM_COUNT];
    list_init(&list);
    make_items(items);
    for (int i = 0; i < ITEM_COUNT; i++)
        list_append(&list, &items[i].node);
    int visited = 0;
    LIST_EACH (node, &list) {
        visited = visited * 10 + item_of(node)->number;
        if (item_of(node)->number != 1)
            list_remove(node);
    }
    assert_int_equal(visited, 123); /* and 0 first */
    assert_int_equal(read_list(&list), 1);
}

static void all_nodes_move_behind_the_others(void **state)
{
    (void)state;
    struct list_node to;
    struct list_node from;
    struct item items[ITEM_COUNT];
    list_init(&to);
    list_init(&from);
    make_items(items);
    list_append(&to, &items[1].node);
    list_append(&from, &items[2].node);
    list_append(&from, &items[3].node);
    list_move_all(&to, &from);
    assert_int_equal(read_list(&to), 123);
    assert_true(list_is_empty(&from));
    list_move_all(&to, &from);
    assert_int_equal(read_list(&to), 123);
    list_move_all(&from, &to);
    assert_int_equal(read_list(&from), 123);
    assert_true(list_is_empty(&to));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_list_is_empty),
        cmocka_unit_test(nodes_keep_their_order),
        cmocka_unit_test(removed_node_is_unlinked_and_may_be_removed_again),
        cmocka_unit_test(visited_node_may_be_removed),
        cmocka_unit_test(all_nodes_move_behind_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
