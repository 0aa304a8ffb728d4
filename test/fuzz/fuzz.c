#include "fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>

static void print(const char *name, const struct buffer *text)
{
    fprintf(stderr, "%s, %zu bytes:\n", name, text->size);
    fwrite(text->data, 1, text->size, stderr);
    fputc('\n', stderr);
}

void fuzz_compare(const char *what, const struct buffer *expected, const struct buffer *found)
{
    if (!expected->failed && !found->failed && expected->size == found->size &&
        (found->size == 0 || memcmp(expected->data, found->data, found->size) == 0))
        return;
    fprintf(stderr, "FINDING: %s\n", what);
    print("expected", expected);
    print("found", found);
    abort();
}
