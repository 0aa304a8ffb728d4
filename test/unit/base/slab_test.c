#include "base/slab.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { OBJECT_COUNT = 200 }; /* several chunks */

struct object {
    uint64_t words[3];
    char tail;
};

static void objects_do_not_overlap(void **state)
{
    (void)state;
    struct slab slab;
    struct object *objects[OBJECT_COUNT];
    slab_init(&slab, sizeof(struct object), OBJECT_COUNT);
    for (int i = 0; i < OBJECT_COUNT; i++) {
        objects[i] = slab_take(&slab);
        assert_non_null(objects[i]);
        assert_int_equal((uintptr_t)objects[i] % alignof(max_align_t), 0);
        memset(objects[i], i, sizeof *objects[i]);
    }
    for (int i = 0; i < OBJECT_COUNT; i++) {
        struct object expected;
        memset(&expected, i, sizeof expected);
        assert_memory_equal(objects[i], &expected, sizeof expected);
        slab_put(&slab, objects[i]);
    }
    slab_free(&slab);
}

static void taken_object_is_zero_even_when_used_before(void **state)
{
    (void)state;
    struct slab slab;
    slab_init(&slab, sizeof(struct object), 1);
    const struct object zero = {0};
    for (int round = 0; round < 2; round++) {
        struct object *object = slab_take(&slab);
        assert_memory_equal(object, &zero, sizeof zero);
        memset(object, 0xff, sizeof *object);
        slab_put(&slab, object);
    }
    slab_free(&slab);
}

static void limit_holds_until_one_is_put_back(void **state)
{
    (void)state;
    struct slab slab;
    slab_init(&slab, sizeof(struct object), 2);
    void *first = slab_take(&slab);
    void *second = slab_take(&slab);
    assert_null(slab_take(&slab));
    slab_put(&slab, first);
    assert_ptr_equal(slab_take(&slab), first);
    assert_null(slab_take(&slab));
    slab_put(&slab, first);
    slab_put(&slab, second);
    slab_free(&slab);
}

static void objects_smaller_than_a_pointer_work(void **state)
{
    (void)state;
    struct slab slab;
    slab_init(&slab, 1, 2);
    char *first = slab_take(&slab);
    char *second = slab_take(&slab);
    *first = 'a';
    *second = 'b';
    assert_int_equal(*first, 'a');
    slab_put(&slab, second);
    slab_put(&slab, first);
    slab_free(&slab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_do_not_overlap),
        cmocka_unit_test(taken_object_is_zero_even_when_used_before),
        cmocka_unit_test(limit_holds_until_one_is_put_back),
        cmocka_unit_test(objects_smaller_than_a_pointer_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
