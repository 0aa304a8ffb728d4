/* story - what happened in one world, so that a failing order's part of it can be told.
 *
 * Place   below the twins; knows nobody.
 * Limits  The last STORY_LINE_COUNT_MAX lines; older ones are overwritten. */
#pragma once

#include <stdint.h>
#include <stdio.h>

enum { STORY_LINE_COUNT_MAX = 1 << 16 };

struct story_line {
    uint64_t at_ms;
    int64_t order_id;
    int32_t host;       /* 0: nobody's */
    int32_t number;     /* an epoch, an attempt, an amount; 0: nothing */
    const char *what;   /* static */
    const char *detail; /* static, or NULL */
};

struct story {
    struct story_line *lines;
    uint64_t line_count; /* ever written */
};

/* Aborts when out of memory. */
void story_init(struct story *story);
void story_free(struct story *story);
void story_clear(struct story *story);
void story_tell(struct story *story, struct story_line line);

/* The lines of one order, and those of no order, in their sequence. order_id 0: all lines. */
void story_print(const struct story *story, int64_t order_id, FILE *to);
