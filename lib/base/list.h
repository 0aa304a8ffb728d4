/* list - an intrusive, circular, doubly linked list.
 *
 * Place      below everything; knows nobody.
 * Ownership  The list owns nothing: a node lives inside its element and is in one list at most.
 *            A node that is in no list points to itself, so removing it twice is harmless. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct list_node {
    struct list_node *next;
    struct list_node *previous;
};

/* Names of types, members and variables can't stand in parentheses.
 * NOLINTBEGIN(bugprone-macro-parentheses) */

/* The element that contains `node` as its member `member`. */
#define LIST_ELEMENT(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

/* Visits each node; the body may remove `node`, and no other. */
#define LIST_EACH(node, list)                                                                      \
    for (struct list_node *node = (list)->next, *node##_next = node->next; node != (list);         \
         node = node##_next, node##_next = node->next)

/* NOLINTEND(bugprone-macro-parentheses) */

/* For the list itself and for each of its nodes before first use. */
static inline void list_init(struct list_node *list)
{
    list->next = list;
    list->previous = list;
}

static inline bool list_is_empty(const struct list_node *list)
{
    return list->next == list;
}

/* True while the node is in some list. */
static inline bool list_is_linked(const struct list_node *node)
{
    return node->next != node;
}

static inline void list_insert_before(struct list_node *place, struct list_node *node)
{
    node->next = place;
    node->previous = place->previous;
    place->previous->next = node;
    place->previous = node;
}

static inline void list_append(struct list_node *list, struct list_node *node)
{
    list_insert_before(list, node);
}

static inline void list_prepend(struct list_node *list, struct list_node *node)
{
    list_insert_before(list->next, node);
}

static inline void list_remove(struct list_node *node)
{
    node->previous->next = node->next;
    node->next->previous = node->previous;
    list_init(node);
}

/* The first node, taken off the list; NULL where it is empty. */
static inline struct list_node *list_take_first(struct list_node *list)
{
    if (list_is_empty(list))
        return NULL;
    struct list_node *node = list->next;
    list_remove(node);
    return node;
}

/* Moves all nodes of `from` to the end of `to`; `from` is empty afterwards. */
static inline void list_move_all(struct list_node *to, struct list_node *from)
{
    if (list_is_empty(from))
        return;
    from->next->previous = to->previous;
    to->previous->next = from->next;
    from->previous->next = to;
    to->previous = from->previous;
    list_init(from);
}
