#include "simulation/story.h"

#include <inttypes.h>
#include <stdlib.h>

void story_init(struct story *story)
{
    story->lines = malloc(STORY_LINE_COUNT_MAX * sizeof story->lines[0]);
    if (story->lines == NULL)
        abort();
    story->line_count = 0;
}

void story_free(struct story *story)
{
    free(story->lines);
}

void story_clear(struct story *story)
{
    story->line_count = 0;
}

void story_tell(struct story *story, struct story_line line)
{
    story->lines[story->line_count++ % STORY_LINE_COUNT_MAX] = line;
}

static void print_line(const struct story_line *line, FILE *to)
{
    fprintf(to, "%8" PRIu64 " ms  ", line->at_ms);
    if (line->host != 0)
        fprintf(to, "host %" PRId32 "  ", line->host);
    if (line->order_id != 0)
        fprintf(to, "order %" PRId64 "  ", line->order_id);
    fputs(line->what, to);
    if (line->detail != NULL)
        fprintf(to, " %s", line->detail);
    if (line->number != 0)
        fprintf(to, " %" PRId32, line->number);
    fputc('\n', to);
}

void story_print(const struct story *story, int64_t order_id, FILE *to)
{
    uint64_t first = 0;
    if (story->line_count > STORY_LINE_COUNT_MAX)
        first = story->line_count - STORY_LINE_COUNT_MAX;
    for (uint64_t i = first; i < story->line_count; i++) {
        const struct story_line *line = &story->lines[i % STORY_LINE_COUNT_MAX];
        if (order_id == 0 || line->order_id == 0 || line->order_id == order_id)
            print_line(line, to);
    }
}
