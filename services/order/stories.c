#include "order/stories.h"

#include "order/history_codec.h"
#include "json/writer.h"

enum {
    STORY_TIMEOUT_MS = 5000,
    BODY_SIZE_MAX = 16 * 1024, /* its lines, with every byte escaped */
};

struct story {
    struct stories *stories;
    http_exchange_id exchange;
    int64_t order_id;
};

void stories_init(struct stories *stories, struct clock *clock, const struct history_port *history,
                  struct replier *replier)
{
    *stories = (struct stories){.clock = clock, .history = history, .replier = replier};
    slab_init(&stories->slab, sizeof(struct story), STORY_COUNT_MAX);
    buffer_init(&stories->scratch, BODY_SIZE_MAX);
}

void stories_free(struct stories *stories)
{
    slab_free(&stories->slab);
    buffer_free(&stories->scratch);
}

static void write_story(const struct story *story, const struct history_page *page,
                        struct buffer *to)
{
    buffer_clear(to);
    json_write_object_start(to);
    json_write_int_field(to, "order_id", story->order_id);
    json_write_key(to, "events");
    json_write_array_start(to);
    for (size_t i = 0; i < page->count; i++)
        history_write_line(&page->lines[i], to);
    json_write_array_end(to);
    json_write_object_end(to);
}

/* The first line is written with the order, so an order without any does not exist. */
static void on_read(void *context, enum status status, const struct history_page *page)
{
    struct story *story = context;
    struct stories *stories = story->stories;
    struct replier *replier = stories->replier;
    if (status != STATUS_OK) {
        reply_refusal(replier, story->exchange, STATUS_UNAVAILABLE);
    } else if (page->count == 0) {
        reply_error(replier, story->exchange, 404, "Order not found");
    } else {
        write_story(story, page, &stories->scratch);
        reply_body(replier, story->exchange, 200, &stories->scratch);
    }
    slab_put(&stories->slab, story);
}

void story_answer(struct stories *stories, http_exchange_id exchange, int64_t order_id)
{
    const struct history_port *history = stories->history;
    struct story *story = slab_take(&stories->slab);
    enum status status = STATUS_OVERLOADED;
    if (story != NULL) {
        *story = (struct story){.stories = stories, .exchange = exchange, .order_id = order_id};
        status = history->operations->read_order(history->history, order_id, 0,
                                                 clock_now_ms(stories->clock) + STORY_TIMEOUT_MS,
                                                 story, on_read);
        if (status != STATUS_OK)
            slab_put(&stories->slab, story);
    }
    if (status != STATUS_OK)
        reply_refusal(stories->replier, exchange, status);
}
