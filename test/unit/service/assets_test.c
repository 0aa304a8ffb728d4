/* What cmake/embed_file.cmake makes of a file. How it is served: test/openapi. */
#include "service/assets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

extern const struct asset_file every_byte;

static void a_file_is_embedded_byte_by_byte(void **state)
{
    (void)state;
    assert_int_equal(every_byte.size, 256);
    for (size_t i = 0; i < every_byte.size; i++)
        assert_int_equal((unsigned char)every_byte.bytes[i], i);
}

/* The first 32 digits of its SHA-256. */
static void its_tag_is_a_hash_of_it(void **state)
{
    (void)state;
    assert_string_equal(every_byte.etag, "\"40aff2e9d2d8922e47afd4648e696749\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_embedded_byte_by_byte),
        cmocka_unit_test(its_tag_is_a_hash_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
